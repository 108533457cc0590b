"""Letting a rehearsal's clock wait for its simulation and for evidence, however fast it goes.

On a busy machine a clock of high speed runs away from the trucks: they would fall silent, and what
they cleared would be seen long after. So the clock stands for the rest of a round of the simulation
that takes long, and goes on after it: slower than its speed says, and nothing is late.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime, timedelta

from api.config.training_clock import TrainingClock
from data.store.database.engine import Database, reading
from fleet.alerts.evidence_lag import evidence_lag

MOST_BEHIND = timedelta(minutes=1)
"""Time of the storm that a round may take while the clock goes on."""

MOST_UNSEEN = timedelta(minutes=2)
"""So long by the storm's clock positions may wait for matching while it goes on."""

PATIENCE_S = 20.0
"""Real seconds for which the clock waits for evidence; matching that takes longer has failed."""

LOOK_S = 0.5


class KeptPace:
    """Rounds of a simulation, for which the clock stands where it would run away."""

    def __init__(
        self,
        clock: TrainingClock,
        engine: Database,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._engine = engine
        self._monotonic = monotonic
        self._in_vain = False

    @asynccontextmanager
    async def round(self) -> AsyncIterator[tuple[datetime, float]]:
        """Send a round meanwhile, by the clock's time and speed as it begins."""
        now, pace = self._clock.now(), self._clock.pace
        with ExitStack() as held:
            holding = asyncio.create_task(self._hold_late(held, pace))
            try:
                yield now, pace
            finally:
                holding.cancel()
            if self._is_unseen():
                self._hold(held)
                await self._until_seen()

    async def _hold_late(self, held: ExitStack, pace: float) -> None:
        """Hold the clock as soon as a round takes too long; one that stands needs no hold."""
        if pace:
            await asyncio.sleep(MOST_BEHIND.total_seconds() / pace)
            self._hold(held)

    def _hold(self, held: ExitStack) -> None:
        if self._clock.pace:
            held.enter_context(self._clock.held())

    def _is_unseen(self) -> bool:
        """Whether positions wait too long for matching; where that is slow anyway, it is not asked.

        The clock would stand for ever where nobody matches them.
        """
        with reading(self._engine) as tx:
            behind = evidence_lag(tx, self._clock.now()) > MOST_UNSEEN
        self._in_vain = self._in_vain and behind
        return behind and not self._in_vain

    async def _until_seen(self) -> None:
        until_s = self._monotonic() + PATIENCE_S
        while self._is_unseen():
            if self._monotonic() > until_s:
                self._in_vain = True
            await asyncio.sleep(LOOK_S)
