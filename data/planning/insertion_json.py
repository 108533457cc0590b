"""Urgent work and its place in the routes as plain values: what processes tell each other."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from data.model import (
    ChangedRoute,
    Delay,
    Directions,
    Job,
    JobId,
    JobState,
    PlanId,
    SegmentId,
    ServiceClass,
    ShiftId,
    StormId,
    Treatment,
    UrgentInsertion,
    VehicleId,
)
from data.planning.plan_json import leg_from_json, leg_json


def job_json(job: Job) -> dict[str, Any]:
    """Return a job as plain values; `job_from_json` is its inverse."""
    return {
        "id": job.id,
        "storm": job.storm_id,
        "segment": job.segment_id,
        "directions": str(job.directions),
        "treatment": str(job.treatment),
        "passes": job.passes,
        "class": str(job.service_class),
        "weight": job.weight,
        "starts_at": job.starts_at.isoformat(),
        "due_at": job.due_at.isoformat(),
        "state": str(job.state),
    }


def job_from_json(plain: Mapping[str, Any]) -> Job:
    """Return the job that `job_json` made plain."""
    return Job(
        id=JobId(plain["id"]),
        storm_id=StormId(plain["storm"]),
        segment_id=SegmentId(plain["segment"]),
        directions=Directions(plain["directions"]),
        treatment=Treatment(plain["treatment"]),
        passes=plain["passes"],
        service_class=ServiceClass(plain["class"]),
        weight=plain["weight"],
        starts_at=datetime.fromisoformat(plain["starts_at"]),
        due_at=datetime.fromisoformat(plain["due_at"]),
        state=JobState(plain["state"]),
    )


def insertion_json(found: UrgentInsertion) -> dict[str, Any]:
    """Return an insertion as plain values; `insertion_from_json` is its inverse."""
    return {
        "key": found.key,
        "storm": found.storm_id,
        "plan": found.plan_id,
        "job": job_json(found.job),
        "vehicle": found.vehicle_id,
        "done_at": found.done_at.isoformat(),
        "more_s": found.more.total_seconds(),
        "delays": [
            [one.job_id, one.before_at.isoformat(), one.after_at.isoformat()]
            for one in found.delays
        ],
    }


def insertion_from_json(plain: Mapping[str, Any]) -> UrgentInsertion:
    """Return the insertion that `insertion_json` made plain."""
    return UrgentInsertion(
        key=plain["key"],
        storm_id=StormId(plain["storm"]),
        plan_id=PlanId(plain["plan"]),
        job=job_from_json(plain["job"]),
        vehicle_id=VehicleId(plain["vehicle"]),
        done_at=datetime.fromisoformat(plain["done_at"]),
        more=timedelta(seconds=plain["more_s"]),
        delays=tuple(
            Delay(JobId(job_id), datetime.fromisoformat(before), datetime.fromisoformat(after))
            for job_id, before, after in plain["delays"]
        ),
    )


def routes_json(routes: Iterable[ChangedRoute]) -> list[dict[str, Any]]:
    """Return changed routes as plain values; `routes_from_json` is its inverse."""
    return [
        {
            "shift": route.shift_id,
            "vehicle": route.vehicle_id,
            "after": route.after_leg,
            "legs": [leg_json(leg) for leg in route.legs],
        }
        for route in routes
    ]


def routes_from_json(plain: Iterable[Mapping[str, Any]]) -> tuple[ChangedRoute, ...]:
    """Return the routes that `routes_json` made plain."""
    return tuple(
        ChangedRoute(
            ShiftId(each["shift"]),
            VehicleId(each["vehicle"]),
            each["after"],
            tuple(leg_from_json(leg) for leg in each["legs"]),
        )
        for each in plain
    )
