"""The bar chart of a vehicle's day: its activities over time, with marks of the hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.model.periods import Period
from fleet.logbook.trips import Doing, Entry
from maps.pages.i18n import Translator

EDGE = 3.0
"""Percent of a bar of a phone that half a clock time takes."""

THINNEST = 0.3
"""Least width of a part of a small bar, in thousandths of the bar."""


@dataclass(frozen=True, slots=True)
class BarPart:
    """An activity as a part of the bar; `x` and `width` in thousandths of it, from the left."""

    doing: Doing
    x: float
    width: float
    says: str


@dataclass(frozen=True, slots=True)
class BarLine:
    """All parts of one activity in a small bar: the `d` of an SVG path of horizontal lines."""

    doing: Doing
    d: str


@dataclass(frozen=True, slots=True)
class TickView:
    """A mark under the bar: its place in per cent from the left, and its time."""

    percent: float
    time: str

    @property
    def at_edge(self) -> bool:
        """Whether its label would extend beyond the bar."""
        return not EDGE < self.percent < 100 - EDGE


def bar_of(entries: Iterable[Entry], period: Period, t: Translator) -> tuple[BarPart, ...]:
    """Return the bar of a period: a part for each entry of the log."""
    return tuple(
        BarPart(
            one.doing,
            _across(one.starts_at, period, t, one.ends_at),
            round(one.seconds / _seconds(period) * 1000, 2),
            t(
                "{doing}, {since} to {until}",
                doing=t(f"doing:{one.doing}"),
                since=t.time(one.starts_at),
                until=t.time(one.ends_at),
            ),
        )
        for one in entries
    )


def lines_of(entries: Iterable[Entry], period: Period, t: Translator) -> tuple[BarLine, ...]:
    """Return the small bar of a period, without texts: a path for each activity."""
    whole_s, begins_s = _seconds(period), period.since.timestamp()
    leftward = t.direction == "rtl"
    steps: dict[Doing, list[str]] = {}
    for one in entries:
        x = (one.starts_at.timestamp() - begins_s) / whole_s * 1000
        width = one.seconds / whole_s * 1000
        if leftward:
            x = 1000 - x - width
        steps.setdefault(one.doing, []).append(f"M{x:.1f} 0h{max(width, THINNEST):.1f}")
    return tuple(BarLine(doing, "".join(steps[doing])) for doing in Doing if doing in steps)


def ticks_of(period: Period, t: Translator) -> tuple[TickView, ...]:
    """Return marks at whole hours, at most eight."""
    hours = _seconds(period) / 3600
    step_h = next((each for each in (1, 2, 3, 6, 12, 24, 48, 96) if hours / each <= 8), 240)
    local = period.since.astimezone(ZoneInfo(t.timezone))
    first = local.replace(minute=0, second=0, microsecond=0)
    marks = (first + n * timedelta(hours=step_h) for n in range(int(hours / step_h) + 2))
    return tuple(
        TickView(round(_across(at, period, t) / 10, 2), t.time(at))
        for at in marks
        if period.since <= at < period.until
    )


def doings_of(seen: Iterable[Doing]) -> tuple[Doing, ...]:
    """Return the activities that occur, in the order of the legend."""
    known = set(seen)
    return tuple(each for each in Doing if each in known)


def _seconds(period: Period) -> float:
    return max((period.until - period.since).total_seconds(), 1.0)


def _across(at: datetime, period: Period, t: Translator, ends_at: datetime | None = None) -> float:
    """Return the left end of a time in thousandths; from the right for right-to-left languages."""
    if t.direction == "rtl":
        return round((period.until - (ends_at or at)).total_seconds() / _seconds(period) * 1000, 2)
    return round((at - period.since).total_seconds() / _seconds(period) * 1000, 2)
