"""Edits of plans as plain values: what the database keeps and what processes tell each other."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from data.model import (
    Broken,
    CostBreakdown,
    DirectedSegment,
    DraftContent,
    Edited,
    EditId,
    EditKind,
    EditWish,
    JobId,
    PlanId,
    Present,
    Route,
    SegmentId,
    ShiftId,
    Taker,
    Toll,
    TruckStart,
    Unserved,
    VehicleId,
    WorkPass,
)
from data.planning.plan_json import leg_from_json, leg_json, utc_text


def edit_wish_json(wish: EditWish) -> dict[str, Any]:
    """Return a change as plain values; `edit_wish_from_json` is its inverse."""
    return {
        "kind": str(wish.kind),
        "segment": wish.segment_id,
        "vehicle": wish.vehicle_id,
        "before": wish.before_id,
        "reason": wish.reason,
    }


def edit_wish_from_json(plain: Mapping[str, Any]) -> EditWish:
    """Return the change that `edit_wish_json` made plain."""
    segment, vehicle, before = plain["segment"], plain["vehicle"], plain["before"]
    return EditWish(
        kind=EditKind(plain["kind"]),
        segment_id=None if segment is None else SegmentId(segment),
        vehicle_id=None if vehicle is None else VehicleId(vehicle),
        before_id=None if before is None else SegmentId(before),
        reason=plain["reason"],
    )


def toll_json(toll: Toll) -> dict[str, Any]:
    """Return what a draft takes as plain values; `toll_from_json` is its inverse."""
    return {
        "seconds": toll.seconds,
        "metres": toll.metres,
        "late_passes": dict(toll.late_passes),
        "late_s": dict(toll.late_s),
    }


def toll_from_json(plain: Mapping[str, Any]) -> Toll:
    """Return the toll that `toll_json` made plain."""
    return Toll(plain["seconds"], plain["metres"], plain["late_passes"], plain["late_s"])


def content_json(content: DraftContent) -> dict[str, Any]:
    """Return a part of a draft as plain values; `content_from_json` is its inverse."""
    return {
        "routes": [[shift, [leg_json(leg) for leg in legs]] for shift, legs in content.routes],
        "unserved": [[left.job_id, left.reason] for left in content.unserved],
        "cost": asdict(content.cost),
    }


def content_from_json(plain: Mapping[str, Any]) -> DraftContent:
    """Return the part of a draft that `content_json` made plain."""
    return DraftContent(
        routes=tuple(
            (ShiftId(shift), tuple(leg_from_json(leg) for leg in legs))
            for shift, legs in plain["routes"]
        ),
        unserved=_unserved(plain["unserved"]),
        cost=CostBreakdown(**plain["cost"]),
    )


def edited_json(edited: Edited) -> dict[str, Any]:
    """Return what becomes of a draft as plain values; `edited_from_json` is its inverse."""
    return {
        "plan": edited.plan_id,
        "edit": edited.edit_id,
        "broken": [asdict(one) for one in edited.broken],
        "routes": [_route_json(route) for route in edited.routes],
        "before": [_route_json(route) for route in edited.before],
        "unserved": [[left.job_id, left.reason] for left in edited.unserved],
        "cost": asdict(edited.cost),
        "toll": toll_json(edited.toll),
        "toll_before": toll_json(edited.toll_before),
    }


def edited_from_json(plain: Mapping[str, Any]) -> Edited:
    """Return what `edited_json` made plain."""
    return Edited(
        plan_id=PlanId(plain["plan"]),
        edit_id=EditId(plain["edit"]),
        broken=_broken(plain["broken"]),
        routes=tuple(_route(each) for each in plain["routes"]),
        before=tuple(_route(each) for each in plain["before"]),
        unserved=_unserved(plain["unserved"]),
        cost=CostBreakdown(**plain["cost"]),
        toll=toll_from_json(plain["toll"]),
        toll_before=toll_from_json(plain["toll_before"]),
    )


def taker_json(taker: Taker) -> dict[str, Any]:
    """Return what giving a street to a truck takes, plain; `taker_from_json` is its inverse."""
    return {
        "vehicle": taker.vehicle_id,
        "more_s": taker.more_s,
        "done_at": None if taker.done_at is None else utc_text(taker.done_at),
        "broken": [asdict(one) for one in taker.broken],
    }


def taker_from_json(plain: Mapping[str, Any]) -> Taker:
    """Return what `taker_json` made plain."""
    done_at = plain["done_at"]
    return Taker(
        vehicle_id=VehicleId(plain["vehicle"]),
        more_s=plain["more_s"],
        done_at=None if done_at is None else datetime.fromisoformat(done_at),
        broken=_broken(plain["broken"]),
    )


def present_json(present: Present) -> dict[str, Any]:
    """Return how a storm stood as plain values, what was ordered of trucks left out.

    `present_from_json` is its inverse.
    """
    return {
        "starts": [
            {
                "shift": shift,
                "at": None if start.at is None else [start.at.segment_id, start.at.forward],
                "ready_at": utc_text(start.ready_at),
                "load_kg": start.load_kg,
                "underway": start.underway,
                "finishing": None if start.finishing is None else leg_json(start.finishing),
            }
            for shift, start in present.starts.items()
        ],
        "done": sorted([work.job_id, work.forward, work.pass_index] for work in present.done),
        "closed": sorted([way.segment_id, way.forward] for way in present.closed),
    }


def present_from_json(plain: Mapping[str, Any]) -> Present:
    """Return the storm that `present_json` made plain."""
    return Present(
        starts={ShiftId(each["shift"]): _start(each) for each in plain["starts"]},
        done=frozenset(WorkPass(JobId(job), ahead, i) for job, ahead, i in plain["done"]),
        closed=frozenset(DirectedSegment(SegmentId(one), ahead) for one, ahead in plain["closed"]),
    )


def _start(plain: Mapping[str, Any]) -> TruckStart:
    at, finishing = plain["at"], plain["finishing"]
    return TruckStart(
        at=None if at is None else DirectedSegment(SegmentId(at[0]), at[1]),
        ready_at=datetime.fromisoformat(plain["ready_at"]),
        load_kg=plain["load_kg"],
        underway=plain["underway"],
        finishing=None if finishing is None else leg_from_json(finishing),
    )


def _unserved(plain: list[Any]) -> tuple[Unserved, ...]:
    return tuple(Unserved(JobId(job), reason) for job, reason in plain)


def _broken(plain: list[Any]) -> tuple[Broken, ...]:
    return tuple(Broken(**each) for each in plain)


def _route_json(route: Route) -> dict[str, Any]:
    return {
        "shift": route.shift_id,
        "vehicle": route.vehicle_id,
        "legs": [leg_json(leg) for leg in route.legs],
    }


def _route(plain: Mapping[str, Any]) -> Route:
    legs = tuple(leg_from_json(leg) for leg in plain["legs"])
    return Route(ShiftId(plain["shift"]), VehicleId(plain["vehicle"]), legs)
