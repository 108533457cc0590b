"""The periodic task that derives vehicle logs from positions, by quarter of an hour."""

from threading import Lock

from api.config.clock import Clock
from api.processes.city_state import CitySnapshot, CityStateHolder
from api.processes.periodic_task import PeriodicTask
from data.store.database.engine import Database, reading, transaction
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.log_store import AFTER, PART, LogAccess, LogFilter, note_fixes, read_parts

PERIOD_S = 20.0
"""Pause between two runs."""

READ_AT_ONCE = 400
"""Parts read in one run."""

PORTION = 20
"""Parts read without a pause: a second of work at most, for which a stop of the server waits."""


class LogbookTask(PeriodicTask):
    """Keeps the vehicle logs up to date; one reader at a time."""

    pause_s = PERIOD_S

    def __init__(self, engine: Database, clock: Clock, city_state: CityStateHolder) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_holder = city_state
        self._city_state: CitySnapshot | None = None
        self._access: LogAccess | None = None
        self._lock = Lock()
        self.memory = LogMemory()

    def run(self) -> int:
        """Read ended parts that are stale; return how many were read."""
        wanted, read = LogFilter(None, self._clock.now() - PART - AFTER), 0
        while read < READ_AT_ONCE and not self._over.is_set():
            some = self.read(wanted, PORTION)
            read += some
            if some < PORTION:
                break
        return read

    def read(self, wanted: LogFilter, most: int) -> int:
        """Read at `most` so many stale parts that a filter selects; return how many."""
        with self._lock:
            access = self._current_access()
            note_fixes(access)
            return read_parts(access, wanted, self._clock.now(), most)

    def _current_access(self) -> LogAccess:
        """Return access to the logs with the streets in force."""
        city_state = self._city_holder.now
        if self._access is None or self._city_state is not city_state:
            self._city_state = city_state
            self._access = LogAccess(
                lambda: reading(self._engine),
                lambda: transaction(self._engine),
                city_state.network,
                city_state.matcher,
            )
        return self._access
