"""Open boards that all web processes of a city share: rows on PostgreSQL."""

from datetime import datetime

from data.model.messages import Presence
from data.store.database.engine import Database, is_shared, momentary, reading
from fleet.messages.presence import (
    BoardPresence,
    MemoryPresence,
    enter_board,
    leave_board,
    open_boards,
)


def presence_of(engine: Database) -> BoardPresence:
    """Return the open boards of a city: shared where several processes may serve it."""
    return SharedPresence(engine) if is_shared(engine) else MemoryPresence()


class SharedPresence:
    """All open boards in the database; see `BoardPresence`."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine

    def enter(
        self, login: str, tab: str, subject: str, *, editing: bool, now: datetime
    ) -> tuple[Presence, list[Presence]]:
        """Record a board's subject; return it, and all boards that changed since."""
        with momentary(self._engine) as tx:
            return enter_board(tx, tab, Presence(0, login, subject, editing, now))

    def leave(self, login: str, tab: str) -> list[Presence]:
        """Remove a board; return it as gone, if it was known."""
        with momentary(self._engine) as tx:
            return leave_board(tx, login, tab)

    def present(self) -> list[Presence]:
        """Return all open boards in the order in which they came."""
        with reading(self._engine) as tx:
            return open_boards(tx)
