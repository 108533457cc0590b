"""Commands queued for trackers: each goes out with the answer to the tracker's next message."""

import asyncio
from datetime import datetime

from data.model import DeviceId
from data.store.database.engine import Database, reading, transaction
from data.store.tracking.tracker_state import devices_with_commands
from fleet.tracking.trackers import take_command


class CommandQueue:
    """Knows which trackers have commands waiting, so that the others cost no query."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._waiting: set[DeviceId] = set()

    def load(self) -> None:
        """Load the trackers whose commands have waited since before the start."""
        with reading(self._engine) as tx:
            self._waiting = set(devices_with_commands(tx))

    def expect(self, device_id: DeviceId) -> None:
        """Mark a tracker as having commands."""
        self._waiting.add(device_id)

    async def take(self, device_id: DeviceId, now: datetime) -> str | None:
        """Return a tracker's next command and mark it sent; `None` where none waits."""
        if device_id not in self._waiting:
            return None
        return await asyncio.to_thread(self._take, device_id, now)

    def _take(self, device_id: DeviceId, now: datetime) -> str | None:
        with transaction(self._engine) as tx:
            text = take_command(tx, device_id, now)
        if text is None:
            self._waiting.discard(device_id)
        return text
