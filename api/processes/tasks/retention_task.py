"""Erases what is known about people on a schedule, as long as the server runs."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.city_state import GroundKeeper
from data.files.photos import remove_photo
from data.model import Actor, ActorKind
from data.store.database.engine import Database, transaction
from fleet.requests.data_retention import Erased, erase_old

EVERY_S = 6 * 3600.0
"""Time between two erasures; the first is at the start, so that a restored backup is erased too."""

SCHEDULE = Actor(ActorKind.SYSTEM, "schedule")
"""Who the storm book names."""

_log = logging.getLogger(__name__)


class Eraser:
    """Looks again and again for what has been kept long enough."""

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        ground: GroundKeeper,
        settings: Settings,
        folder: Path,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._ground = ground
        self._settings = settings
        self._folder = folder
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; call it in the event loop of the server."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop after the present erasure."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    def erase(self, actor: Actor = SCHEDULE) -> Erased:
        """Erase once, rows before files: a file that no row names can be removed later."""
        settings = self._settings
        with transaction(self._engine) as tx:
            erased = erase_old(
                tx,
                actor,
                self._ground.now.network,
                timedelta(days=settings.callers_kept_days),
                timedelta(days=settings.photos_kept_days),
                self._clock.now(),
            )
        for name in erased.photos:
            remove_photo(self._folder, name)
        return erased

    async def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                erased = await asyncio.to_thread(self.erase)
            except Exception:  # the next one may succeed, and the city must be served
                _log.exception("callers could not be erased")
            else:
                if erased.requests or erased.photos:
                    _log.info("erased %d callers, %d photos", erased.callers, len(erased.photos))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), EVERY_S)
