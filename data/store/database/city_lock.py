"""Locks of a city: shared by its servers and workers, alone for a restore, one server of a folder.

The kernel releases a lock with its process, so a killed program leaves none behind.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from data.errors import ConflictError
from data.store.database.city_address import PostgresAddress, address_of
from data.store.database.postgres_engine import LEADERS, UNLOCK, connect_to

SERVER = ".server"
"""File in a city's folder that its web server locks, and in which it says who it is."""


@dataclass(frozen=True, slots=True)
class Server:
    """The process that serves a city."""

    pid: int
    host: str


@contextmanager
def holding(folder: Path, *, alone: bool = False) -> Iterator[None]:
    """Keep a city open, together with others or `alone`; ends with the process in any case.

    The folder itself is what is locked, so it may be renamed meanwhile; of a city on PostgreSQL no
    other machine has a server while it is held alone. Raises `ConflictError` at once where others
    have it open and that does not go together.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not _locked(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
            raise _open_elsewhere(folder)
        with _without_servers(folder) if alone else nullcontext():
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
    handle = os.open(folder / SERVER, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _locked(handle, fcntl.LOCK_EX):
            raise _served_elsewhere(folder)
        # The file stays: to delete it would let a third program lock another one of that name.
        with suppress(OSError):  # a full disk keeps no server from starting
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps(asdict(Server(os.getpid(), socket.gethostname()))).encode())
        yield
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
def _without_servers(folder: Path) -> Iterator[None]:
    """Let no server lead a city on PostgreSQL; raise `ConflictError` where one does."""
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
        ask = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
        if connection.execute(ask, (LEADERS, address.schema)).fetchone() != (True,):
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
