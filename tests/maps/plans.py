"""A small plan over the drawn village."""

from dataclasses import replace
from datetime import timedelta
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
from tests.village import MAIN_WEST, MILL, NOW, ORCHARD, village


def a_leg(kind: LegKind, minute: int, *path: tuple[SegmentId, bool]) -> Leg:
    steps = tuple(DirectedSegment(*step) for step in path)
    return Leg(
        kind=kind,
        path=steps,
        starts_at=NOW + timedelta(minutes=minute),
        ends_at=NOW + timedelta(minutes=minute + 1),
        length_m=sum(village().segment(step.segment_id).length_m for step in steps),
        blade=kind is LegKind.WORK,
        job_ids=(JobId(1),) if kind is LegKind.WORK else (),
    )


def a_plan(**changes: Any) -> Plan:
    first = Route(
        ShiftId(1),
        VehicleId(1),
        (
            a_leg(LegKind.WORK, 0, (MAIN_WEST, True)),
            a_leg(LegKind.RELOAD, 1),
            a_leg(LegKind.DRIVE, 2, (MILL, True), (ORCHARD, True)),
            a_leg(LegKind.WORK, 3, (ORCHARD, False)),
        ),
    )
    idle = Route(ShiftId(2), VehicleId(2), ())
    plan = Plan(
        id=PlanId(1),
        storm_id=StormId(1),
        parent_id=None,
        revision=3,
        made_at=NOW,
        network_version=village().version,
        routes=(first, idle),
        unserved=(Unserved(JobId(7), "time"), Unserved(JobId(7), "time")),
        cost=CostBreakdown(10.0, 1.0, 2.0, 3.0, 4.0),
        bound=5.0,
        solver="test",
        seed=1,
        state=PlanState.PUBLISHED,
    )
    return replace(plan, **changes)
