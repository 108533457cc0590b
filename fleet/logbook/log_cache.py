"""Cache of assembled vehicle logs, valid while none of their parts changes."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from cachetools import LRUCache

from data.model import VehicleId
from data.store.database.engine import Tx
from data.store.logbook import PartsStamp, list_stamps
from fleet.logbook.log_store import first_part, spells_between
from fleet.logbook.trips import VehicleLog, log_of
from fleet.tracking.geofences import Geofence

MOST_ENTRIES = 60_000
"""Lines that are kept, some sixty megabytes: three days of 66 vehicles that were never still."""

type _Key = tuple[VehicleId, datetime]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A cached log until a time; `ends_at` is the end of the last known entry, also beyond it."""

    stamp: PartsStamp
    sites: tuple[Geofence, ...]
    until: datetime
    ends_at: datetime
    log: VehicleLog

    @property
    def size(self) -> int:
        """Number of lines, counting one for the log itself."""
        return 1 + len(self.log.entries)

    def is_log_of(self, stamp: PartsStamp, sites: tuple[Geofence, ...], until: datetime) -> bool:
        """Whether the log until another time would be the same."""
        same_time = until == self.until or self.ends_at <= min(until, self.until)
        return same_time and (stamp, sites) == (self.stamp, self.sites)


def _empty() -> LRUCache[_Key, _Kept]:
    return LRUCache(MOST_ENTRIES, getsizeof=lambda kept: kept.size)


@dataclass(slots=True)
class LogMemory:
    """Logs by vehicle and start; safe from any thread."""

    _kept: LRUCache[_Key, _Kept] = field(default_factory=_empty)
    _lock: Lock = field(default_factory=Lock)

    def logs(
        self,
        tx: Tx,
        sites: Sequence[Geofence],
        since: datetime,
        until: datetime,
        vehicle_id: VehicleId | None = None,
    ) -> dict[VehicleId, VehicleLog]:
        """Return the log of every vehicle with data in a time, or of one."""
        grounds = tuple(sites)
        stamps = list_stamps(tx, first_part(since), until, vehicle_id)
        found = {each: self._known(each, since, grounds, until, stamps[each]) for each in stamps}
        missing = [each for each, log in found.items() if log is None]
        for each, mine in spells_between(tx, since, until, missing) if missing else ():
            ends_at = max((spell.ends_at for spell in mine), default=since)
            log = log_of(mine, grounds, since, until)
            self._keep((each, since), _Kept(stamps[each], grounds, until, ends_at, log))
            found[each] = log
        return {each: log for each, log in found.items() if log is not None}

    def _known(
        self,
        vehicle_id: VehicleId,
        since: datetime,
        sites: tuple[Geofence, ...],
        until: datetime,
        stamp: PartsStamp,
    ) -> VehicleLog | None:
        with self._lock:
            kept = self._kept.get((vehicle_id, since))
            if kept is None or not kept.is_log_of(stamp, sites, until):
                return None
            return kept.log

    def _keep(self, key: _Key, kept: _Kept) -> None:
        """Cache a log, unless it alone is too long, in place of the least recently used."""
        with self._lock, suppress(ValueError):
            self._kept[key] = kept
