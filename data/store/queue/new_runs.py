"""Waiting for new runs without asking again and again, where the database tells of them."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.exc import OperationalError

from data.model import RunKind
from data.store.database.engine import Database
from data.store.database.postgres_engine import own_connection
from data.store.queue.run_queue import queue_of

type Rest = Callable[[float], object]
"""Waits for some seconds; returns earlier where there is a reason to look."""


@contextmanager
def new_runs(database: Database, kinds: Collection[RunKind], rest: Rest) -> Iterator[Rest]:
    """Yield what waits until a run of some kinds comes, for some seconds at most.

    Where the database tells nobody of new runs, it is `rest`. The first call returns at once:
    runs may have come before anybody listened.
    """
    channels = queue_of(database).channels(kinds)
    if not channels:
        yield rest
        return
    listener = _Listener(database, channels, rest)
    try:
        yield listener.wait
    finally:
        listener.close()


class _Listener:
    """A connection that listens; one that breaks is made anew."""

    def __init__(self, database: Database, channels: Collection[str], rest: Rest) -> None:
        self._database = database
        self._channels = channels
        self._rest = rest
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Wait for a run; return whether one came, or may have."""
        try:
            if self._connection is None:
                self._connection = self._listening()
                return True
            return bool([*self._connection.notifies(timeout=seconds, stop_after=1)])
        except (OperationalError, psycopg.OperationalError):  # the database is not there
            self.close()
            self._rest(seconds)
            return False

    def _listening(self) -> psycopg.Connection:
        connection = own_connection(self._database)
        for channel in self._channels:
            connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
        return connection

    def close(self) -> None:
        """Listen no more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
