"""A plan as JSON: what `plan --json` writes, and how the database keeps legs."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from data.model import (
    DirectedSegment,
    JobId,
    Leg,
    LegKind,
    Plan,
    PlanOptions,
    PlanProof,
    ReplanCause,
    ReplanWish,
    Route,
    SegmentId,
    ServiceClass,
    VehicleId,
)


def plan_json(plan: Plan) -> dict[str, object]:
    """Return the plan as plain values, times in ISO 8601 UTC."""
    return {
        "id": plan.id,
        "storm_id": plan.storm_id,
        "parent_id": plan.parent_id,
        "revision": plan.revision,
        "made_at": utc_text(plan.made_at),
        "network_version": plan.network_version,
        "state": str(plan.state),
        "solver": plan.solver,
        "seed": plan.seed,
        "cost": asdict(plan.cost),
        "bound": plan.bound,
        "routes": [_route_json(route) for route in plan.routes],
        "unserved": [asdict(left) for left in plan.unserved],
        "options": options_json(plan.options),
        "aside": dict(plan.aside),
        "proofs": [proof_json(proof) for proof in plan.proofs],
    }


def options_json(options: PlanOptions) -> dict[str, Any]:
    """Return what a plan is for as plain values; `options_from_json` is its inverse."""
    return {
        "classes": [str(each) for each in options.classes],
        "districts": list(options.districts),
        "vehicles": list(options.vehicles),
    }


def options_from_json(plain: Mapping[str, Any]) -> PlanOptions:
    """Return the options that `options_json` made plain; what is missing is everything."""
    return PlanOptions(
        classes=tuple(ServiceClass(name) for name in plain.get("classes", ())),
        districts=tuple(plain.get("districts", ())),
        vehicles=tuple(VehicleId(each) for each in plain.get("vehicles", ())),
    )


def wish_json(wish: ReplanWish) -> dict[str, Any]:
    """Return why routes are planned anew as plain values; `wish_from_json` is its inverse."""
    return {
        "cause": str(wish.cause),
        "budget": wish.budget,
        "vehicle": wish.vehicle_id,
        "segment": wish.segment_id,
        "delay_s": wish.delay.total_seconds(),
    }


def wish_from_json(plain: Mapping[str, Any]) -> ReplanWish:
    """Return the wish that `wish_json` made plain."""
    vehicle, segment = plain["vehicle"], plain["segment"]
    return ReplanWish(
        cause=ReplanCause(plain["cause"]),
        budget=plain["budget"],
        vehicle_id=None if vehicle is None else VehicleId(vehicle),
        segment_id=None if segment is None else SegmentId(segment),
        delay=timedelta(seconds=plain["delay_s"]),
    )


def proof_json(proof: PlanProof) -> dict[str, Any]:
    """Return a proof as plain values; `proof_from_json` is its inverse."""
    return {
        "classes": [str(each) for each in proof.classes],
        "argument": proof.argument,
        "due_at": None if proof.due_at is None else utc_text(proof.due_at),
        "earliest_at": None if proof.earliest_at is None else utc_text(proof.earliest_at),
        "passes": proof.passes,
        "vehicles": proof.vehicles,
        "work_s": proof.work_s,
        "free_s": proof.free_s,
        "segment_ids": list(proof.segment_ids),
    }


def proof_from_json(plain: Mapping[str, Any]) -> PlanProof:
    """Return the proof that `proof_json` made plain."""
    return PlanProof(
        classes=tuple(ServiceClass(name) for name in plain["classes"]),
        argument=plain["argument"],
        due_at=_time(plain["due_at"]),
        earliest_at=_time(plain["earliest_at"]),
        passes=plain["passes"],
        vehicles=plain["vehicles"],
        work_s=plain["work_s"],
        free_s=plain["free_s"],
        segment_ids=tuple(SegmentId(each) for each in plain["segment_ids"]),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def leg_json(leg: Leg) -> dict[str, object]:
    """Return the leg as plain values; `leg_from_json` is its inverse."""
    return {
        "kind": str(leg.kind),
        "path": [[step.segment_id, step.forward] for step in leg.path],
        "starts_at": utc_text(leg.starts_at),
        "ends_at": utc_text(leg.ends_at),
        "length_m": leg.length_m,
        "pass_index": leg.pass_index,
        "blade": leg.blade,
        "spreader": leg.spreader,
        "job_ids": list(leg.job_ids),
        "load_kg": leg.load_kg,
    }


def leg_from_json(plain: Mapping[str, Any]) -> Leg:
    """Return the leg that `leg_json` made plain."""
    return Leg(
        kind=LegKind(plain["kind"]),
        path=tuple(DirectedSegment(SegmentId(each), forward) for each, forward in plain["path"]),
        starts_at=datetime.fromisoformat(plain["starts_at"]),
        ends_at=datetime.fromisoformat(plain["ends_at"]),
        length_m=plain["length_m"],
        pass_index=plain["pass_index"],
        blade=plain["blade"],
        spreader=plain["spreader"],
        job_ids=tuple(JobId(each) for each in plain["job_ids"]),
        load_kg=plain["load_kg"],
    )


def utc_text(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, ending in Z."""
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _route_json(route: Route) -> dict[str, object]:
    return {
        "shift_id": route.shift_id,
        "vehicle_id": route.vehicle_id,
        "legs": [leg_json(leg) for leg in route.legs],
    }
