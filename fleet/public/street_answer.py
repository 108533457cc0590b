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
    PromiseOutcome,
    Segment,
    ServiceRequest,
    Snap,
    Storm,
    Treatment,
)
from data.model.requests.promises import KeptCount
from data.store.coverage.coverage import list_coverage, list_work_and_drives
from data.store.database.engine import Tx
from data.store.requests.promises import (
    count_kept_promises,
    list_all_outcomes,
    of_present_plans,
)
from data.store.storms.closures import list_all_closures
from fleet.coverage.coverage_states import LATE, coverage_state
from fleet.coverage.street_coverage import counted_treatments, coverage_of, drivable
from fleet.public.delayed_streets import public_moment
from fleet.public.known_jobs import known_jobs, known_open_job
from fleet.requests.promises import (
    REMEMBERED,
    VOID,
    SaidWindow,
    TrackRecord,
    decided_by,
    late_share,
    track_record,
    was_kept,
    widened,
)
from fleet.requests.request_lookup import reported_nearby
from fleet.routes.published_plan import Estimates
from fleet.work.duplicate_jobs import joined_segments

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


@dataclass(frozen=True, slots=True)
class StreetAnswer:
    """The answer about a street as of `at`, which is a while ago.

    `storm` is the one that goes on or was the last, `None` where none has begun by then. `record`
    is that of windows of the street's class, else of the city, `None` where there are too few;
    `kept_lately` is of the last promises of all storms.
    Promises and reports nearby are as of the delay ago, also where the storm is over since.
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
    kept_lately: KeptCount
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
    known_at = now - policy.public.delay
    lately = decided_by(list_all_outcomes(tx, REMEMBERED, known_at), known_at)
    outcomes = of_present_plans(tx, lately)
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
        record=track_record(outcomes, rule.service_class, known_at),
        kept_in_storm=count_kept_promises(
            tx, storm.started_at if storm else known_at, known_at, VOID
        ),
        kept_lately=_kept(lately, known_at),
        nearby=tuple(reported_nearby(tx, place, known_at)),
    )


def public_window(
    planned_at: datetime, share: float, at: datetime, now: datetime
) -> tuple[PublicOutlook, SaidWindow]:
    """Return the window that everybody is told for a visit, as the plan has it.

    It is no estimate: what everybody reads must not change when a truck goes past.
    """
    window = widened(planned_at, share, at)
    wide = SaidWindow(_down(window.from_at), _up(window.to_at))
    return (PublicOutlook.PLANNED if now < wide.to_at else PublicOutlook.AWAITED), wide


def _coverage_until(known: _Known, segment: Segment, estimates: Estimates) -> tuple[Coverage, ...]:
    """Return what was proved of each direction of a street by the public moment."""
    tx, storm, policy = known.tx, known.storm, estimates.policy
    seen = list_work_and_drives(tx, storm.id, [segment.id])
    until = {way: [one for one in rows if one.ended_at <= known.at] for way, rows in seen.items()}
    needed = {one.forward: one.passes_needed for one in list_coverage(tx, storm.id, [segment.id])}
    wanted = counted_treatments(known_jobs(tx, storm, segment.id, known.at))
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
    index = estimates.plans.driven_at(tx, storm.id, at)
    if index is None:
        return PublicOutlook.NO_PLAN, None
    if job is not None and job.id in index.unserved:
        return PublicOutlook.UNSERVED, None
    legs = () if job is None else index.legs_for.get(job.id, ())
    planned_at = max((index.leg(place).ends_at for place in legs), default=None)
    if planned_at is None:
        return PublicOutlook.NEXT_PLAN, None
    return public_window(planned_at, late_share(known.outcomes, at), at, now)


def _is_late(
    known: _Known, segment: Segment, seen: Sequence[Coverage], estimates: Estimates
) -> bool:
    """Whether a direction of a street was due by the public moment."""
    rule = estimates.policy.rule_of(segment)
    return any(coverage_state(one, rule, known.storm, known.at) in LATE for one in seen)


def _job(known: _Known, snap: Snap, estimates: Estimates) -> Job | None:
    """Return the work on a street that was open at the public moment."""
    streets = joined_segments(snap, estimates.network, estimates.policy)
    found = (known_open_job(known.tx, known.storm, one, known.at) for one in streets)
    return next(filter(None, found), None)


def _is_closed(known: _Known, segment: Segment) -> bool:
    """Whether no direction of a street could be driven at the public moment."""
    closures = [
        one
        for one in list_all_closures(known.tx, known.storm.id)
        if one.segment_id == segment.id and one.holds_at(known.at)
    ]
    ways = [way for way in (True, False) if drivable(segment, forward=way)]
    return all(any(one.forward in (None, way) for one in closures) for way in ways)


def _kept(outcomes: Sequence[PromiseOutcome], at: datetime) -> KeptCount:
    decided = [kept for one in outcomes if (kept := was_kept(one, at)) is not None]
    return KeptCount(sum(decided), len(decided))


def _down(moment: datetime) -> datetime:
    return moment - (moment - datetime.min.replace(tzinfo=UTC)) % STEP


def _up(moment: datetime) -> datetime:
    return _down(moment + STEP - timedelta(microseconds=1))
