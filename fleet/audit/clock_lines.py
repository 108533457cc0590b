"""Lines of the audit log about the server's clock, and the check that times do not run backwards.

Whoever sets the clock back could date work before it was done. The server writes a line whenever
its clock jumps; times that run backwards without one are a finding.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.model import Actor, ActorKind, Event
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx

CLOCK = Actor(ActorKind.SYSTEM, "clock")
"""Who the audit log names in lines about the clock."""

STARTED = "clock.started"
"""Verb of a line: a server has begun to read this clock; `training` where it is not real time."""

JUMPED = "clock.jumped"
"""Verb of a line: the clock of the running server was set."""

REPLAYED = "clock.replayed"
"""Verb of a line: what follows is dated by a recorded log that is imported."""

SUBJECT = "clock"

SAME_MOMENT = timedelta(minutes=1)
"""Lines and positions of one moment may be stored in another order: a writer waits its turn."""


def note_start(tx: Tx, now: datetime, system: datetime, *, training: bool) -> None:
    """Write a line when a server starts: the city's time and the machine's."""
    after = {"clock": now.isoformat(), "system": system.isoformat(), "training": training}
    add_event(tx, now, CLOCK, STARTED, SUBJECT, after=after)


def note_jump(tx: Tx, now: datetime, by: timedelta) -> None:
    """Write a line when the clock was set, by how much (negative: back)."""
    after = {"clock": now.isoformat(), "by_s": round(by.total_seconds(), 1)}
    add_event(tx, now, CLOCK, JUMPED, SUBJECT, after=after)


def note_used_after_all(tx: Tx, now: datetime, positions: int) -> None:
    """Write a line when positions are used that came before their time by a wrong clock."""
    add_event(tx, now, CLOCK, "positions.used_late", SUBJECT, after={"positions": positions})


def note_replay(tx: Tx, first_at: datetime) -> None:
    """Write a line before what is dated by a recorded log, with the time of its first position."""
    add_event(tx, first_at, CLOCK, REPLAYED, SUBJECT)


@dataclass(slots=True)
class LineTimes:
    """The times of lines, read in order; `set_in` are the lines that tell of a clock that was set.

    A training clock runs as fast as somebody likes, so nothing is said of the times under it.
    """

    set_in: list[int] = field(default_factory=list)
    jumps: int = 0
    _last_at: datetime | None = None
    _training: bool = False

    def runs_backwards(self, line: Event) -> bool:
        """Take the next line; return whether it is dated before the one before it."""
        before, self._last_at = self._last_at, line.at
        if line.verb in {STARTED, JUMPED, REPLAYED}:
            self.set_in.append(line.id)
            self.jumps += line.verb == JUMPED
            if line.verb == STARTED:
                self._training = line.after.get("training") is True
            return False
        return before is not None and not self._training and line.at < before - SAME_MOMENT
