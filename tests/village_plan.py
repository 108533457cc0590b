"""A small plan for the drawn village, made by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.model import (
    CostBreakdown,
    DirectedSegment,
    JobId,
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
