"""Chance that repeats itself by its seed."""

from collections.abc import Sequence

import numpy as np


class Chance:
    """Draws from sequences; the same draws for the same seed."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def random(self) -> float:
        return float(self._generator.random())

    def randrange(self, first: int, end: int, step: int = 1) -> int:
        return first + step * int(self._generator.integers(0, max(1, -(-(end - first) // step))))

    def choice[T](self, several: Sequence[T]) -> T:
        return several[self.randrange(0, len(several))]

    def sample[T](self, several: Sequence[T], size: int) -> list[T]:
        return [several[i] for i in self._generator.permutation(len(several))[:size].tolist()]
