"""Urgent insertions: which job is wanted, and publishing an accepted offer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError, NotFoundError
from data.model import (
    Actor,
    ChangedRoute,
    Job,
    JobId,
    JobState,
    Plan,
    PlanState,
    RequestId,
    Route,
    SegmentId,
    Storm,
    Treatment,
    Unserved,
    UrgentInsertion,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plans import add_revision, find_published_plan_id, set_plan_state
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import mark_planned
from data.store.setup.machines import list_vehicles
from data.store.shifts.route_answers import copy_answers
from data.store.work import add_job, find_open_job, get_job, segments_of_jobs, set_planned
from data.streets.network import StreetNetwork
from fleet.audit.last_change import PLANS, find_change
from fleet.planning.remaining_routes import jobs_of
from fleet.replanning.insertion_limits import spared_jobs
from fleet.requests.notices import write_planned_notices
from fleet.requests.promises import promise_open
from fleet.routes.published_plan import Estimates
from fleet.work.jobs import NOT_YET, new_job, typical_blade_m


def job_of_request(tx: Tx, request_id: RequestId) -> Job:
    """Return the open job of a request; raise `ConflictError` without one.

    Work is made of a request when it is placed on a street.
    """
    asked = get_request(tx, request_id)
    if asked.job_id is None:
        raise ConflictError(
            f"request {asked.reference} has no street yet",
            reason="request_without_job",
            reference=asked.reference,
        )
    return open_job(tx, asked.job_id)


def open_job(tx: Tx, job_id: JobId) -> Job:
    """Return an open job; raise `ConflictError` for one that is done or cancelled."""
    job = get_job(tx, job_id)
    if job.state is not JobState.OPEN:
        raise ConflictError(f"job {job_id} is {job.state}", reason="job_over", job=job_id)
    return job


def job_on_street(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    segment_id: SegmentId,
    now: datetime,
) -> Job:
    """Return a street's open plow job, or the one to be made for it with id 0."""
    segment = network.find(segment_id)
    if segment is None:
        raise NotFoundError("segment", segment_id)
    known = find_open_job(tx, storm.id, segment_id, Treatment.PLOW)
    if known is not None:
        return known
    blade_m = typical_blade_m(list_vehicles(tx))
    return new_job(storm.id, segment, policy, blade_m, Treatment.PLOW, now)


def streets_left_out(tx: Tx, offer: UrgentInsertion) -> list[SegmentId]:
    """Return the streets that wait for the next plan where an offer is accepted."""
    return list(segments_of_jobs(tx, offer.pushed).values())


def accept_insertion(
    tx: Tx,
    actor: Actor,
    offer: UrgentInsertion,
    routes: Sequence[ChangedRoute],
    driven: Plan,
    estimates: Estimates,
    now: datetime,
) -> Plan:
    """Publish the running plan with urgent work inserted; other routes stay.

    What is pushed out for it is left undone by this plan, so that the next one plans it again.
    `routes` are those that change, and `driven` is the plan that the offer was made for. Raises
    `ConflictError` where another plan is driven by now, and names who published it, where the job
    is over, or where somebody has asked meanwhile for what would be pushed out.
    """
    _require_driven(tx, offer)
    if not spared_jobs(tx, offer.storm_id).isdisjoint(offer.pushed):
        raise ConflictError("what makes room was asked for", reason="insertion_outdated")
    job = _job(tx, actor, offer, now)
    renamed = [_renamed(each, job.id) for each in routes]
    changed = {each.shift_id: each for each in renamed}
    revised = replace(
        driven,
        parent_id=driven.id,
        made_at=now,
        counts_from=driven.since,
        routes=tuple(_route(route, changed.get(route.shift_id)) for route in driven.routes),
        unserved=(
            *(left for left in driven.unserved if left.job_id not in {job.id, *offer.pushed}),
            *(Unserved(job_id, "time") for job_id in offer.pushed),
        ),
        state=PlanState.PUBLISHED,
    )
    set_plan_state(tx, driven.id, PlanState.SUPERSEDED)
    plan = add_revision(tx, revised, driven.id, changed.keys())
    same = [route.shift_id for route in driven.routes if route.shift_id not in changed]
    copy_answers(tx, driven.id, plan.id, same)
    set_planned(tx, plan.storm_id, jobs_of(plan.routes), now)
    mark_planned(tx, now)
    _tell(tx, actor, offer, plan, job, now)
    touched = {job_id for each in renamed for leg in each.legs for job_id in leg.job_ids}
    promise_open(tx, actor, estimates.arrivals_of(tx, plan, now), touched)
    write_planned_notices(tx, touched, now)
    return plan


def _require_driven(tx: Tx, offer: UrgentInsertion) -> None:
    if find_published_plan_id(tx, offer.storm_id) == offer.plan_id:
        return
    last = find_change(tx, PLANS)
    raise ConflictError(
        "another plan is driven by now",
        reason="plan_changed",
        who=last.actor.id if last else "",
        at=last.at.isoformat() if last else "",
    )


def _job(tx: Tx, actor: Actor, offer: UrgentInsertion, now: datetime) -> Job:
    """Return the stored job of an offer; a new one is added first."""
    if offer.job.id != NOT_YET:
        return open_job(tx, offer.job.id)
    job = add_job(tx, offer.job)
    after = {"segment": job.segment_id, "treatment": job.treatment, "passes": job.passes}
    add_event(tx, now, actor, "job.added", f"job:{job.id}", after=after)
    return job


def _renamed(route: ChangedRoute, job_id: JobId) -> ChangedRoute:
    """Return the route with the id that its new job has got."""
    legs = tuple(
        replace(leg, job_ids=tuple(job_id if each == NOT_YET else each for each in leg.job_ids))
        for leg in route.legs
    )
    return replace(route, legs=legs)


def _route(route: Route, changed: ChangedRoute | None) -> Route:
    if changed is None:
        return route
    return replace(route, legs=(*route.legs[: changed.after_leg], *changed.legs))


def _tell(
    tx: Tx, actor: Actor, offer: UrgentInsertion, plan: Plan, job: Job, now: datetime
) -> None:
    """Write to the audit log that one plan superseded another, and for which street."""
    before: dict[str, object] = {"state": PlanState.PUBLISHED}
    over: dict[str, object] = {"state": PlanState.SUPERSEDED, "by": plan.id}
    add_event(tx, now, actor, "plan.superseded", f"plan:{offer.plan_id}", before, over)
    after: dict[str, object] = {
        "state": PlanState.PUBLISHED,
        "revision": plan.revision,
        "inserted": job.id,
        "pushed": list(offer.pushed),
        "vehicle": offer.vehicle_id,
        "parent": offer.plan_id,
    }
    add_event(tx, now, actor, "plan.published", f"plan:{plan.id}", after=after)
