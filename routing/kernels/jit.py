"""How loops are compiled: cached on disk, and free of Python's lock and of counted references."""

from collections.abc import Callable

from numba import njit


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays.

    Without `_nrt=False` numba counts a reference for every array of every call, atomically: with
    thirty arrays in tuples the search was five times slower. Who needs new arrays uses `maker`.
    """
    compiled: Callable[P, R] = njit(cache=True, nogil=True, _nrt=False)(function)  # type: ignore[call-overload]  # numba's hints lack `_nrt`
    return compiled


def maker[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes arrays of its own."""
    compiled: Callable[P, R] = njit(cache=True, nogil=True)(function)
    return compiled
