"""How loops are compiled: cached on disk, and free of Python's lock and of counted references."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from numba import config, njit, types

type _Resolve = Callable[[tuple[object, ...], dict[str, object]], object]


_BARE: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
"""Options of kernels; numba's hints lack the last one."""


_SETTINGS: Any = config
"""Numba's settings, which its hints lack."""


class _Compiled[**P, R](Protocol):
    """What numba makes of a function; `get_call_template` is what kernels that call it ask."""

    get_call_template: _Resolve

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


def kernel[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes no arrays.

    Without `_nrt=False` numba counts a reference for every array of every call, atomically: with
    thirty arrays in tuples the search was five times slower. Who needs new arrays uses `maker`.
    """
    return _once(cast("_Compiled[P, R]", _cached(njit(**_BARE), function)))


def maker[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop that makes arrays of its own."""
    return _once(cast("_Compiled[P, R]", _cached(njit(cache=True, nogil=True), function)))


def kernels_of(file: Path) -> Path:
    """Return the outermost folder named `kernels` that holds a file, else the file's own folder."""
    return next((each for each in reversed(file.parents) if each.name == "kernels"), file.parent)


@cache
def digest_of(folder: Path) -> str:
    """Return a name for the text of all kernels below a folder, and of how they are compiled."""
    files = sorted({*folder.rglob("*.py"), Path(__file__)})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _cached(
    compiler: Callable[[Callable[..., object]], object], function: Callable[..., object]
) -> object:
    """Compile with a cache named by the text of all kernels beside the function.

    Numba does not see changes in functions that a kernel imports from another file. The optimizer
    and the matching have a folder `kernels` each: a change of one leaves the other compiled.
    """
    whole = _SETTINGS.CACHE_DIR
    if whole:
        folder = kernels_of(Path(function.__code__.co_filename))
        _SETTINGS.CACHE_DIR = str(Path(whole) / digest_of(folder))
    try:
        return compiler(function)
    finally:
        _SETTINGS.CACHE_DIR = whole


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
