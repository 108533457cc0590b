"""How fast the clock of a rehearsal has gone: how long something took for those who play it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from data.model import Actor
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.replay import list_events_between

CLOCK_SET = "training.clock_set"

MOST_LINES = 2_000
"""Lines about the clock that are looked at."""


@dataclass(frozen=True, slots=True)
class ClockSpeeds:
    """Speeds of a clock: each with the moment, by that clock, until which it went so.

    `present` is how fast it has gone since the last of these. While it stands, no time goes by.
    """

    until: Sequence[tuple[datetime, float]]
    present: float

    def real(self, since: datetime, until: datetime) -> timedelta:
        """Return how long a time of the clock took."""
        moments = [since, *(at for at, _ in self.until if since < at < until), until]
        return sum(
            ((later - one) / self._at(one) for one, later in pairwise(moments)), timedelta(0)
        )

    def before(self, now: datetime, real: timedelta) -> datetime:
        """Return the moment of the clock from which until now it took so long."""
        at = now
        for changed_at, _ in reversed(self.until):
            if changed_at >= at:
                continue
            took = self.real(changed_at, at)
            if took >= real:
                break
            at, real = changed_at, real - took
        speed = next((each for ends_at, each in self.until if at <= ends_at), self.present)
        return at - real * speed

    def _at(self, moment: datetime) -> float:
        return next((each for ends_at, each in self.until if moment < ends_at), self.present)


def note_clock_set(
    tx: Tx, actor: Actor, now: datetime, speed: float, *, paused: bool, before: float
) -> None:
    """Write down that somebody changed how the clock of a rehearsal goes, `before` so fast."""
    after = {"speed": speed, "paused": paused}
    add_event(tx, now, actor, CLOCK_SET, "training:1", {"speed": before}, after)


def clock_speeds(tx: Tx, since: datetime, now: datetime, present: float) -> ClockSpeeds:
    """Return how fast the clock has gone since a moment; at `present` where nobody changed it."""
    lines = list_events_between(tx, [CLOCK_SET], since, now, MOST_LINES)
    until: list[tuple[datetime, float]] = []
    after = None
    for line in lines:
        was = after if after is not None else line.before.get("speed", present)
        until.append((line.at, float(str(was))))
        after = line.after.get("speed", present)
    return ClockSpeeds(until, present if after is None else float(str(after)))
