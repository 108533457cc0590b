"""What one more machine would have brought in numbers with their uncertainty, pure.

A search ends somewhere near the best plan, each time somewhere else. A figure is the median of
three searches. Of the nine differences between a search with the machine and one without it, the
smallest and the largest are the 90 % interval of the rank sum test (Wilcoxon 1945), since by chance
alone all three of one side come before all three of the other once in twenty times.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from data.model import JobId, Plan
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_scope import works_of
from fleet.planning.plan_summary import HOPELESS, pass_ends

HOUR = timedelta(hours=1)

NOTICED_S, NOTICED_KM_H, NOTICED_KM = 60.0, 0.1, 0.1
"""Less than this is no difference: pages show whole minutes and tenths."""

IMPOSSIBLE = HOPELESS | {"closed"}
"""Reasons for which no plan of the same machines does a job."""


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """What one search found, by class.

    `done_s` is how long after the first snow all work that was there from the start is done, `None`
    where some of it never is. `late_km_h` are kilometres times the hours by which each pass is
    late; one that is never done is late until the last shift ends. `in_time_km` counts each pass in
    each direction.
    """

    done_s: Mapping[str, float | None]
    late_km_h: Mapping[str, float]
    in_time_km: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The answer: searches for the storm as it was manned, and with one more machine of a type.

    Jobs that are `impossible` for these machines are in no figure. The machine is in service for
    `hours`, from the first snow until the last shift ends, at `rate_h` in the city's money.
    `learned` says whether plans took as long as past storms taught, not as it is assumed.
    """

    machine_type: str
    as_of: datetime
    since: datetime
    until: datetime
    jobs: int
    impossible: int
    machines: int
    without: tuple[SearchOutcome, ...]
    with_more: tuple[SearchOutcome, ...]
    hours: float
    rate_h: float
    currency: str
    learned: bool = False


@dataclass(frozen=True, slots=True)
class Gain:
    """The difference of two medians, positive for the better, and the ends of its 90 % interval."""

    low: float
    middle: float
    high: float

    def clear(self, least: float) -> bool:
        """Whether all of the interval is at least so much for the better."""
        return self.low >= least


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of both sides, each the median of its searches, and what the machine gains."""

    without: float
    with_more: float
    gain: Gain


@dataclass(frozen=True, slots=True)
class PartGain:
    """What the machine brings a class, or all of them where the name is empty.

    `done_s` is `None` where there was no work from the start, or some of it was not done.
    """

    name: str
    done_s: Measure | None
    late_km_h: Measure
    in_time_km: Measure


def impossible_jobs(plan: Plan) -> frozenset[JobId]:
    """Return the jobs that no plan of the same machines does."""
    return frozenset(one.job_id for one in plan.unserved if one.reason in IMPOSSIBLE)


def outcome_of(plan: Plan, prepared: Prepared, impossible: Set[JobId]) -> SearchOutcome:
    """Return what a plan of a storm from its start comes to."""
    ends, until = pass_ends(plan), max(shift.ends_at for shift in prepared.shifts)
    done_s: dict[str, float | None] = {}
    late: dict[str, float] = defaultdict(float)
    in_time: dict[str, float] = defaultdict(float)
    for job in prepared.jobs:
        if job.id in impossible:
            continue
        name, km = str(job.service_class), prepared.network.segment(job.segment_id).length_m / 1000
        mine = ends.get(job.id, {})
        moments = [mine.get(work) for work in works_of(job)]
        for at in moments:
            late[name] += km * max((at or until) - job.due_at, timedelta(0)) / HOUR
            in_time[name] += km if at is not None and at <= job.due_at else 0.0
        if job.starts_at <= prepared.now:
            done_s[name] = _later(done_s.get(name, 0.0), _last_s(moments, prepared.now))
    return SearchOutcome(done_s, dict(late), dict(in_time))


def _last_s(moments: Sequence[datetime | None], since: datetime) -> float | None:
    known = [(at - since).total_seconds() for at in moments if at is not None]
    return max(known, default=0.0) if len(known) == len(moments) else None


def _later(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)


def gain_of(worse: Sequence[float], better: Sequence[float]) -> Gain:
    """Return by how much values fall from one side's searches to those of the other."""
    return Gain(min(worse) - max(better), median(worse) - median(better), max(worse) - min(better))


def part_gains(found: Hindsight) -> tuple[PartGain, ...]:
    """Return the gains of each class, and at last those of all of them."""
    names = sorted(set().union(*(one.late_km_h for one in (*found.without, *found.with_more))))
    return (*(_part(found, name, [name]) for name in names), _part(found, "", names))


def avoided_cost(found: Hindsight, avoided: Gain) -> Gain | None:
    """Return what an avoided kilometre-hour of lateness costs; `None` where that is not clear."""
    cost = found.hours * found.rate_h
    if cost <= 0 or not avoided.clear(NOTICED_KM_H):
        return None
    return Gain(cost / avoided.high, cost / avoided.middle, cost / avoided.low)


def _part(found: Hindsight, name: str, classes: Sequence[str]) -> PartGain:
    sides = (found.without, found.with_more)
    late = [[_sum(one.late_km_h, classes) for one in side] for side in sides]
    in_time = [[_sum(one.in_time_km, classes) for one in side] for side in sides]
    done = [[one.done_s.get(name) for one in side] for side in sides]
    whole = [[value for value in side if value is not None] for side in done]
    known = name != "" and [*map(len, whole)] == [*map(len, done)]
    return PartGain(
        name,
        _measure(whole[0], whole[1], gain_of(*whole)) if known else None,
        _measure(late[0], late[1], gain_of(*late)),
        _measure(in_time[0], in_time[1], gain_of(in_time[1], in_time[0])),
    )


def _measure(without: Sequence[float], with_more: Sequence[float], gain: Gain) -> Measure:
    return Measure(median(without), median(with_more), gain)


def _sum(by_class: Mapping[str, float], classes: Sequence[str]) -> float:
    return sum(by_class.get(name, 0.0) for name in classes)
