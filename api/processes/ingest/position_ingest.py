"""Position ingest: fixes are stored on the disk before their sender is answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import NamedTuple

from api.access.auth import TooManyError
from api.access.rate_limits import MemoryRateLimiter
from api.processes.ingest.command_queue import CommandQueue
from api.processes.ingest.group_commit import CommitLimits, GroupCommit
from api.processes.ingest.tracker_stats import TrackerStats
from data.model import Device, DeviceId, Position
from data.store.accounts.accounts import list_devices
from data.store.accounts.token_bucket import Allowance
from data.store.database.engine import Database, reading, transaction
from data.store.tracking.early_positions import add_early
from data.store.tracking.positions import add_batches
from fleet.accounts.accounts import token_digest
from fleet.tracking.tracker_clocks import is_early

LIMITS = CommitLimits(gather_s=0.004, waiting=2_000, together=500, many=8, many_gather_s=0.02)
"""Batches of positions; when too many wait for the writer, further senders wait."""

KNOWN_S = 10.0
"""How long trackers are cached."""

ALLOWANCE = Allowance(burst=120, per_minute=1200)
"""How many messages a tracker may send."""

READ_AGAIN = Allowance(burst=10, per_minute=20)
"""How often unknown senders, all together, make the trackers be read anew."""


class TrackerKey(NamedTuple):
    """The key of a tracker: its token's digest, or its name where the protocol has no token."""

    by_token: bool
    text: str


class PositionIngest:
    """Stores positions in group commits: one transaction for what arrives within milliseconds.

    `on_stored` gets them once they are on the disk, in the event loop of the server, `on_early`
    those that are kept apart, since their time has not come by our clock; `tally` counts
    stored, repeated, early and rejected fixes, for monitoring.
    """

    def __init__(
        self,
        engine: Database,
        tracker_stats: TrackerStats,
        on_stored: Callable[[list[Position]], None],
        on_early: Callable[[Sequence[Position]], object] = bool,
    ) -> None:
        self._engine = engine
        self.tracker_stats = tracker_stats
        self._on_stored = on_stored
        self._on_early = on_early
        # A thread of its own: all others may be busy with what takes seconds.
        self._thread = ThreadPoolExecutor(1, "positions")
        self._commits = GroupCommit(self._commit, self._stored, self._thread, LIMITS)
        self.tally: Counter[str] = Counter()
        self.devices = Devices(engine)
        self.commands = CommandQueue(engine)

    def start(self) -> None:
        """Start the writer; call it in the event loop of the server."""
        self._commits.start()
        self.commands.load()
        self.tracker_stats.start()

    async def stop(self) -> None:
        """Write what is pending, then end."""
        await self._commits.stop()
        await asyncio.to_thread(self.tracker_stats.stop)
        self._thread.shutdown()
        self.devices.stop()

    async def store(self, positions: Sequence[Position]) -> int:
        """Store fixes; return how many were new, once all are on the disk.

        Those from the future of our clock are kept apart, and counted as a fault of their tracker.
        """
        early = [fix for fix in positions if is_early(fix)]
        timely = [fix for fix in positions if not is_early(fix)] if early else positions
        count = await self._keep_apart(early) if early else 0
        if timely:
            count += await self._commits.store(timely, wait_for_room=True)
            self.tracker_stats.record_positions(timely)
        return count

    async def _keep_apart(self, early: Sequence[Position]) -> int:
        loop = asyncio.get_running_loop()
        count = await loop.run_in_executor(self._thread, self._commit_early, early)
        self.tracker_stats.record_early(early)
        self.tally["early"] += len(early)
        self._on_early(early)
        return count

    def _commit_early(self, early: Sequence[Position]) -> int:
        with transaction(self._engine) as tx:
            return add_early(tx, early)

    def reject(self, device_id: DeviceId, reason: str) -> None:
        """Count a fix that was rejected as implausible or malformed."""
        self.tally["rejected"] += 1
        self.tracker_stats.record_fault(device_id, reason)

    def _commit(self, batches: Sequence[Sequence[Position]]) -> list[int]:
        with transaction(self._engine) as tx:
            return add_batches(tx, batches)

    def _stored(self, batches: Sequence[Sequence[Position]], counts: Sequence[int]) -> None:
        fixes = [fix for batch in batches for fix in batch]
        self.tally["stored"] += sum(counts)
        self.tally["repeated"] += len(fixes) - sum(counts)
        self._on_stored(fixes)


class Devices:
    """The known trackers, read every 10 seconds and after changes, with a rate limit for each.

    They are read anew for a sender who is not among them, since another process may have added it,
    but only as often as `READ_AGAIN` allows for all together; and in a thread of their own, so that
    unknown senders hold up nothing that is to be stored.
    """

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "trackers")
        self._all: dict[TrackerKey, Device] = {}
        self._read_s = -inf
        self._changes = 0
        self._reading: asyncio.Future[None] | None = None
        self.allowance = ALLOWANCE
        self._limiter = MemoryRateLimiter()

    async def find(self, token: str) -> Device | None:
        """Return the tracker with this token, `None` where there is none."""
        return await self._known(TrackerKey(by_token=True, text=token_digest(token)))

    async def named(self, name: str) -> Device | None:
        """Return the tracker of this name, `None` where there is none; a name is no proof."""
        return await self._known(TrackerKey(by_token=False, text=name))

    def forget(self) -> None:
        """Read the trackers anew before the next answer: one was changed."""
        self._read_s = -inf
        self._changes += 1

    def count(self, device_id: DeviceId) -> None:
        """Count a message of a tracker; raise `TooManyError` above its rate."""
        self._limiter.enter([(device_id, self.allowance)])

    def stop(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    async def _known(self, key: TrackerKey) -> Device | None:
        if self._read_s + KNOWN_S < time.monotonic():
            await self._read()
        if key not in self._all and self._may_read_again():
            await self._read()
        return self._all.get(key)

    def _may_read_again(self) -> bool:
        try:
            self._limiter.enter([("read again", READ_AGAIN)])
        except TooManyError:
            return False
        return True

    async def _read(self) -> None:
        """Read all trackers; concurrent callers share one read."""
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._take_in())
        await asyncio.shield(self._reading)

    async def _take_in(self) -> None:
        """Know all trackers before anybody hears that they were read."""
        begun_s, changes = time.monotonic(), self._changes
        try:
            loop = asyncio.get_running_loop()
            devices = await loop.run_in_executor(self._thread, self._list)
            self._all = {TrackerKey(by_token=False, text=one.name): one for one in devices}
            self._all |= {TrackerKey(by_token=True, text=one.token_hash): one for one in devices}
            if changes == self._changes:
                self._read_s = begun_s
        finally:
            self._reading = None

    def _list(self) -> list[Device]:
        with reading(self._engine) as tx:
            return list_devices(tx)
