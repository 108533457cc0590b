"""Random numbers of which the same seed gives the same on any machine."""

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays.jit import kernel


@kernel
def draw(rng: NDArray[np.uint64]) -> float:
    """Return the next number in [0, 1) (xorshift64*)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0
