"""Clocks of trackers against the server's: positions from its future, and who is wrong.

A receiver has its time from satellites, a server from a battery. A position that seems to come from
the future is kept apart. It is believed once the server's clock was set forward by as much, or
where several trackers agreed and its time has come; alone, a tracker is wrong itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from threading import Lock

from data.model import DeviceId, Position
from data.store.tracking.early_positions import EarlyPosition
from fleet.tracking.field_parsers import LATEST

SEVERAL = 3
"""So many trackers are not wrong by the same time by chance."""

TOGETHER = timedelta(days=1)
"""What came within this of each other speaks of the same clock."""

MOST_KEPT = 20_000
"""Positions kept apart of one tracker; a wrong clock of its own must not fill the disk."""


WITHIN_S = 600.0
"""How long the last word of a tracker counts, and how long trackers must be behind: what was stored
on the way may come late from all of them after a break of the network, but not for so long."""


def is_early(fix: Position) -> bool:
    """Whether a position came before its time by the server's clock."""
    return fix.fixed_at > fix.received_at + LATEST


def believed(
    kept: Sequence[EarlyPosition], now: datetime, jump: timedelta = timedelta(0)
) -> list[EarlyPosition]:
    """Return the kept positions that are to be used now, in the order in which they came.

    `jump` is by how much the server's clock has just been set.
    """
    come = [one for one in kept if one.position.fixed_at <= now + LATEST]
    return [one for one in come if _fits(one.position, jump) or _agreed(one.position, kept)]


def dated_anew(fix: Position, now: datetime) -> Position:
    """Return a position as it is stored in the end: received now, by the clock that is right."""
    attributes = dict(fix.attributes) | {"came_at": fix.received_at.isoformat()}
    return replace(fix, received_at=now, attributes=attributes)


def _fits(fix: Position, jump: timedelta) -> bool:
    """Whether the server's clock was wrong by what it was set forward now."""
    return jump > LATEST and _ahead(fix) <= jump + LATEST


def _agreed(fix: Position, kept: Iterable[EarlyPosition]) -> bool:
    """Whether several trackers were ahead of the server by the same time."""
    alike = {
        one.position.device_id
        for one in kept
        if abs(_ahead(one.position) - _ahead(fix)) <= LATEST
        and abs(one.position.received_at - fix.received_at) <= TOGETHER
    }
    return len(alike) >= SEVERAL


def _ahead(fix: Position) -> timedelta:
    return fix.fixed_at - fix.received_at


@dataclass(frozen=True, slots=True)
class ClockDisagreement:
    """By how much trackers are ahead of the server's clock (negative: behind), and how many."""

    ahead: timedelta
    trackers: int
    since: datetime


class TrackerClocks:
    """The newest times of trackers against the server's; safe from any thread.

    Of each the largest difference is kept, by half of `WITHIN_S`.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._heard_s: dict[DeviceId, float] = {}
        self._newest: dict[DeviceId, dict[int, timedelta]] = {}
        self._since: tuple[float, datetime, bool] | None = None

    def record(self, device_id: DeviceId, ahead: timedelta, seen_s: float) -> None:
        """Add the time of a fix less that of its arrival, at a time that nobody sets.

        Of fixes that came within a while the newest speaks: others were stored on the way.
        """
        with self._lock:
            part = int(2 * seen_s / WITHIN_S)
            known = self._newest.get(device_id, {})
            kept = {one: most for one, most in known.items() if one > part - 2}
            kept[part] = max(ahead, kept.get(part, ahead))
            self._newest[device_id], self._heard_s[device_id] = kept, seen_s

    def forget(self) -> None:
        """Begin anew: the server's clock was set."""
        with self._lock:
            self._heard_s.clear()
            self._newest.clear()
            self._since = None

    def disagreement(self, now: datetime, now_s: float) -> ClockDisagreement | None:
        """Return how the trackers disagree with the server's clock now; `None` where they agree."""
        with self._lock:
            heard = [
                max(self._newest[device_id].values())
                for device_id, at_s in self._heard_s.items()
                if now_s - at_s <= WITHIN_S
            ]
            off = [ahead for ahead in heard if abs(ahead) > LATEST]
            ahead = [one for one in off if one > LATEST]
            same = max(ahead, [one for one in off if one < -LATEST], key=len)
            if len(same) < SEVERAL or 2 * len(same) < len(heard):
                self._since = None
                return None
            forward = same is ahead
            if self._since is None or self._since[2] != forward:
                self._since = now_s, now, forward
            if not forward and now_s - self._since[0] < WITHIN_S:
                return None
            middle = timedelta(seconds=median(one.total_seconds() for one in same))
            return ClockDisagreement(middle, len(same), self._since[1])
