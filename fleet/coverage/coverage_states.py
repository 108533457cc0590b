"""State of each direction of a street, pure: what its color on every map says."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from data.model import ClassRule, Coverage, Job, Segment, SegmentId, Storm
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.snow_accumulation import (
    AGEING_FROM,
    DUE_FROM,
    NEVER,
    OVERDUE_FROM,
    Accumulation,
    Ages,
    accumulation_of,
)
from fleet.coverage.street_coverage import drivable

NO_DIRECTION = -1
"""State of the direction that a one-way street does not have."""

AT_WORK = timedelta(minutes=10)
"""After so long without work nobody is said to be working on a street any more."""


class CoverageState(IntEnum):
    """Color of one direction of a street, as numbered on the wire.

    A direction is in `PROGRESS` while a truck works there or did within `AT_WORK`, and partly
    plowed where some of its passes are done and nobody is there any more.
    """

    FRESH = 0
    AGEING = 1
    DUE = 2
    OVERDUE = 3
    PROGRESS = 4
    DRIVEN = 5
    NOT_DUE = 6
    PARTLY_FRESH = 7
    PARTLY_AGEING = 8
    PARTLY_DUE = 9
    PARTLY_OVERDUE = 10


CLEAR = frozenset({CoverageState.FRESH, CoverageState.AGEING})
"""All passes are done, and the street is not due again."""

LATE = frozenset(
    {
        CoverageState.DUE,
        CoverageState.OVERDUE,
        CoverageState.PARTLY_DUE,
        CoverageState.PARTLY_OVERDUE,
    }
)
"""Worn out, whether or not some of its passes are done."""

PARTLY = frozenset(
    {
        CoverageState.PARTLY_FRESH,
        CoverageState.PARTLY_AGEING,
        CoverageState.PARTLY_DUE,
        CoverageState.PARTLY_OVERDUE,
    }
)
"""Some of the passes are done, and nobody is there to do the others."""


TELLING = (
    CoverageState.PROGRESS,
    CoverageState.OVERDUE,
    CoverageState.PARTLY_OVERDUE,
    CoverageState.DUE,
    CoverageState.PARTLY_DUE,
    CoverageState.PARTLY_AGEING,
    CoverageState.PARTLY_FRESH,
    CoverageState.DRIVEN,
    CoverageState.AGEING,
    CoverageState.FRESH,
    CoverageState.NOT_DUE,
)
"""What a street shows whose directions differ, the most telling first."""

_PARTLY_OF = {
    CoverageState.FRESH: CoverageState.PARTLY_FRESH,
    CoverageState.AGEING: CoverageState.PARTLY_AGEING,
}


def coverage_state(
    coverage: Coverage | None,
    rule: ClassRule,
    storm: Storm | None,
    now: datetime,
    job: Job | None = None,
    snow: Accumulation | None = None,
) -> CoverageState:
    """Return a direction's state, by accumulated snow where entries reach, else by hours.

    Before the first pass all snow of the storm counts, hours from its start, and a street is not
    due before it is worn out: blue is earned by a pass only. A street without a cycle is due by its
    open `job` alone. A further pass of several leaves a street clear until it would have been due
    without it. `snow` is the storm's, for who asks of many streets.
    """
    if storm is None:
        return CoverageState.NOT_DUE

    def ages_since(served: datetime | None) -> Ages:
        return state_ages(rule, storm, served, job, snow)

    partly = coverage is not None and _partly(coverage)
    ages = ages_since(coverage.last_pass_at if coverage and _served(coverage) else None)
    if _past(ages.overdue_at, now):
        return CoverageState.PARTLY_OVERDUE if partly else CoverageState.OVERDUE
    if _past(ages.due_at, now):
        return CoverageState.PARTLY_DUE if partly else CoverageState.DUE
    return CoverageState.NOT_DUE if coverage is None else _before_due(coverage, ages_since, now)


def _before_due(
    coverage: Coverage, ages_since: Callable[[datetime | None], Ages], now: datetime
) -> CoverageState:
    if _served(coverage):
        whole = ages_since(coverage.cleared_at or coverage.last_pass_at)
        if not _past(whole.due_at, now):
            return CoverageState.FRESH if _fresh(whole, now) else CoverageState.AGEING
    if not _partly(coverage):
        return CoverageState.NOT_DUE if coverage.driven_at is None else CoverageState.DRIVEN
    if coverage.worked_at is not None and now <= coverage.worked_at + AT_WORK:
        return CoverageState.PROGRESS
    fresh = _fresh(ages_since(coverage.worked_at), now)
    return CoverageState.PARTLY_FRESH if fresh else CoverageState.PARTLY_AGEING


def state_ages(
    rule: ClassRule,
    storm: Storm,
    served: datetime | None,
    job: Job | None,
    snow: Accumulation | None = None,
) -> Ages:
    """Return when a direction that was last `served` then changes its state if nobody comes."""
    if rule.cycle is not None:
        return (snow or accumulation_of(storm)).ages(rule, served)
    if job is None:
        return NEVER
    since, span = served or job.starts_at, job.due_at - job.starts_at
    return Ages(*(since + wear * span for wear in (AGEING_FROM, DUE_FROM, OVERDUE_FROM)))


def _served(coverage: Coverage) -> bool:
    return coverage.passes_done >= coverage.passes_needed


def _partly(coverage: Coverage) -> bool:
    """Whether some of the passes that a direction needs are done and others are not."""
    begun = coverage.evidence is not None and not _served(coverage)
    return begun or coverage.passes_done % coverage.passes_needed > 0


def _past(at: datetime | None, now: datetime) -> bool:
    return at is not None and now > at


def _fresh(ages: Ages, now: datetime) -> bool:
    return ages.ageing_at is None or now < ages.ageing_at


def passes_of_round(coverage: Coverage, state: CoverageState) -> int:
    """Return how many of the passes that make a direction clear are done, never more than those.

    A further pass on a street that is still clear begins no new round.
    """
    if state in CLEAR or coverage.passes_done == 0:
        return min(coverage.passes_done, coverage.passes_needed)
    return coverage.passes_done % coverage.passes_needed or coverage.passes_needed


def state_of_street(directions: Iterable[int]) -> CoverageState:
    """Return what one line shows of a street from the states of its directions.

    A street of which one direction is clear and the other was not plowed yet is partly plowed.
    """
    states = {CoverageState(one) for one in directions if one != NO_DIRECTION}
    if states & {CoverageState.NOT_DUE, CoverageState.DRIVEN}:
        states |= {_PARTLY_OF[one] for one in states & CLEAR}
    return next(one for one in TELLING if one in states)


def painted(
    network: StreetNetwork,
    policy: Policy,
    storm: Storm | None,
    coverages: Iterable[Coverage],
    open_jobs: Iterable[Job],
    now: datetime,
    only: Iterable[SegmentId] | None = None,
) -> dict[SegmentId, tuple[int, int]]:
    """Return the (forward, backward) state of every segment, or of `only` some, for the board."""
    known = {(one.segment_id, one.forward): one for one in coverages}
    jobs = {job.segment_id: job for job in open_jobs}
    snow = accumulation_of(storm) if storm else None

    def state(segment: Segment, *, forward: bool) -> int:
        if not drivable(segment, forward=forward):
            return NO_DIRECTION
        coverage, job = known.get((segment.id, forward)), jobs.get(segment.id)
        return int(coverage_state(coverage, policy.rule_of(segment), storm, now, job, snow))

    segments = network.segments if only is None else [network.segment(one) for one in only]
    return {s.id: (state(s, forward=True), state(s, forward=False)) for s in segments}
