"""Locks of parts of a city's vehicles: one process at a time has each, and its death frees them.

On SQLite they are files in the city's folder, on PostgreSQL advisory locks of a session, so that
processes on several machines keep out of each other's way too.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import Engine

from data.store.database.engine import is_shared
from data.store.database.postgres_engine import UNLOCK, own_connection

FOLDER = ".evidence"
"""Folder in that of a city with a file for each part, which its process locks."""

_LOCK = (
    "SELECT pg_try_advisory_lock("
    "hashtextextended(current_schema() || '/evidence/' || CAST(%s AS TEXT), 0))"
)


class PartLocks(Protocol):
    """The locks that one process has."""

    def lock(self, part: int) -> bool:
        """Lock a part where nobody else has; return whether it is ours."""

    def alive(self) -> bool:
        """Whether the locks are still ours."""

    def close(self) -> None:
        """Free all locks."""


def part_locks(engine: Engine, folder: Path) -> PartLocks:
    """Return the locks of a city, none of them taken yet."""
    if is_shared(engine):
        return _SessionLocks(engine)
    return _FileLocks(folder / FOLDER)


class _FileLocks:
    """Locks on files, which the kernel frees with the process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._files: dict[int, int] = {}

    def lock(self, part: int) -> bool:
        if part in self._files:
            return True
        # The file stays: to delete it would let a third process lock another one of that name.
        handle = os.open(self._folder / f"{part:02}", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._files[part] = handle
        return True

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        while self._files:
            os.close(self._files.popitem()[1])


class _SessionLocks:
    """Advisory locks of a session of its own, which PostgreSQL frees with its connection."""

    def __init__(self, engine: Engine) -> None:
        self._session = own_connection(engine)

    def lock(self, part: int) -> bool:
        row = self._session.execute(_LOCK, [part]).fetchone()
        return bool(row and row[0])

    def alive(self) -> bool:
        try:
            self._session.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        with suppress(psycopg.Error):  # a closed connection is noticed a little later
            self._session.execute(UNLOCK)
        self._session.close()
