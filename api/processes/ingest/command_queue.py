"""Texts that wait for trackers: handed over with the answer to whatever they send next."""

import asyncio
from datetime import datetime

from data.model import DeviceId
from data.store.database.engine import Database, reading, transaction
from data.store.tracking.tracker_state import devices_with_commands
from fleet.tracking.trackers import take_command


class CommandQueue:
    """Knows for which trackers a text waits, so that the others cost no look into the database."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._waiting: set[DeviceId] = set()

    def load(self) -> None:
        """Learn what waits since before the start."""
        with reading(self._engine) as tx:
            self._waiting = set(devices_with_commands(tx))

    def expect(self, device_id: DeviceId) -> None:
        """Look for texts when this tracker comes next."""
        self._waiting.add(device_id)

    async def take(self, device_id: DeviceId, now: datetime) -> str | None:
        """Return the next text for a tracker, which nobody gets again."""
        if device_id not in self._waiting:
            return None
        return await asyncio.to_thread(self._take, device_id, now)

    def _take(self, device_id: DeviceId, now: datetime) -> str | None:
        with transaction(self._engine) as tx:
            text = take_command(tx, device_id, now)
        if text is None:
            self._waiting.discard(device_id)
        return text
