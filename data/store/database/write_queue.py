"""Whose turn it is to write to a database: one writer after another, in all processes.

SQLite lets one write at a time and wakes nobody: who has just written may begin again before who
waits has asked. So writers stand in line here. Whoever waits longest holds the head of the line,
which who has just written has to take anew. Only the order is kept here: that no two write at a
time is SQLite's business, so a program that does not stand in line harms nobody.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Lock, RLock
from weakref import finalize

from sqlalchemy import Connection

ASK_S = 0.001
"""How often a writer asks whether one of another process is done: the system's own waiting knows no
end, and so a program that hangs would hold up all others."""

VERSION = "barfrub_version"
"""Where a connection keeps the version of the city that its transaction makes."""

PARTS = ("head", "turn")
"""What writers lock, files beside the database: the head of the line, and the turn itself."""


_versions = count(1)


class WriteQueue:
    """The turns of a database's writers; of this process alone where it is in memory (`None`)."""

    def __init__(self, path: Path | None) -> None:
        self._places = [path.with_name(f"{path.name}-{part}") for part in PARTS] if path else []
        self._head, self._turn = Lock(), RLock()
        self._files: list[int] = []

    @contextmanager
    def turn(self, until_s: float) -> Iterator[None]:
        """Write in turn; who has waited until then, by the monotonic clock, asks without one."""
        if not _in_line(self._head, self._turn, until_s):
            yield
            return
        try:
            with self._turn_of_all(until_s):
                yield
        finally:
            self._turn.release()

    @contextmanager
    def _turn_of_all(self, until_s: float) -> Iterator[None]:
        """Stand in line with other processes; their locks end with them in any case."""
        if not self._places:
            yield
            return
        head, turn = self._files = self._files or [self._open(place) for place in self._places]
        in_turn = False
        if _locked(head, until_s):
            in_turn = _locked(turn, until_s)
            fcntl.flock(head, fcntl.LOCK_UN)
        try:
            yield
        finally:
            if in_turn:
                fcntl.flock(turn, fcntl.LOCK_UN)

    def _open(self, place: Path) -> int:
        # Whoever may read may stand in line, whoever made the file.
        handle = os.open(place, os.O_RDONLY | os.O_CREAT, 0o644)
        finalize(self, os.close, handle)
        return handle


def _in_line(head: Lock, turn: RLock, until_s: float) -> bool:
    """Stand in line with other threads; return whether it is our turn."""
    if not head.acquire(timeout=max(until_s - time.monotonic(), 0.0)):
        return False
    try:
        return turn.acquire(timeout=max(until_s - time.monotonic(), 0.0))
    finally:
        head.release()


def _locked(file: int, until_s: float) -> bool:
    """Lock a file as soon as nobody else does; return whether that was in time."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until_s:
                return False
            time.sleep(ASK_S)
        else:
            return True


def set_version(tx: Connection, number: int | None = None) -> None:
    """Give a transaction that has just begun to write a number above all that it can read.

    `None` counts on, for a city on SQLite, which has one server.
    """
    tx.info[VERSION] = next(_versions) if number is None else number


def version_of(tx: Connection) -> int:
    """Return the version of the city that a writing transaction makes."""
    version: int = tx.info[VERSION]
    return version
