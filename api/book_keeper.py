"""Writes down in the storm book what evidence has come to, as soon as it is settled."""

from itertools import batched

from api.clock import Clock
from api.sentry import Sentry
from data.store.engine import Database, reading, transaction
from fleet.book import seal_evidence, settled_evidence

AT_ONCE = 20
"""Half hours of vehicles in one transaction: a few milliseconds each."""


class BookKeeper(Sentry):
    """Seals evidence in small portions, so that no other writer waits for it."""

    pause_s = 10.0

    def __init__(self, engine: Database, clock: Clock) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock

    def look(self) -> int:
        """Seal what is settled, and return how many things that was."""
        now = self._clock.now()
        with reading(self._engine) as tx:
            waiting = settled_evidence(tx, now)
        for subjects in batched(waiting, AT_ONCE, strict=False):
            with transaction(self._engine) as tx:
                seal_evidence(tx, subjects, now)
        return len(waiting)
