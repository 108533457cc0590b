"""Snow accumulation on a street since its last pass, and when its next one is due, pure.

The entries of a storm say how much had fallen by a time; between two of them it fell evenly. A
street is worn by its snow in shares of its class's trigger, and where no entry tells of the snow
any more, by the hours in shares of its cycle: so without entries the cycle alone counts. A street
that is worn out (1.0) is due.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from data.model import ClassRule, Storm

AGEING_FROM, DUE_FROM, OVERDUE_FROM = 0.5, 1.0, 1.5
"""Wear at which a street's state changes: shares of its trigger, of its cycle, or of both."""

REMEMBERED = 200_000
"""Ages that are kept until they are forgotten all at once; a large storm has half as many."""

Interval = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Ages:
    """When a clear street becomes ageing, due and overdue.

    `None` where no snow that is known of will bring it so far.
    """

    ageing_at: datetime | None
    due_at: datetime | None
    overdue_at: datetime | None


NEVER = Ages(None, None, None)


class Accumulation:
    """Snowfall of one storm by its entries; equal storms may share it, from any thread."""

    def __init__(
        self,
        started_at: datetime,
        snowfall: Sequence[tuple[datetime, float]] = (),
        quiet: Sequence[Interval] = (),
    ) -> None:
        curve = list(snowfall)
        if curve and curve[0][0] > started_at:
            curve.insert(0, (started_at, 0.0))
        self._started_at = started_at
        self._times = [at for at, _ in curve]
        self._fallen = [fallen_mm for _, fallen_mm in curve]
        self._quiet = tuple(quiet) if curve else ()
        self._known: dict[tuple[object, ...], Ages] = {}

    @property
    def known_until(self) -> datetime | None:
        """Until when snowfall entries reach; `None` where there are none."""
        return self._times[-1] if self._times else None

    def fallen_mm(self, at: datetime) -> float:
        """Return the snow in mm that had fallen by a time, as far as entries reach."""
        place = bisect_right(self._times, at)
        if place in {0, len(self._times)}:
            return self._fallen[max(place - 1, 0)] if self._times else 0.0
        (before, after), (low, high) = (
            self._times[place - 1 : place + 1],
            self._fallen[place - 1 :][:2],
        )
        return low + (high - low) * ((at - before) / (after - before))

    def lying_mm(self, since: datetime | None, now: datetime) -> float:
        """Return the snow in mm on a street cleared `since`; `None`: not in this storm."""
        return max(self.fallen_mm(now) - self._cleared_mm(since), 0.0)

    def wear(self, rule: ClassRule, since: datetime | None, now: datetime) -> float:
        """Return the share (0-1 and more) of a cycle or trigger that is used up; 1.0 is due."""
        if rule.cycle is None:
            raise ValueError(f"cycle: expected one, class {rule.service_class} has none")
        hours = self._hours(self._from(rule, since), now)
        return self._by_snow(rule, self.lying_mm(since, now)) + hours / rule.cycle

    def needed_at(self, rule: ClassRule, since: datetime | None) -> datetime:
        """Return when so much snow lies that work on a street begins.

        Where what is known of the snow does not reach the trigger, that is where knowledge ends.
        """
        start = self._start(since)
        if not self._times:
            return start
        if rule.trigger_mm > 0:
            reached = self._reached_at(self._cleared_mm(since) + rule.trigger_mm)
            return max(start, reached or self._times[-1])
        return start

    def ages(self, rule: ClassRule, since: datetime | None) -> Ages:
        """Return when a street of a class with a cycle changes its state if nobody comes.

        It is overdue once it is worn half as much again, or for half a cycle after it was due.
        """
        key = (rule.trigger_mm, rule.cycle, since)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._ages(rule, since)
        return known

    def _ages(self, rule: ClassRule, since: datetime | None) -> Ages:
        if rule.cycle is None:
            return NEVER
        ageing_at, due_at, overdue_at = (
            self._worn_at(rule, rule.cycle, since, wear)
            for wear in (AGEING_FROM, DUE_FROM, OVERDUE_FROM)
        )
        if due_at is not None:
            waited_at = due_at + (OVERDUE_FROM - DUE_FROM) * rule.cycle
            overdue_at = waited_at if overdue_at is None else min(overdue_at, waited_at)
        return Ages(ageing_at, due_at, overdue_at)

    def _worn_at(
        self, rule: ClassRule, cycle: timedelta, since: datetime | None, wear: float
    ) -> datetime | None:
        start = self._start(since)
        if self._times and rule.trigger_mm > 0:
            reached = self._reached_at(self._cleared_mm(since) + wear * rule.trigger_mm)
            if reached is not None:
                return max(start, reached)
            wear -= self._by_snow(rule, self.lying_mm(since, self._times[-1]))
        return self._later(self._from(rule, since), wear * cycle)

    def _start(self, since: datetime | None) -> datetime:
        """Return from when on a street wears: no pass before the first flake wears it sooner."""
        return max(since or self._started_at, self._started_at)

    def _by_snow(self, rule: ClassRule, lying_mm: float) -> float:
        return lying_mm / rule.trigger_mm if rule.trigger_mm > 0 else 0.0

    def _cleared_mm(self, since: datetime | None) -> float:
        return 0.0 if since is None else self.fallen_mm(since)

    def _from(self, rule: ClassRule, since: datetime | None) -> datetime:
        """Return from when on hours count: where entries end, or where there is no trigger."""
        start = self._start(since)
        return max(start, self._times[-1]) if self._times and rule.trigger_mm > 0 else start

    def _reached_at(self, fallen_mm: float) -> datetime | None:
        """Return when so much had fallen first; `None` where entries do not show it."""
        place = bisect_left(self._fallen, fallen_mm)
        if place == len(self._fallen):
            return None
        if place == 0:
            return self._times[0]
        before, after = self._times[place - 1 : place + 1]
        low, high = self._fallen[place - 1 : place + 1]
        return before + (after - before) * ((fallen_mm - low) / (high - low))

    def _snowing(self, since: datetime) -> Iterator[Interval]:
        """Yield the times from a moment on in which it may have snowed."""
        for begins, ends in self._quiet:
            if ends is not None and ends <= since:
                continue
            if begins > since:
                yield since, begins
            if ends is None:
                return
            since = ends
        yield since, None

    def _hours(self, since: datetime, until: datetime) -> timedelta:
        spans = ((a, until if b is None else min(b, until)) for a, b in self._snowing(since))
        return sum((b - a for a, b in spans if b > a), timedelta(0))

    def _later(self, since: datetime, span: timedelta) -> datetime | None:
        """Return when it may have snowed for so long since a moment; `None` for never."""
        for begins, ends in self._snowing(since):
            if ends is None or begins + span <= ends:
                return begins + span
            span -= ends - begins
        return None


def accumulation_of(storm: Storm) -> Accumulation:
    """Return the accumulation of a storm, cached with its earlier results."""
    return _remembered(storm.snow_at, storm.snowfall, storm.quiet)


@lru_cache(maxsize=8)
def _remembered(
    started_at: datetime, snowfall: tuple[tuple[datetime, float], ...], quiet: tuple[Interval, ...]
) -> Accumulation:
    return Accumulation(started_at, snowfall, quiet)
