"""How loops are compiled: cached on disk, and free of Python's lock and of counted references."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from numba import config, njit, types
from numba.core.caching import UserProvidedCacheLocator

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


def inlined[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel, and copy it into each kernel that calls it.

    The arrays of a subproblem are 230 words. Putting them on the stack for every call took as long
    as computing a short row.
    """
    return _once(cast("_Compiled[P, R]", _cached(njit(**_BARE, forceinline=True), function)))


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


class KernelLocator(UserProvidedCacheLocator):
    """Where in numba's cache a kernel is: in a folder that its text names, not its place on disk.

    So what one machine has compiled fits another where the program is installed elsewhere.
    """

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Return the folder of the kernels of a file, below numba's cache."""
        file = Path(py_file)
        folder = kernels_of(file)
        return "/".join((digest_of(folder), "-".join(file.parent.relative_to(folder.parent).parts)))


def _cached(
    compiler: Callable[[Callable[..., object]], object], function: Callable[..., object]
) -> object:
    """Compile with a cache named by the text of all kernels beside the function.

    Numba does not see changes in functions that a kernel imports from another file. The optimizer
    and the matching have a folder `kernels` each: a change of one leaves the other compiled.
    """
    usual = _SETTINGS.CACHE_LOCATOR_CLASSES
    if _SETTINGS.CACHE_DIR:
        _SETTINGS.CACHE_LOCATOR_CLASSES = f"{__name__}.{KernelLocator.__name__}"
    try:
        return compiler(function)
    finally:
        _SETTINGS.CACHE_LOCATOR_CLASSES = usual


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
