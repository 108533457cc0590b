"""Which server of a city leads: the one that holds an advisory lock of PostgreSQL."""

import time
from contextlib import suppress
from math import inf

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data.store.database.postgres_engine import LEADERS, UNLOCK, own_connection

SURE_S = 5.0
"""How long a server that cannot reach the database counts as leading. The database gives the lock
of a machine that is gone to others a little later."""


class LeaderLock:
    """The lock of a city's leader, as one server holds it or waits for it; one thread asks.

    It is held by a connection of its own, so it ends with the process, however that ends.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: psycopg.Connection | None = None
        self._locked = False
        self._sure_s = -inf

    @property
    def held(self) -> bool:
        """Whether this server leads, as far as it can know; from any thread."""
        return self._locked and time.monotonic() - self._sure_s < SURE_S

    def ask(self) -> bool | None:
        """Take the lock where nobody has it; return whether it is ours.

        `None` where the database cannot be reached.
        """
        asked_s = time.monotonic()
        try:
            if self._connection is None:
                self._connection = own_connection(self._engine)
            self._locked = self._still_ours(self._connection)
        except (psycopg.Error, DBAPIError):
            self.release()
            return None
        if self._locked:
            self._sure_s = asked_s
        return self._locked

    def _still_ours(self, connection: psycopg.Connection) -> bool:
        if self._locked:
            connection.execute("SELECT 1")
            return True
        row = connection.execute(
            f"SELECT pg_try_advisory_lock({LEADERS}, hashtext(current_schema()))"
        ).fetchone()
        return row is not None and bool(row[0])

    def release(self) -> None:
        """Let another server lead."""
        self._locked = False
        if self._connection is not None:
            with suppress(psycopg.Error):  # a closed connection is noticed a little later
                self._connection.execute(UNLOCK)
            self._connection.close()
            self._connection = None
