"""How loops are compiled: cached on disk, and free of Python's lock and of counted references."""

from collections.abc import Callable
from typing import Any

from numba import njit, types


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays.

    Without `_nrt=False` numba counts a reference for every array of every call, atomically: with
    thirty arrays in tuples the search was five times slower. Who needs new arrays uses `maker`.
    """
    compiled = njit(cache=True, nogil=True, _nrt=False)(function)  # type: ignore[call-overload]  # numba's hints lack `_nrt`
    return _compiled_once(compiled)


def maker[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes arrays of its own."""
    return _compiled_once(njit(cache=True, nogil=True)(function))


def _compiled_once(compiled: Any) -> Any:
    """Make kernels that call this one pass every whole number with 64 bits.

    Numba would compile it, and all that it calls, anew for each mix of constants, 32 and 64 bits
    among its arguments: five times over for the largest ones.
    """
    resolve = compiled.get_call_template

    def widened(given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return resolve(tuple(map(_wide, given)), {key: _wide(kind) for key, kind in named.items()})

    compiled.get_call_template = widened
    return compiled


def _wide(kind: Any) -> Any:
    plain = types.unliteral(kind)
    return types.int64 if plain == types.int32 else plain
