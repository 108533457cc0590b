"""What everybody is told of one street: when it was cleared, when it is planned, how sure that is.

All is as it was a while ago, and windows are wide, so that nobody can follow a machine by asking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from data.model import (
    ClassRule,
    Coverage,
    DirectedSegment,
    Job,
    JobState,
    PromiseOutcome,
    Segment,
    ServiceRequest,
    Snap,
    Storm,
    Treatment,
)
from data.store.coverage.coverage import list_coverage, list_work_and_drives
from data.store.database.engine import Tx
from data.store.requests.promises import list_promise_outcomes
from data.store.storms.closures import list_all_closures
from data.store.work import find_done_at, list_jobs_on_segment
from fleet.coverage.coverage_states import LATE, coverage_state
from fleet.coverage.street_coverage import counted_treatments, coverage_of, drivable
from fleet.public.delayed_streets import public_moment
from fleet.requests.promises import (
    REMEMBERED,
    SaidWindow,
    TrackRecord,
    late_share,
    track_record,
    was_kept,
    window_of,
)
from fleet.requests.request_lookup import reported_nearby
from fleet.routes.arrivals import Arrivals, Expected
from fleet.routes.published_plan import Estimates
from fleet.work.duplicate_jobs import covering_job

STEP = timedelta(minutes=30)
"""Windows for everybody begin and end on half hours, wider than those that callers are told."""


class PublicOutlook(StrEnum):
    """When a street is cleared next, as far as everybody is told.

    `ENDED`: the storm is over. `AWAITED`: its window is past, and what came of it is not public
    yet or not proved. `NEXT_PLAN`: no plan comes there so far. `NOT_DUE`: cleared not long ago, or
    the storm has not lasted that long. `ON_REQUEST`: its class has no cycle and nobody asked.
    """

    NO_STORM = "no_storm"
    ENDED = "ended"
    CLOSED = "closed"
    PLANNED = "planned"
    AWAITED = "awaited"
    BEHIND = "behind"
    NO_PLAN = "no_plan"
    UNSERVED = "unserved"
    NEXT_PLAN = "next_plan"
    NOT_DUE = "not_due"
    ON_REQUEST = "on_request"


class DirectionCleared(NamedTuple):
    """When a direction was last cleared whole, and when a part of it since; `None` for never."""

    forward: bool
    last_at: datetime | None
    partly_at: datetime | None


class KeptCount(NamedTuple):
    """How many of the promises that are decided were kept."""

    kept: int
    decided: int


@dataclass(frozen=True, slots=True)
class StreetAnswer:
    """The answer about a street as of `at`, which is a while ago.

    `storm` is the one that goes on or was the last, `None` where none has begun by then. `record`
    is that of windows of the street's class, else of the city, `None` where there are too few.
    """

    segment: Segment
    rule: ClassRule
    at: datetime
    storm: Storm | None
    ended: bool
    directions: tuple[DirectionCleared, ...]
    outlook: PublicOutlook
    window: SaidWindow | None
    record: TrackRecord | None
    kept_in_storm: KeptCount
    kept_ever: KeptCount
    nearby: tuple[ServiceRequest, ...]


class _Known(NamedTuple):
    """What all parts of an answer need: the storm as of the public moment, and the promises."""

    tx: Tx
    storm: Storm
    at: datetime
    outcomes: Sequence[PromiseOutcome]


def answer_street(
    tx: Tx, snap: Snap, storm: Storm | None, estimates: Estimates, now: datetime
) -> StreetAnswer:
    """Return what everybody is told of a street; `snap` is the place that reports are near to."""
    network, policy = estimates.network, estimates.policy
    segment, at = network.segment(snap.segment_id), public_moment(storm, policy, now)
    outcomes = list_promise_outcomes(tx, REMEMBERED, at)
    rule = policy.rule_of(segment)
    if storm is not None and at < storm.started_at:
        storm = None
    seen: tuple[Coverage, ...] = ()
    outlook, window = PublicOutlook.NO_STORM, None
    if storm is not None:
        known = _Known(tx, storm, at, outcomes)
        seen = _coverage_until(known, segment, estimates)
        outlook, window = _outlook(known, snap, seen, estimates, now)
    place = network.point_at(segment.id, snap.offset_m)
    return StreetAnswer(
        segment=segment,
        rule=rule,
        at=at,
        storm=storm,
        ended=outlook is PublicOutlook.ENDED,
        directions=tuple(map(_cleared, seen)),
        outlook=outlook,
        window=window,
        record=track_record(outcomes, rule.service_class, at),
        kept_in_storm=_kept(outcomes, at, storm.started_at if storm else at),
        kept_ever=_kept(outcomes, at),
        nearby=tuple(one for one in reported_nearby(tx, place) if one.received_at <= at),
    )


def public_window(
    expected: Expected, share: float, at: datetime, now: datetime
) -> tuple[PublicOutlook, SaidWindow | None]:
    """Return the window that everybody is told for a visit, as it was estimated a while ago."""
    window = window_of(expected, share, at)
    if window is None:
        return PublicOutlook.BEHIND, None
    wide = SaidWindow(_down(window.from_at), _up(window.to_at))
    return (PublicOutlook.PLANNED if now < wide.to_at else PublicOutlook.AWAITED), wide


def _coverage_until(known: _Known, segment: Segment, estimates: Estimates) -> tuple[Coverage, ...]:
    """Return what was proved of each direction of a street by the public moment."""
    tx, storm, policy = known.tx, known.storm, estimates.policy
    seen = list_work_and_drives(tx, storm.id, [segment.id])
    until = {way: [one for one in rows if one.ended_at <= known.at] for way, rows in seen.items()}
    needed = {one.forward: one.passes_needed for one in list_coverage(tx, storm.id, [segment.id])}
    wanted = counted_treatments(list_jobs_on_segment(tx, storm.id, segment.id))
    ways = [
        DirectedSegment(segment.id, one) for one in (True, False) if drivable(segment, forward=one)
    ]
    return tuple(
        coverage_of(
            way,
            segment.length_m,
            until.get(way, ()),
            needed.get(way.forward, 1),
            wanted.get(segment.id, Treatment.PLOW),
            policy.evidence,
        )
        for way in ways
    )


def _cleared(coverage: Coverage) -> DirectionCleared:
    partly = coverage.passes_done % coverage.passes_needed > 0
    partly_at = coverage.last_pass_at if partly else None
    return DirectionCleared(coverage.forward, coverage.cleared_at, partly_at)


def _outlook(
    known: _Known,
    snap: Snap,
    seen: Sequence[Coverage],
    estimates: Estimates,
    now: datetime,
) -> tuple[PublicOutlook, SaidWindow | None]:
    tx, storm, at = known.tx, known.storm, known.at
    segment = estimates.network.segment(snap.segment_id)
    if storm.ended_at is not None and storm.ended_at <= at:
        return PublicOutlook.ENDED, None
    if _is_closed(known, segment):
        return PublicOutlook.CLOSED, None
    job = _job(known, snap, estimates)
    if job is None and not _is_late(known, segment, seen, estimates):
        cycle = estimates.policy.rule_of(segment).cycle
        return (PublicOutlook.ON_REQUEST if cycle is None else PublicOutlook.NOT_DUE), None
    arrivals = estimates.arrivals(tx, storm.id, now)
    if arrivals is None:
        return PublicOutlook.NO_PLAN, None
    if job is not None and job.id in arrivals.index.unserved:
        return PublicOutlook.UNSERVED, None
    expected = None if job is None else _expected(tx, arrivals, job)
    if expected is None:
        return PublicOutlook.NEXT_PLAN, None
    return public_window(expected, late_share(known.outcomes, at), at, now)


def _is_late(
    known: _Known, segment: Segment, seen: Sequence[Coverage], estimates: Estimates
) -> bool:
    """Whether a direction of a street was due by the public moment."""
    rule = estimates.policy.rule_of(segment)
    return any(coverage_state(one, rule, known.storm, known.at) in LATE for one in seen)


def _job(known: _Known, snap: Snap, estimates: Estimates) -> Job | None:
    """Return the work on a street that is open for everybody: some may be done since."""
    tx, storm = known.tx, known.storm
    done = [
        job
        for job in list_jobs_on_segment(tx, storm.id, snap.segment_id)
        if job.treatment is Treatment.PLOW and job.state is JobState.DONE
    ]
    for job in reversed(done):
        ended_at = find_done_at(tx, job.id)
        if ended_at is not None and ended_at > known.at:
            return job
    network, policy = estimates.network, estimates.policy
    return covering_job(tx, storm.id, snap, Treatment.PLOW, network, policy)


def _expected(tx: Tx, arrivals: Arrivals, job: Job) -> Expected | None:
    """Return when work is expected, also where its truck has just been there.

    What everybody reads must not change at the moment in which a truck goes past.
    """
    planned = [arrivals.index.leg(at).ends_at for at in arrivals.index.legs_for.get(job.id, ())]
    if not planned:
        return None
    done_at = find_done_at(tx, job.id)
    if done_at is not None:
        return Expected(done_at, done_at)
    ahead = arrivals.job(job.id)
    if ahead is not None:
        return ahead
    if arrivals.ahead(job.id) or arrivals.left_by_shift(job.id):
        return None
    return Expected(max(planned), max(planned))


def _is_closed(known: _Known, segment: Segment) -> bool:
    """Whether no direction of a street could be driven at the public moment."""
    closures = [
        one
        for one in list_all_closures(known.tx, known.storm.id)
        if one.segment_id == segment.id and one.holds_at(known.at)
    ]
    ways = [way for way in (True, False) if drivable(segment, forward=way)]
    return all(any(one.forward in (None, way) for one in closures) for way in ways)


def _kept(
    outcomes: Sequence[PromiseOutcome], at: datetime, since: datetime | None = None
) -> KeptCount:
    decided = [
        kept
        for one in outcomes
        if (since is None or one.promise.made_at >= since)
        and (kept := was_kept(one, at)) is not None
    ]
    return KeptCount(sum(decided), len(decided))


def _down(moment: datetime) -> datetime:
    return moment - (moment - datetime.min.replace(tzinfo=UTC)) % STEP


def _up(moment: datetime) -> datetime:
    return _down(moment + STEP - timedelta(microseconds=1))
