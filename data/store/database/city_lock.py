"""Locks of a city: shared by its servers and workers, alone for a restore, one server of a folder.

Also that of a province's server which moves lent machines.

The kernel releases a lock with its process, so a killed program leaves none behind. PostgreSQL
has such locks for programs of other machines, which end with a connection.
"""

import fcntl
import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread

import psycopg

from data.errors import ConflictError
from data.store.database.city_address import PostgresAddress, address_of
from data.store.database.engine import Database, is_shared, momentary
from data.store.database.postgres_engine import LEADERS, LENDERS, UNLOCK, USERS, connect_to

SERVER = ".server"
"""File in a city's folder that its web server locks, and in which it says who it is."""

CHECK_S = 1.0
"""How often a lock of PostgreSQL is looked after: it is gone where the connection broke."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """The process that serves a city."""

    pid: int
    host: str


@contextmanager
def holding(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep a city open, together with others or `alone`; ends with the process in any case.

    The folder itself is what is locked, so it may be renamed meanwhile; a city on PostgreSQL has a
    lock there too, for servers and workers of other machines. Raises `ConflictError` at once where
    others have it open and that does not go together.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not _locked(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
            raise _open_elsewhere(folder)
        with _without_others(folder) if alone else _with_others(folder):
            yield
    finally:
        os.close(handle)


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Be the only web server of a city on SQLite; ends with the process in any case.

    On PostgreSQL, be the one server of this folder that has workers beside it. Raises
    `ConflictError`, which names the other server, where there is one: on SQLite live positions, who
    listens and limits of rate are kept in the memory of one process.
    """
    with _alone_serving(folder) as handle:
        with suppress(OSError):  # a full disk keeps no server from starting
            os.write(handle, json.dumps(asdict(Server(os.getpid(), socket.gethostname()))).encode())
        yield


@contextmanager
def unserved(folder: Path) -> Iterator[None]:
    """Keep every server from a folder without being one; `find_server` finds none meanwhile.

    Raises `ConflictError`, which names the server, where there is one.
    """
    with _alone_serving(folder):
        yield


@contextmanager
def _alone_serving(folder: Path) -> Iterator[int]:
    """Lock the file in which a server says who it is, and give its handle; nobody stands in it.

    The file stays: to delete it would let a third program lock another one of that name.
    """
    handle = os.open(folder / SERVER, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _locked(handle, fcntl.LOCK_EX):
            raise _served_elsewhere(folder)
        with suppress(OSError):
            os.ftruncate(handle, 0)
        yield handle
    finally:
        os.close(handle)


def find_server(folder: Path) -> Server | None:
    """Return the process that serves a city now; `None` where none does, or none said who it is."""
    try:
        handle = os.open(folder / SERVER, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        if _locked(handle, fcntl.LOCK_SH):
            return None
        return Server(**json.loads(os.read(handle, 1000)))
    except (TypeError, ValueError):
        return None  # it has just begun to write
    finally:
        os.close(handle)


@contextmanager
def alone_lending(people: Database) -> Iterator[None]:
    """Wait until no other server of the province moves lent machines, and keep others from it.

    Its one server on SQLite waits for nobody. Raises `OperationalError` after the time of writers.
    """
    if not is_shared(people):
        yield
        return
    with momentary(people) as tx:
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LENDERS}, hashtext(current_schema()))")
        yield


@contextmanager
def _with_others(folder: Path) -> Iterator[None]:
    """Let nobody hold a city on PostgreSQL alone; raise `ConflictError` where somebody does."""
    address = address_of(folder)
    if not isinstance(address, PostgresAddress):
        yield
        return
    lock = _SharedLock(folder, address)
    lock.start()
    try:
        yield
    finally:
        lock.release()


class _SharedLock(Thread):
    """The lock of a program that has a city open; taken again where PostgreSQL was restarted."""

    def __init__(self, folder: Path, address: PostgresAddress) -> None:
        super().__init__(name="city-lock", daemon=True)
        self._folder = folder
        self._address = address
        self._over = Event()
        self._connection = self._connected()

    def _connected(self) -> psycopg.Connection:
        connection = connect_to(self._address.url)
        ask = "SELECT pg_try_advisory_lock_shared(%s, hashtext(%s))"
        if connection.execute(ask, (USERS, self._address.schema)).fetchone() != (True,):
            connection.close()
            raise _open_elsewhere(self._folder)
        return connection

    def run(self) -> None:
        while not self._over.wait(CHECK_S):
            try:
                if self._connection.closed:
                    self._connection = self._connected()
                self._connection.execute("SELECT 1")
            except psycopg.Error:
                self._connection.close()
            except ConflictError:
                _log.exception("a command has the city alone while it is open here: stop this")

    def release(self) -> None:
        """Let others hold the city alone."""
        self._over.set()
        self.join()
        with suppress(psycopg.Error):  # a closed connection is noticed a little later
            self._connection.execute(UNLOCK)
        self._connection.close()


@contextmanager
def _without_others(folder: Path) -> Iterator[None]:
    """Let no program of any machine open a city on PostgreSQL, and no server lead it.

    Raises `ConflictError` where one does.
    """
    address = address_of(folder)
    if not isinstance(address, PostgresAddress):
        yield
        return
    try:
        connection = connect_to(address.url)
    except psycopg.OperationalError:  # whoever needs it will say so
        yield
        return
    with connection:
        for lock in (USERS, LEADERS):
            ask = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
            if connection.execute(ask, (lock, address.schema)).fetchone() != (True,):
                connection.execute(UNLOCK)  # else the next one may find what this one had
                raise _open_elsewhere(folder)
        yield
        connection.execute(UNLOCK)  # at once: a closed connection is noticed a little later


def _locked(handle: int, kind: int) -> bool:
    """Lock a file or folder, if nobody else has; return whether that was so."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open_elsewhere(folder: Path) -> ConflictError:
    server = find_server(folder)
    who = "" if server is None else f" (process {server.pid} on {server.host} serves it)"
    return ConflictError(
        f"city {folder.name!r} is open in another program{who}: stop its server and workers",
        reason="city_open",
        city=folder.name,
    )


def _served_elsewhere(folder: Path) -> ConflictError:
    server = find_server(folder)
    who = "another process"
    stop = "`systemctl stop barfrub`"
    if server is not None:
        who = f"process {server.pid} on {server.host}"
        stop += f" or `kill {server.pid}` there"
    return ConflictError(
        f"city {folder.name!r} is served already by {who}. One city has one server: "
        f"use that one, or stop it first ({stop}) and start again",
        reason="city_served",
        city=folder.name,
    )
