"""Replanning: urgent insertions, replans after events on the road, and their differences."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.planning.plans import shown_plan
from api.processes.ingest.run_views import shown_run
from api.processes.offers import Offer
from api.replanning.delay_views import delayed_requests, street_names
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import translator_of
from api.web.schemas import InsertionIn, ReplanIn
from data.errors import ConflictError, InvalidError, Need
from data.model import Job, Plan, PlanId, ReplanCause, SegmentId, Storm, VehicleId
from data.store.database.engine import Tx
from data.store.planning.plans import get_plan
from fleet.audit.last_change import PLANS
from fleet.planning.plan_difference import difference, still_ahead
from fleet.planning.plan_lifecycle import discard
from fleet.replanning.breakdowns import take_back_breakdown
from fleet.replanning.cycles import snow_again
from fleet.replanning.draft_renewal import plan_again
from fleet.replanning.machine_lacks import machine_lacks
from fleet.replanning.replan_requests import ask_for_replan
from fleet.replanning.urgent_insertions import (
    accept_insertion,
    job_of_request,
    job_on_street,
    open_job,
    streets_left_out,
)
from fleet.routes.route_progress import PlanCheck
from fleet.setup.machine_list import machine_names
from fleet.storms.storm_lookup import active_storm, known_storm
from maps.board.board import PlanView, RunView, storm_view
from maps.pages.i18n import Translator
from maps.replanning import (
    InsertionView,
    MachineLacksView,
    ReplanDifferenceView,
    difference_view,
    insertion_view,
    machine_lacks_view,
)

router = APIRouter(route_class=CheckedRoute)


@router.post("/api/replans", status_code=202)
def create_replan(wanted: ReplanIn, context: DispatcherContext) -> RunView:
    """Queue a replan for an event on the road; the draft comes within seconds."""
    with context.writing() as tx:
        storm = active_storm(tx)
        wish = wanted.wish()
        if wish.cause is ReplanCause.SNOWFALL:
            network = context.app.network
            run = snow_again(tx, context.actor, storm, network, wish, context.now)
        else:
            run = ask_for_replan(tx, context.actor, storm.id, wish, context.now)
        view = shown_run(tx, run)
    context.app.hub.publish("runs", [view])
    if wish.cause is ReplanCause.BREAKDOWN:  # every board shows at once that it is out of service
        context.app.hub.publish("storm", [storm_view(storm)])
    return view


@router.post("/api/vehicles/{vehicle_id}/repaired", status_code=204)
def take_breakdown_back(vehicle_id: VehicleId, context: DispatcherContext) -> Response:
    """Return a machine that had broken down to service, with what is left of its shifts."""
    with context.writing() as tx:
        storm = active_storm(tx)
        take_back_breakdown(tx, context.actor, storm.id, vehicle_id, context.now)
    context.app.hub.publish("storm", [storm_view(storm)])
    return Response(status_code=204)


@router.get("/api/plans/{plan_id}/difference")
def get_plan_difference(
    request: Request, plan_id: PlanId, context: BoardContext
) -> ReplanDifferenceView:
    """Return how a draft changes the remaining routes, truck by truck."""
    with context.reading() as tx:
        plan = get_plan(tx, plan_id)
        check = _driven(tx, context, plan)
        found = difference(still_ahead(check), plan.routes)
        t = translator_of(request)
        street = street_names(context.app.network, t)
        requests = delayed_requests(tx, found.delays, street)
        names = machine_names(tx)
    return difference_view(plan, check.plan, found, requests, names, street, t)


@router.post("/api/plans/{plan_id}/discard", status_code=204)
def discard_plan(plan_id: PlanId, context: DispatcherContext) -> Response:
    """Discard a draft."""
    with context.writing() as tx:
        storm = known_storm(tx, get_plan(tx, plan_id).storm_id)
        discard(tx, context.actor, plan_id, context.now)
    context.app.hub.publish("storm", [storm_view(storm)])
    return Response(status_code=204)


@router.post("/api/plans/{plan_id}/again", status_code=202)
def plan_again_from_now(plan_id: PlanId, context: DispatcherContext) -> RunView:
    """Discard a draft and queue a run for another one from now on, with the same choices."""
    with context.writing() as tx:
        run = plan_again(tx, context.actor, plan_id, context.now, context.app.clock.pace)
        view, storm = shown_run(tx, run), known_storm(tx, run.storm_id)
    context.app.hub.publish("storm", [storm_view(storm)])
    context.app.hub.publish("runs", [view])
    return view


@router.post("/api/insertions")
def create_insertion_offer(
    request: Request, wanted: InsertionIn, context: DispatcherContext
) -> InsertionView:
    """Return the best insertion of urgent work in the driven routes; nothing changes yet."""
    app, t = context.app, translator_of(request)
    with context.reading() as tx:
        storm = active_storm(tx)
        job = _job(tx, context, storm, wanted)
        driven = app.plans.driven(tx, storm.id)
    if driven is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    found = app.dispatch.best_insertion(job)
    if found.plan_id != driven.plan.id:
        raise ConflictError("another plan is driven by now", reason="plan_changed", who="", at="")
    kept = app.offers.add(found, driven.plan)
    with context.reading() as tx:
        return _shown(tx, context, kept, t)


@router.post("/api/insertions/lacks")
def list_machine_lacks(
    request: Request, wanted: InsertionIn, context: DispatcherContext
) -> MachineLacksView:
    """Return what each machine lacks for urgent work that none can do."""
    t = translator_of(request)
    with context.reading() as tx:
        storm = active_storm(tx)
        job = _job(tx, context, storm, wanted)
        found = machine_lacks(tx, storm, job, context.app.network, context.now)
    return machine_lacks_view(job, found, street_names(context.app.network, t), t)


@router.post("/api/insertions/{offer_id}/accept")
def accept_insertion_offer(offer_id: str, context: DispatcherContext) -> PlanView:
    """Publish the driven plan with the offered insertion; a repeated offer gives one plan."""
    app = context.app
    with app.offers.taking:
        kept = app.offers.get(offer_id)
        if kept.became is None:
            found, driven = kept.insertion, kept.driven
            routes = app.dispatch.routes_of(found)
            with context.changing(PLANS) as tx:
                became = accept_insertion(
                    tx, context.actor, found, routes, driven, app.estimates, context.now
                )
            app.plans.keep(became)
            kept.became = became
    with context.reading() as tx:
        view = shown_plan(tx, kept.became)
        storm = known_storm(tx, kept.became.storm_id)
    app.hub.publish("storm", [storm_view(storm)])
    return view


def _job(tx: Tx, context: Context, storm: Storm, wanted: InsertionIn) -> Job:
    """Return the job to insert; raise `InvalidError` unless exactly one thing is named."""
    named = [wanted.request_id, wanted.job_id, wanted.segment_id]
    if sum(each is not None for each in named) != 1:
        need = Need("one of request_id, job_id and segment_id")
        raise InvalidError("request_id", wanted.request_id or "", need)
    if wanted.request_id is not None:
        return job_of_request(tx, wanted.request_id)
    if wanted.job_id is not None:
        return open_job(tx, wanted.job_id)
    segment_id = SegmentId(wanted.segment_id or 0)
    policy = context.app.city_state.policy_of(tx, storm)
    return job_on_street(tx, storm, context.app.network, policy, segment_id, context.now)


def _driven(tx: Tx, context: Context, plan: Plan) -> PlanCheck:
    """Return the progress of the plan that the draft would replace."""
    driven = context.app.estimates.check(tx, plan.storm_id, context.now)
    if driven is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    return driven


def _shown(tx: Tx, context: Context, kept: Offer, t: Translator) -> InsertionView:
    street = street_names(context.app.network, t)
    found = kept.insertion
    requests = delayed_requests(tx, found.delays, street)
    vehicle = machine_names(tx).get(found.vehicle_id, "")
    return insertion_view(kept.id, found, requests, vehicle, streets_left_out(tx, found), street, t)
