"""A folder that becomes a city's: whole, or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import ConflictError
from data.store.lock import LOCK, holding

PREFIX = ".adding-"
"""How the names of folders begin that are not a city yet: no list of cities shows them."""


@contextmanager
def scaffold(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the name `folder` at the end, unless an error comes first.

    What a killed process has left half-built beside it is cleared away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear(folder.parent)
    new = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder.parent))
    try:
        with holding(new):
            yield new
            (new / LOCK).unlink()
            new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _clear(parent: Path) -> None:
    for left in parent.glob(f"{PREFIX}*/{LOCK}"):
        try:
            with holding(left.parent, alone=True):
                shutil.rmtree(left.parent, ignore_errors=True)
        except ConflictError:
            continue  # somebody is building it right now
