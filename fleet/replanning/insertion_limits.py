"""What urgent work must leave alone."""

from data.model import JobId, StormId
from data.store.audit.audit_log import list_events_on
from data.store.database.engine import Tx
from data.store.planning.plans import find_published_plan_id, list_plan_heads
from data.store.requests.requests import jobs_asked_for


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
