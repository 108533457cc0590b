"""Looks at the clocks of requests now and then, and makes what is too late the supervisor's."""

import asyncio
import logging
from contextlib import suppress

from api.clock import Clock
from api.ground import GroundKeeper
from data.store.engine import Database, transaction
from fleet.followup import escalate_overdue
from fleet.live import Hub
from maps.views import request_view

LOOK_S = 30.0
"""Pause between two looks: nobody's hour is over by less."""

_log = logging.getLogger(__name__)


class OfficeWatch:
    """Escalates what is too late, as long as the server runs; a look that fails is made again."""

    def __init__(self, engine: Database, clock: Clock, ground: GroundKeeper, hub: Hub) -> None:
        self._engine = engine
        self._clock = clock
        self._ground = ground
        self._hub = hub
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; call it in the event loop of the server."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def look(self) -> int:
        """Escalate what is too late now, tell the pages, and return how many requests it was."""
        ground = self._ground.now
        with transaction(self._engine) as tx:
            late = escalate_overdue(tx, ground.network, ground.policy, self._clock.now())
        self._hub.publish("requests", [request_view(asked, {}) for asked in late])
        return len(late)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await asyncio.to_thread(self.look)
            except Exception:
                _log.exception("the clocks of requests could not be looked at")
