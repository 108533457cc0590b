"""The periodic task that notices when the machine's clock is set."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from api.config.clock import Clock
from api.processes.periodic_task import PeriodicTask
from data.store.database.engine import Database, transaction
from fleet.audit.clock_lines import note_jump

EVERY_S = 5.0
"""Time between two looks at the clock."""

JUMP = timedelta(seconds=5)
"""A difference that no correction by and by makes between two looks."""

_log = logging.getLogger(__name__)


def seconds_since_boot() -> float:
    """Return a time that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockTask(PeriodicTask):
    """Writes a line of the audit log whenever the clock was set, forward or back.

    A training clock does not follow the machine's.
    """

    pause_s = EVERY_S

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        since_boot_s: Callable[[], float] = seconds_since_boot,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._since_boot_s = since_boot_s
        self._seen: tuple[datetime, float] | None = None

    def run(self) -> timedelta:
        """Look at the clock; return by how much it was set since the last look, else zero."""
        now, boot_s = self._clock.system_now(), self._since_boot_s()
        before, self._seen = self._seen, (now, boot_s)
        if before is None or self._clock.training:
            return timedelta(0)
        jump = now - before[0] - timedelta(seconds=boot_s - before[1])
        if abs(jump) <= JUMP:
            return timedelta(0)
        _log.warning("the clock was set by %.0f s", jump.total_seconds())
        with transaction(self._engine) as tx:
            note_jump(tx, self._clock.now(), jump)
        return jump
