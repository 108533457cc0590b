"""What lies between two nodes of a subproblem, each in one of its modes."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import inlined
from routing.kernels.arrays.subproblem_arrays import Subproblem


@inlined
def seconds_between(sub: Subproblem, i: int, a: int, j: int, m: int) -> float:
    """Return deadhead seconds from mode a of node i to mode m of node j, `BIG_S` for no way."""
    return sub.apart_s[sub.leave[i, a], sub.enter[j, m]]


@inlined
def metres_between(sub: Subproblem, i: int, a: int, j: int, m: int) -> float:
    """Return the metres of the deadhead from mode a of node i to mode m of node j."""
    return sub.rules.metres[sub.leave[i, a], sub.enter[j, m]]
