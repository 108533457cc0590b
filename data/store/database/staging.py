"""Folders to build something in that is put in place whole, or not at all."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import ConflictError
from data.store.database.city_lock import holding
from data.store.database.engine import DatabaseUnavailable


def _keep_nothing_elsewhere(_left: Path) -> None:
    """Delete nothing but the folder itself."""


@contextmanager
def workshop(
    beside: Path, prefix: str, forget: Callable[[Path], None] = _keep_nothing_elsewhere
) -> Iterator[Path]:
    """Yield an empty folder that is deleted at the end, with what was not moved out of it.

    `prefix` begins with a dot, so that no list of cities shows the folder. What killed processes
    have left under the same prefix is cleared away; `forget` deletes first what belongs to such a
    folder and lies elsewhere.
    """
    _clear(beside, prefix, forget)
    bench = Path(tempfile.mkdtemp(prefix=prefix, dir=beside))
    try:
        with holding(bench):
            yield bench
    finally:
        shutil.rmtree(bench, ignore_errors=True)


def _clear(beside: Path, prefix: str, forget: Callable[[Path], None]) -> None:
    for left in beside.glob(f"{prefix}*/"):
        try:
            with holding(left, alone=True):
                forget(left)
                shutil.rmtree(left, ignore_errors=True)
        except (ConflictError, *DatabaseUnavailable):
            continue  # somebody works in it right now, or what lies elsewhere cannot be deleted yet
