"""Atomic creation of a city's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.store.database.staging import workshop

PREFIX = ".adding-"
"""How the names of folders begin that are not a city yet: no list of cities shows them."""


@contextmanager
def scaffold(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that is renamed to `folder` at the end, unless an error comes first.

    What a killed process has left half-built beside it is cleared away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with workshop(folder.parent, PREFIX) as bench:
        new = bench / folder.name
        new.mkdir(mode=0o700)
        yield new
        new.rename(folder)
