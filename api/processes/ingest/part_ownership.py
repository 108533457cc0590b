"""Which parts of the vehicles an evidence process digests, and that nobody else does meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from os import getpid
from secrets import token_hex
from socket import gethostname

from data.store.database.engine import Database, Tx, transaction
from data.store.database.part_locks import PartLocks, SessionLocks
from data.store.database.vehicle_parts import ALL_PARTS, PARTS, Parts
from data.store.tracking.part_holders import holds_parts, take_parts

CLAIM_S = 1.0
"""How often parts are asked for that another process still has."""


class PartsLostError(Exception):
    """Another process may digest our parts: this one has to end."""


@dataclass(frozen=True, slots=True)
class ProcessShare:
    """The share of one of several evidence processes: its number, from 0, and how many there are.

    Each has parts that follow one another, which spreads a small fleet best; number 0 has the
    leading part. On PostgreSQL other machines may have processes too, so there it is a process's
    place among all of the city.
    """

    number: int
    of: int

    @property
    def parts(self) -> Parts:
        """The parts that the process is to digest."""
        return frozenset(one for one in ALL_PARTS if one * self.of // PARTS == self.number)


def wanted_parts(locks: PartLocks, share: ProcessShare) -> Callable[[], Parts]:
    """Return what says which parts a process is to digest by now.

    On PostgreSQL that changes as processes begin and end, on any machine; the leading part stays
    with the oldest, so it never leaves a process that lives.
    """
    if isinstance(locks, SessionLocks):
        return lambda: ProcessShare(*locks.place()).parts
    return lambda: share.parts


class Ownership:
    """Ownership of all parts, for the only digester of a city."""

    parts: Parts = ALL_PARTS

    def claim(self) -> None:
        """Take the parts that are free by now, and leave those that others are to have."""

    @contextmanager
    def writing(self, engine: Database) -> Iterator[Tx]:
        """Yield a transaction that stores evidence of the parts."""
        with transaction(engine) as tx:
            yield tx


class SharedOwnership(Ownership):
    """Ownership of parts that several processes share out among them.

    A part is ours once we have its lock and our name in its row. The lock keeps others away until
    this process ends or hands the part over; the row is read in every transaction that stores
    evidence, so a process that has lost its connection, and with it the locks, stores nothing
    beside the next owner.
    """

    def __init__(self, engine: Database, locks: PartLocks, wanted: Callable[[], Parts]) -> None:
        self.parts = frozenset()
        self._engine = engine
        self._locks = locks
        self._wanted = wanted
        self._holder = f"{gethostname()}:{getpid()}:{token_hex(4)}"
        self._asked_s = -inf

    def claim(self) -> None:
        """Take the wanted parts that are free by now, and leave others; at most once in a second.

        Raises `PartsLostError` where the locks are not ours any more.
        """
        now_s = time.monotonic()
        if now_s - self._asked_s < CLAIM_S:
            return
        self._asked_s = now_s
        if not self._locks.alive():
            raise PartsLostError
        wanted = self._wanted()
        for one in self.parts - wanted:
            self._locks.unlock(one)
        self.parts &= wanted
        free = frozenset(one for one in wanted - self.parts if self._locks.lock(one))
        if free:
            with transaction(self._engine) as tx:
                take_parts(tx, free, self._holder)
            self.parts |= free

    @contextmanager
    def writing(self, engine: Database) -> Iterator[Tx]:
        """Yield a transaction that stores evidence of the parts, while they are ours.

        Raises `PartsLostError` where another process has taken one.
        """
        with super().writing(engine) as tx:
            if not holds_parts(tx, self.parts, self._holder):
                raise PartsLostError
            yield tx
