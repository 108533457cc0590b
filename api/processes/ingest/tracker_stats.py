"""Counters of trackers in memory, written to the database every few seconds.

Faults, last contacts and unknown senders only: positions themselves are stored before their sender
is answered.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import batched
from threading import Lock

from cachetools import LRUCache

from api.config.clock import Clock
from api.processes.periodic_task import PeriodicTask
from data.model import DeviceId, LonLat, Position, UnknownTracker
from data.store.database.engine import Database, DatabaseUnavailable, reading, transaction
from data.store.tracking.positions import find_last_place
from data.store.tracking.tracker_state import add_faults, set_last_contacts
from data.store.tracking.unknown_trackers import note_unknown_trackers
from fleet.tracking.tracker_clocks import TrackerClocks

WRITE_S = 5.0
"""Time between two writings."""

CONTACTS_AT_ONCE = 100
"""Last contacts written in one transaction: positions wait meanwhile."""

MOST_UNKNOWN = 200
"""Unknown senders counted between two writings; others are ignored."""

PLACES = 20_000
"""Trackers whose last place is remembered."""

_log = logging.getLogger(__name__)


class TrackerStats(PeriodicTask):
    """Counts faults by tracker and reason, unknown senders by name, and times of last contact.

    They are kept in memory and written to the database every `pause_s` seconds.
    """

    pause_s = WRITE_S

    def __init__(self, engine: Database, clock: Clock) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self.clocks = TrackerClocks()
        self._lock = Lock()
        self._faults: Counter[tuple[DeviceId, str]] = Counter()
        self._last_contacts: dict[DeviceId, datetime] = {}
        self._unknown: dict[str, UnknownTracker] = {}
        self._places: LRUCache[DeviceId, tuple[datetime, LonLat]] = LRUCache(PLACES)

    def stop(self) -> None:
        """Write what is pending, then end."""
        super().stop()
        self.run()

    def run(self) -> None:
        """Write the counters; where the database is busy, keep them for the next run."""
        try:
            self.write()
        except DatabaseUnavailable:
            _log.warning("faults of trackers are not written yet: the database takes nothing")

    def record_positions(self, positions: Iterable[Position]) -> None:
        """Record the last contact, the newest place and the clock of each tracker."""
        seen_s = time.monotonic()
        with self._lock:
            for fix in positions:
                self.clocks.record(fix.device_id, fix.fixed_at - fix.received_at, seen_s)
                self._last_contacts[fix.device_id] = fix.received_at
                known = self._places.get(fix.device_id)
                if known is None or known[0] < fix.fixed_at:
                    self._places[fix.device_id] = (fix.fixed_at, fix.location)

    def record_early(self, positions: Iterable[Position]) -> None:
        """Record fixes from the future of our clock."""
        seen_s = time.monotonic()
        for fix in positions:
            self.clocks.record(fix.device_id, fix.fixed_at - fix.received_at, seen_s)
            self.record_fault(fix.device_id, "future")

    def record_fault(self, device_id: DeviceId, reason: str, times: int = 1) -> None:
        """Count a rejected message of a tracker by its reason."""
        with self._lock:
            self._last_contacts[device_id] = self._clock.now()
            self._faults[device_id, reason] += times

    def record_unknown(self, seen: UnknownTracker) -> None:
        """Record a sender that is no known tracker."""
        with self._lock:
            before = self._unknown.get(seen.name)
            if before is None and len(self._unknown) >= MOST_UNKNOWN:
                return
            self._unknown[seen.name] = seen if before is None else _merged(before, seen)

    async def last_place(self, device_id: DeviceId) -> LonLat | None:
        """Return the place of a tracker's newest fix, `None` where it has none."""
        with self._lock:
            known = self._places.get(device_id)
        return known[1] if known else await asyncio.to_thread(self._read_from_database, device_id)

    def write(self) -> None:
        """Write the counters to the database; nothing is lost where it is busy."""
        with self._lock:
            faults, self._faults = self._faults, Counter()
            contacts, self._last_contacts = self._last_contacts, {}
            unknown, self._unknown = self._unknown, {}
        if not (faults or contacts or unknown):
            return
        now = self._clock.now()
        try:
            if faults or unknown:
                with transaction(self._engine) as tx:
                    add_faults(tx, faults, now)
                    if unknown:
                        note_unknown_trackers(tx, unknown.values(), now)
                faults, unknown = Counter(), {}
            for some in batched(list(contacts.items()), CONTACTS_AT_ONCE, strict=False):
                with transaction(self._engine) as tx:
                    set_last_contacts(tx, dict(some))
        except DatabaseUnavailable:
            with self._lock:
                self._faults += faults
                self._last_contacts = contacts | self._last_contacts
                self._unknown = unknown | self._unknown
            raise

    def _read_from_database(self, device_id: DeviceId) -> LonLat | None:
        with reading(self._engine) as tx:
            return find_last_place(tx, device_id)


def _merged(before: UnknownTracker, seen: UnknownTracker) -> UnknownTracker:
    return replace(
        seen,
        first_at=before.first_at,
        times=before.times + seen.times,
        location=seen.location or before.location,
    )
