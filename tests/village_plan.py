"""A small plan for the drawn village, made by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.model import (
    CostBreakdown,
    DirectedSegment,
    JobId,
    JobState,
    Leg,
    LegKind,
    Plan,
    PlanId,
    PlanState,
    Route,
    SegmentId,
    ShiftId,
    StormId,
    Unserved,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.planning.plans import add_plan, set_plan_state
from data.store.storms.storms import find_active_storm
from data.store.work import list_jobs
from tests import village as v


def a_leg(
    kind: LegKind = LegKind.WORK,
    segment_id: int = 1,
    *,
    forward: bool = True,
    starts_at: datetime = v.NOW,
    **changes: Any,
) -> Leg:
    """Return a leg of a minute over one street, at work for job 1."""
    at_work = kind is LegKind.WORK
    leg = Leg(
        kind=kind,
        path=(DirectedSegment(SegmentId(segment_id), forward),),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=1),
        length_m=v.village().segment(segment_id).length_m,
        blade=at_work,
        job_ids=(JobId(1),) if at_work else (),
    )
    return replace(leg, **changes)


def a_plan(*legs: Leg, unserved: tuple[Unserved, ...] = (), **changes: Any) -> Plan:
    """Return a draft whose first shift drives these legs; the second stays."""
    plan = Plan(
        id=PlanId(0),
        storm_id=StormId(1),
        parent_id=None,
        revision=0,
        made_at=v.NOW,
        network_version=v.village().version,
        routes=(Route(ShiftId(1), VehicleId(1), legs), Route(ShiftId(2), VehicleId(2), ())),
        unserved=unserved,
        cost=CostBreakdown(10.0, 1.0, 2.0, 3.0, 4.0),
        bound=8.0,
        solver="by hand",
        seed=0,
        state=PlanState.DRAFT,
    )
    return replace(plan, **changes)


def legs_along(
    tx: Tx,
    streets: Iterable[int | tuple[int, bool]],
    begins_at: datetime = v.NOW,
    apart: timedelta = timedelta(minutes=1),
    **changes: Any,
) -> list[Leg]:
    """Return a leg for each street (and direction), at work for its open job, `apart` in time."""
    storm = find_active_storm(tx)
    assert storm is not None
    jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id, JobState.OPEN)}
    ways = [way if isinstance(way, tuple) else (way, True) for way in streets]
    return [
        a_leg(
            segment_id=street,
            forward=forward,
            starts_at=begins_at + i * apart,
            ends_at=begins_at + (i + 1) * apart,
            job_ids=(jobs[SegmentId(street)],) if street in jobs else (),
            **changes,
        )
        for i, (street, forward) in enumerate(ways)
    ]


def add_published_plan(tx: Tx, *legs: Leg, **changes: Any) -> Plan:
    """Store a plan whose first shift drives these legs, and publish it."""
    plan = add_plan(tx, a_plan(*legs, **changes))
    set_plan_state(tx, plan.id, PlanState.PUBLISHED)
    return plan
