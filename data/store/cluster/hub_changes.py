"""Changes that one server of a city publishes, as rows, and notifications of them to the others.

A notification names rows only: PostgreSQL's hold 8,000 bytes at most.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

import psycopg
from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.exc import DBAPIError

from data.store.database.engine import Tx
from data.store.database.postgres_engine import own_connection
from data.store.schema import hub_change

KEPT = timedelta(seconds=60)
"""How long changes stay; servers read them within a second."""


class Notification(NamedTuple):
    """Who published changes, and the number of their row."""

    server: str
    change_id: int


class NotificationsBrokenError(Exception):
    """The connection that gets notifications broke: some may be lost."""


def add_changes(tx: Tx, server: str, changes: str) -> None:
    """Store changes and notify all servers of the city at the end of the transaction."""
    new = insert(hub_change).values(server=server, changes=changes).returning(hub_change.c.id)
    number = tx.execute(new).scalar_one()
    tx.execute(select(func.pg_notify(_channel(tx.scalar(_SCHEMA)), f"{server} {number}")))


def list_changes(tx: Tx, numbers: Collection[int]) -> list[str]:
    """Return what rows of changes say, in the order of their numbers."""
    query = select(hub_change.c.changes).where(hub_change.c.id.in_(numbers))
    return list(tx.scalars(query.order_by(hub_change.c.id)))


def remove_old_changes(tx: Tx) -> None:
    """Remove changes that all servers have read."""
    tx.execute(delete(hub_change).where(hub_change.c.made_at < func.localtimestamp() - KEPT))


class Notifications:
    """Gets the notifications of a city's servers through a connection of its own; one thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: psycopg.Connection | None = None

    def listen(self) -> bool:
        """Connect where that is not so; return whether it is so only now.

        Raises `NotificationsBrokenError` where the database cannot be reached.
        """
        if self._connection is not None:
            return False
        try:
            connection = own_connection(self._engine)
            (schema,) = connection.execute("SELECT current_schema()").fetchone() or ("",)
            connection.execute(f"LISTEN {_channel(schema)}")
        except (psycopg.Error, DBAPIError) as error:
            raise NotificationsBrokenError from error
        self._connection = connection
        return True

    def wait(self, within_s: float) -> list[Notification]:
        """Return the notifications that have come, at the latest after some seconds.

        Raises `NotificationsBrokenError` where the connection is gone.
        """
        if self._connection is None:
            return []
        try:
            came = list(self._connection.notifies(timeout=within_s, stop_after=1))
        except psycopg.Error as error:
            self.close()
            raise NotificationsBrokenError from error
        parts = [one.payload.split(" ") for one in came]
        return [Notification(server, int(number)) for server, number in parts]

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


_SCHEMA = select(func.current_schema())


def _channel(schema: object) -> str:
    """Return the name of a city's channel, one of many in its database."""
    return f"barfrub_{sha256(str(schema).encode()).hexdigest()[:16]}"
