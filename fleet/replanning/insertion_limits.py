"""What urgent work must leave alone: work that is not pushed out, machines that are not sent."""

from dataclasses import dataclass

from data.model import AlertKind, JobId, StormId, VehicleId
from data.store.alerts import list_open_alerts
from data.store.audit.audit_log import list_events_on
from data.store.database.engine import Tx
from data.store.planning.plans import find_published_plan_id, list_plan_heads
from data.store.requests.requests import jobs_asked_for
from data.store.storms.storm_conditions import list_machines_taken_out

UNABLE = frozenset({AlertKind.LONG_STOP, AlertKind.SILENT, AlertKind.VEHICLE_FAULT})
"""Alerts of machines of which nobody knows that they drive."""


@dataclass(frozen=True, slots=True)
class InsertionLimits:
    """What urgent work must leave alone.

    Attributes
    ----------
    spared
        Jobs that are not pushed out.
    unable
        Machines that are not sent.
    """

    spared: frozenset[JobId] = frozenset()
    unable: frozenset[VehicleId] = frozenset()


def insertion_limits(tx: Tx, storm_id: StormId) -> InsertionLimits:
    """Return what urgent work must leave alone at this moment."""
    out = list_machines_taken_out(tx, storm_id)
    return InsertionLimits(
        spared=spared_jobs(tx, storm_id),
        unable=frozenset({*out, *machines_with_alerts(tx, storm_id)}),
    )


def machines_with_alerts(tx: Tx, storm_id: StormId) -> dict[VehicleId, AlertKind]:
    """Return the machines that have an open alert for which no urgent work is given to them."""
    return {
        one.vehicle_id: one.kind
        for one in list_open_alerts(tx)
        if one.storm_id == storm_id and one.kind in UNABLE and one.vehicle_id is not None
    }


def spared_jobs(tx: Tx, storm_id: StormId) -> frozenset[JobId]:
    """Return the jobs that no urgent work pushes out.

    Somebody asked for them, or they were inserted as urgent since the last whole plan.
    """
    return frozenset(jobs_asked_for(tx, storm_id) | _inserted_jobs(tx, storm_id))


def _inserted_jobs(tx: Tx, storm_id: StormId) -> set[JobId]:
    parent = {head.id: head.parent_id for head in list_plan_heads(tx, storm_id)}
    subjects = {f"plan:{plan_id}": plan_id for plan_id in parent}
    inserted = {
        subjects[line.subject]: job_id
        for line in list_events_on(tx, subjects, {"plan.published"})
        if isinstance(job_id := line.after.get("inserted"), int)
    }
    found, plan_id = set[JobId](), find_published_plan_id(tx, storm_id)
    while plan_id in inserted:
        found.add(JobId(inserted[plan_id]))
        plan_id = parent[plan_id]
    return found
