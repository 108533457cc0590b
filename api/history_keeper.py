"""Reads the history of the newest storms before somebody asks to see it again."""

import asyncio
import logging
from contextlib import suppress

from api.clock import Clock
from api.ground import GroundKeeper
from data.store.engine import Database, reading
from data.store.storms import list_storms
from fleet.storm_history import StormHistory

LOOK_S = 30.0
"""Pause between two looks."""

_log = logging.getLogger(__name__)


class HistoryKeeper:
    """Has the colors of the newest storm at hand, as long as the server runs."""

    def __init__(
        self, engine: Database, clock: Clock, ground: GroundKeeper, history: StormHistory
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._keeper = ground
        self._history = history
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

    def look(self) -> None:
        """Read the newest storm, unless its colors are at hand."""
        ground = self._keeper.now
        with reading(self._engine) as tx:
            for storm in list_storms(tx)[:1]:
                self._history.prepare(tx, storm, ground.network, ground.policy, self._clock.now())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # whoever asks reads it then, and hears of the mistake
                _log.exception("the history of a storm could not be read")
