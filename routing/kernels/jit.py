"""How loops are compiled: cached on disk, and free of Python's lock and of counted references."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from numba import njit, types

type _Resolve = Callable[[tuple[object, ...], dict[str, object]], object]


_BARE: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""Options of kernels; numba's hints lack the last one."""


class _Compiled[**P, R](Protocol):
    """What numba makes of a function; `get_call_template` is what kernels that call it ask."""

    get_call_template: _Resolve

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays.

    Without `_nrt=False` numba counts a reference for every array of every call, atomically: with
    thirty arrays in tuples the search was five times slower. Who needs new arrays uses `maker`.
    """
    return _once(cast("_Compiled[P, R]", njit(**_BARE)(function)))


def maker[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes arrays of its own."""
    return _once(cast("_Compiled[P, R]", njit(cache=True, nogil=True)(function)))


def _once[**P, R](compiled: _Compiled[P, R]) -> Callable[P, R]:
    """Make kernels that call this one pass whole numbers with 64 bits.

    Numba would compile it, and all that it calls, anew for each mix of constants, 32 and 64 bits
    among its arguments: the largest ones five times.
    """
    resolve = compiled.get_call_template

    def widened(given: tuple[object, ...], named: dict[str, object]) -> object:
        return resolve(
            tuple(_wide(each) for each in given), {key: _wide(each) for key, each in named.items()}
        )

    compiled.get_call_template = widened
    return compiled


def _wide(kind: object) -> object:
    plain = kind.literal_type if isinstance(kind, types.Literal) else kind
    return types.int64 if plain == types.int32 else plain
