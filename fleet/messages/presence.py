"""Presence: which boards are open, and who views or edits what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Protocol

from data.model.messages import Presence
from data.store.database.engine import Tx
from data.store.messages.open_boards import (
    find_board,
    list_boards,
    remove_board,
    remove_boards_beyond,
    remove_expired_boards,
    save_board,
)

GONE_S = 60.0
"""A board that says nothing for so long is closed: an open one speaks every 20 seconds."""

MOST = 200
"""Boards that are remembered: who opens more has a program, not people."""


class BoardPresence(Protocol):
    """All open boards by login and tab key; safe from any thread."""

    def enter(
        self, login: str, tab: str, subject: str, *, editing: bool, now: datetime
    ) -> tuple[Presence, list[Presence]]:
        """Record a board's subject; return it, and all boards that changed since."""

    def leave(self, login: str, tab: str) -> list[Presence]:
        """Remove a board; return it as gone, if it was known."""

    def present(self) -> list[Presence]:
        """Return all open boards in the order in which they came."""


class MemoryPresence:
    """The open boards of one process; see `BoardPresence`."""

    def __init__(self, clock_s: Callable[[], float] = monotonic) -> None:
        self._clock_s = clock_s
        self._lock = Lock()
        self._boards: dict[tuple[str, str], tuple[Presence, float]] = {}
        self._last_id = 0

    def enter(
        self, login: str, tab: str, subject: str, *, editing: bool, now: datetime
    ) -> tuple[Presence, list[Presence]]:
        """Record a board's subject; return it, and all boards that changed since."""
        key, now_s = (login, tab), self._clock_s()
        with self._lock:
            gone = self._sweep(now_s)
            known = self._boards.get(key)
            mine = self._seen(known[0] if known else None, login, subject, editing, now)
            self._boards[key] = (mine, now_s)
            if len(self._boards) > MOST:
                gone += self._drop(min(self._boards, key=lambda one: self._boards[one][1]))
        fresh = [] if known and known[0] == mine else [mine]
        return mine, [*fresh, *gone]

    def leave(self, login: str, tab: str) -> list[Presence]:
        """Remove a board; return it as gone, if it was known."""
        with self._lock:
            return self._drop((login, tab)) if (login, tab) in self._boards else []

    def present(self) -> list[Presence]:
        """Return all open boards in the order in which they came."""
        now_s = self._clock_s()
        with self._lock:
            open_now = [one for one, heard_s in self._boards.values() if now_s - heard_s <= GONE_S]
        return sorted(open_now, key=lambda one: one.id)

    def _seen(
        self, known: Presence | None, login: str, subject: str, editing: bool, now: datetime
    ) -> Presence:
        if known is None:
            self._last_id += 1
            return Presence(self._last_id, login, subject, editing, now)
        if (known.subject, known.editing) == (subject, editing):
            return known
        return replace(known, subject=subject, editing=editing, since=now)

    def _sweep(self, now_s: float) -> list[Presence]:
        late = [key for key, (_, heard_s) in self._boards.items() if now_s - heard_s > GONE_S]
        return [gone for key in late for gone in self._drop(key)]

    def _drop(self, key: tuple[str, str]) -> list[Presence]:
        board, _ = self._boards.pop(key)
        return [replace(board, here=False)]


def enter_board(tx: Tx, tab: str, shown: Presence) -> tuple[Presence, list[Presence]]:
    """Record in the database what a board shows; return it, and all boards that changed since.

    The id of `shown` is ignored, and `since` where the board shows the same as before.
    """
    gone = remove_expired_boards(tx)
    known = find_board(tx, shown.login, tab)
    same = known is not None and (known.subject, known.editing) == (shown.subject, shown.editing)
    mine = save_board(
        tx, tab, known if known is not None and same else shown, timedelta(seconds=GONE_S)
    )
    gone += remove_boards_beyond(tx, MOST)
    return mine, [*([] if same else [mine]), *gone]


def leave_board(tx: Tx, login: str, tab: str) -> list[Presence]:
    """Remove a board from the database; return it as gone, if it was known."""
    return remove_board(tx, login, tab)


def open_boards(tx: Tx) -> list[Presence]:
    """Return the boards in the database that are open, in the order in which they came."""
    return list_boards(tx)
