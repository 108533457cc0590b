"""Locks of parts of a city's vehicles: one process at a time has each, and its death frees them.

On SQLite they are files in the city's folder, on PostgreSQL advisory locks of a session, so that
processes on several machines keep out of each other's way too. There each process also has a lock
by which the others count it, so nobody has to say how many there are.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import Engine

from data.store.database.engine import Tx, is_shared
from data.store.database.postgres_engine import UNLOCK, own_connection

FOLDER = ".evidence"
"""Folder in that of a city with a file for each part, which its process locks."""

_PART = "hashtextextended(current_schema() || '/evidence/' || CAST(%s AS TEXT), 0)"
_LOCK, _UNLOCK = f"SELECT pg_try_advisory_lock({_PART})", f"SELECT pg_advisory_unlock({_PART})"


_SEATS = "hashtext(current_schema() || '/evidence')"
"""First half of the locks by which processes are counted; the second grows with each process."""

_TAKEN = f"""
    SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = ({_SEATS}::bigint & 4294967295)::oid ORDER BY objid
"""  # noqa: S608 - joined with a constant of this module


class PartLocks(Protocol):
    """The locks that one process has."""

    def lock(self, part: int) -> bool:
        """Lock a part where nobody else has; return whether it is ours."""

    def unlock(self, part: int) -> None:
        """Leave a part to others."""

    def alive(self) -> bool:
        """Whether the locks are still ours."""

    def close(self) -> None:
        """Free all locks."""


def part_locks(engine: Engine, folder: Path) -> PartLocks:
    """Return the locks of a city, none of them taken yet."""
    if is_shared(engine):
        return SessionLocks(engine)
    return _FileLocks(folder / FOLDER)


def count_processes(tx: Tx) -> int:
    """Return how many processes digest positions of a city on PostgreSQL, on any machine."""
    return len(tx.exec_driver_sql(_TAKEN).all())


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

    def unlock(self, part: int) -> None:
        if part in self._files:
            os.close(self._files.pop(part))

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        while self._files:
            os.close(self._files.popitem()[1])


class SessionLocks:
    """Advisory locks of a session of its own, which PostgreSQL frees with its connection."""

    def __init__(self, engine: Engine) -> None:
        self._session = own_connection(engine)
        self._parts: set[int] = set()
        self._seat: int | None = None

    def place(self) -> tuple[int, int]:
        """Return how many processes of the city are older than this one, and how many there are.

        Raises `psycopg.OperationalError` where the session has ended.
        """
        if self._seat is None:
            self._seat = self._take_seat()
        taken = self._taken()
        return taken.index(self._seat), len(taken)

    def _take_seat(self) -> int:
        seat = max(self._taken(), default=-1) + 1
        while not self._got(f"SELECT pg_try_advisory_lock({_SEATS}, %s)", seat):
            seat += 1  # another process that begins just now has it
        return seat

    def _taken(self) -> list[int]:
        return [seat for (seat,) in self._session.execute(_TAKEN).fetchall()]

    def _got(self, statement: str, number: int) -> bool:
        row = self._session.execute(statement, [number]).fetchone()
        return bool(row and row[0])

    def lock(self, part: int) -> bool:
        """Lock a part where nobody else has; return whether it is ours."""
        # Not twice: PostgreSQL would want it unlocked as often.
        if part not in self._parts and self._got(_LOCK, part):
            self._parts.add(part)
        return part in self._parts

    def unlock(self, part: int) -> None:
        """Leave a part to others."""
        if part in self._parts:
            self._session.execute(_UNLOCK, [part])
            self._parts.remove(part)

    def alive(self) -> bool:
        """Whether the locks are still ours."""
        try:
            self._session.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        """Free all locks."""
        with suppress(psycopg.Error):  # a closed connection is noticed a little later
            self._session.execute(UNLOCK)
        self._session.close()
