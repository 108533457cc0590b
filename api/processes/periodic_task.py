"""What the server looks at again and again beside answering."""

import asyncio
import logging
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import ClassVar

from api.config.clock import Clock
from api.processes.city_state import GroundKeeper
from data.store.database.engine import Database
from fleet.tracking.live_fleet import Hub

_log = logging.getLogger(__name__)


class Sentry(ABC):
    """Looks every `pause_s` seconds as long as the server runs; a look that fails is made again."""

    pause_s: ClassVar[float]

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look; call it in the event loop of the server."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @abstractmethod
    def look(self) -> object:
        """Look once, in a thread of its own."""

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self.pause_s)
            try:
                await asyncio.to_thread(self.look)
            except Exception:
                _log.exception("%s could not look", type(self).__name__)


class CitySentry(Sentry):
    """A sentry over a city's state, which it may change, and tells the pages of that."""

    def __init__(self, engine: Database, clock: Clock, ground: GroundKeeper, hub: Hub) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._ground = ground
        self._hub = hub
