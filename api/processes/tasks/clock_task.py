"""The periodic task that notices when the machine's clock is set, so that nothing is lost by it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from api.config.clock import Clock, SteadyClock, since_boot_s
from api.processes.periodic_task import PeriodicTask
from data.store.accounts.sessions import move_sessions
from data.store.audit.audit_log import find_last_at
from data.store.database.engine import Database, Tx, reading, transaction
from data.store.tracking.early_positions import (
    count_early,
    keep_newest_early,
    list_early,
    remove_early,
)
from data.store.tracking.positions import add_positions
from fleet.audit.clock_lines import note_jump, note_used_after_all
from fleet.tracking.tracker_clocks import MOST_KEPT, believed, dated_anew

EVERY_S = 5.0
"""Time between two looks at the clock."""

JUMP = timedelta(seconds=5)
"""A difference that no correction by and by makes between two looks."""

FAR = timedelta(hours=1)
"""A clock that was set forward by more may be wrong now."""

IDLE = timedelta(days=7)
"""After so long without a line in the audit log a start may be by a wrong clock."""

DOUBT_S = 24 * 3600.0
"""How long nothing is erased by a clock that may be wrong: somebody sees it until then."""

NOTHING = timedelta(0)

_log = logging.getLogger(__name__)


class ClockTask(PeriodicTask):
    """Writes a line of the audit log whenever the machine's clock was set, forward or back.

    Sessions are moved along with it, and positions that were kept apart are used once the clock is
    right. A training clock does not follow the machine's. `on_jump` is called after a jump.
    """

    pause_s = EVERY_S

    def __init__(
        self,
        engine: Database,
        clock: Clock,
        steady: SteadyClock,
        on_jump: Callable[[], object] = bool,
        boot_s: Callable[[], float] = since_boot_s,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._steady = steady
        self._on_jump = on_jump
        self._boot_s = boot_s
        self._doubtful_until_s = boot_s() + DOUBT_S if self._long_idle() else 0.0

    def run(self) -> timedelta:
        """Look at the clock; return by how much it was set since the last look, else zero."""
        jump = self._steady.jump()
        if abs(jump) <= JUMP:
            self._steady.follow()
            self._use_early(NOTHING)
            return NOTHING
        _log.warning("the clock was set by %.0f s", jump.total_seconds())
        self._notice(jump)
        self._move_sessions(jump)
        self._use_early(jump)
        return jump

    def step_beside(self) -> float:
        """Take a new time of the machine over: the server that leads moves the sessions."""
        jump = self._steady.jump()
        self._steady.follow()
        if abs(jump) > JUMP:
            self._notice(jump)
        return 0.0

    def doubtful(self) -> bool:
        """Whether the clock may be far ahead, so that nothing is to be erased by it."""
        return not self._clock.training and self._boot_s() < self._doubtful_until_s

    def _notice(self, jump: timedelta) -> None:
        if jump > FAR:
            self._doubtful_until_s = self._boot_s() + DOUBT_S
        self._on_jump()

    def _move_sessions(self, jump: timedelta) -> None:
        """Move the times of sessions with the clock, so that none ends in between."""
        if jump < NOTHING:
            self._steady.follow()
        with transaction(self._engine) as tx:
            move_sessions(tx, jump)
            if not self._clock.training:
                note_jump(tx, self._clock.now(), jump)
        self._steady.follow()

    def _use_early(self, jump: timedelta) -> None:
        """Store positions that were kept apart and are believed now."""
        now = self._clock.now()
        with reading(self._engine) as tx:
            if not count_early(tx):
                return
        with transaction(self._engine) as tx:
            used = _used(tx, now, jump)
            keep_newest_early(tx, MOST_KEPT)
        if used:
            _log.info("%d positions that were kept apart are used now", used)

    def _long_idle(self) -> bool:
        if self._clock.training:
            return False
        with reading(self._engine) as tx:
            last = find_last_at(tx)
        return last is not None and self._clock.now() - last > IDLE


def _used(tx: Tx, now: datetime, jump: timedelta) -> int:
    right = believed(list_early(tx), now, jump)
    add_positions(tx, [dated_anew(one.position, now) for one in right])
    remove_early(tx, [one.id for one in right])
    if right:
        note_used_after_all(tx, now, len(right))
    return len(right)
