"""Who has a city open: servers and workers share it, a restore or an upgrade needs it alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import ConflictError


@contextmanager
def holding(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep a city open, together with others or `alone`; ends with the process in any case.

    The folder itself is what is locked, so it may be renamed meanwhile. Raises `ConflictError` at
    once where others have it open and that does not go together.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path, kind: int) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConflictError(
            f"city {folder.name!r} is open in another program: stop its server and workers",
            reason="city_open",
            city=folder.name,
        ) from None
