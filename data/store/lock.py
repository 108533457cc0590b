"""Who has a city open: servers and workers share it, a restore or an upgrade needs it alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import ConflictError

LOCK = ".lock"
"""File in a city's folder that those who have it open hold locked; its content means nothing."""


@contextmanager
def holding(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep a city open, together with others or `alone`; ends with the process in any case.

    Raises `ConflictError` at once where others have it open and that does not go together.
    """
    with (folder / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(
                f"city {folder.name!r} is open in another program: stop its server and workers",
                reason="city_open",
                city=folder.name,
            ) from None
        yield
