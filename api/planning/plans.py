"""Plans: queue a run, follow and stop it, view the plan and publish it."""

from fastapi import APIRouter, Request

from api.processes.ingest.run_views import shown_run
from api.web.checked_route import CheckedRoute
from api.web.context import App, BoardContext, Context, DispatcherContext, RouteContext
from api.web.page_context import translator_of
from api.web.schemas import PlanIn, PublishIn
from data.errors import ForbiddenError, NotFoundError
from data.model import PLAN_KINDS, Plan, PlanId, PlanRunId, Role, ShiftId, Storm
from data.store.database.engine import Tx
from data.store.planning.plan_runs import get_run, list_recent_runs
from data.store.planning.plans import find_route, get_plan
from fleet.audit.last_change import PLANS
from fleet.learning.plan_pace import odds_of_ends
from fleet.planning.plan_lifecycle import ask_for_plan, publish, request_stop
from fleet.planning.plan_options import plan_scope_choices
from fleet.replanning.publication_undo import take_back_publication
from fleet.setup.machine_list import machine_names
from fleet.shifts.shift_handover import known_shift
from fleet.storms.storm_lookup import active_storm, known_storm, wanted_storm
from maps.board.board import PlanView, RunView, plan_view, storm_view
from maps.pages.geojson import Collection, plan_geojson, route_geojson
from maps.planning.plan_choices import PlanChoices, plan_choices

router = APIRouter(route_class=CheckedRoute)


@router.post("/api/plans", status_code=202)
def create_plan_run(wanted: PlanIn, context: DispatcherContext) -> RunView:
    """Queue a plan run for the active storm."""
    with context.writing() as tx:
        storm = active_storm(tx)
        run = ask_for_plan(
            tx,
            context.actor,
            storm.id,
            wanted.seconds,
            context.now,
            wanted.options(),
            context.app.clock.pace,
        )
        view = shown_run(tx, run)
    context.app.hub.publish("runs", [view])
    return view


@router.get("/api/plan-choices")
def get_plan_choices(request: Request, context: BoardContext) -> PlanChoices:
    """Return the classes, districts and machines to which a plan can be limited."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        choices = plan_scope_choices(tx, storm, context.now)
    return plan_choices(*choices, context.app.network, translator_of(request))


@router.get("/api/plan-runs/{run_id}")
def get_plan_run(run_id: PlanRunId, context: BoardContext) -> RunView:
    """Return the progress of a plan run."""
    with context.reading() as tx:
        return shown_run(tx, get_run(tx, run_id))


@router.post("/api/plan-runs/{run_id}/stop")
def stop_plan_run(run_id: PlanRunId, context: DispatcherContext) -> RunView:
    """Stop a plan run; it keeps the best plan so far."""
    with context.writing() as tx:
        request_stop(tx, context.actor, run_id, context.now)
        run = get_run(tx, run_id)
        view = shown_run(tx, run)
    if run.kind in PLAN_KINDS:  # boards show no others
        context.app.hub.publish("runs", [view])
    return view


@router.get("/api/plans/{plan_id}")
def get_plan_view(plan_id: PlanId, context: BoardContext) -> PlanView:
    """Return a plan's totals."""
    with context.reading() as tx:
        return shown_plan(tx, get_plan(tx, plan_id))


@router.post("/api/plans/{plan_id}/publish")
def publish_plan(
    plan_id: PlanId, context: DispatcherContext, wanted: PublishIn | None = None
) -> PlanView:
    """Publish a draft as the plan to drive; boards are notified.

    A draft that says nothing of open jobs that trucks have ahead is refused, unless `dropping`.
    """
    dropping = wanted is not None and wanted.dropping
    with context.changing(PLANS) as tx:
        args = (plan_id, context.app.estimates, context.now)
        plan = publish(tx, context.actor, *args, dropping=dropping)
        view, storm = shown_plan(tx, plan), known_storm(tx, plan.storm_id)
    context.app.hub.publish("storm", [storm_view(storm)])
    return view


@router.post("/api/plans/{plan_id}/take-back")
def take_plan_back(plan_id: PlanId, context: DispatcherContext) -> PlanView:
    """Take back a publication within a minute; the plan before is driven again.

    Refused once a driver has accepted a route of it or has begun.
    """
    app = context.app
    with context.writing() as tx:
        args = (plan_id, app.estimates, context.now, app.clock.speed)
        plan = take_back_publication(tx, context.actor, *args)
        view, storm = shown_plan(tx, plan), known_storm(tx, plan.storm_id)
    app.hub.publish("storm", [storm_view(storm)])
    return view


@router.get("/api/plans/{plan_id}/geojson")
def get_plan_geojson(plan_id: PlanId, context: BoardContext) -> Collection:
    """Return every leg of a plan as GeoJSON."""
    with context.reading() as tx:
        return plan_geojson(get_plan(tx, plan_id), context.app.network)


@router.get("/api/plans/{plan_id}/routes/{shift_id}")
def get_route(plan_id: PlanId, shift_id: ShiftId, context: RouteContext) -> Collection:
    """Return the legs of one shift as GeoJSON; drivers get their own only."""
    with context.reading() as tx:
        may_see_route(tx, context, shift_id)
        route = find_route(tx, plan_id, shift_id)
    if route is None:
        raise NotFoundError("route", shift_id)
    return route_geojson(route, context.app.network)


def may_see_route(tx: Tx, context: Context, shift_id: ShiftId) -> None:
    """Raise `ForbiddenError` where a driver requests another driver's route."""
    only_drives = set(context.user.roles) == {Role.DRIVER}
    if only_drives and known_shift(tx, shift_id).driver_id != context.user.id:
        raise ForbiddenError("this is the shift of somebody else")


def shown_plan(tx: Tx, plan: Plan) -> PlanView:
    """Return the totals of a plan, with how sure its ends are."""
    return plan_view(plan, machine_names(tx), odds_of_ends(tx, plan.storm_id))


def shown_runs(tx: Tx, storm: Storm | None, most: int) -> list[RunView]:
    """Return the progress of a storm's newest plan runs, and of all whose draft waits."""
    runs = list_recent_runs(tx, storm.id, most) if storm else []
    return [shown_run(tx, run) for run in runs]


def kept_plan(tx: Tx, app: App, plan_id: PlanId) -> Plan:
    """Return a plan; the driven one is cached, since unpacking takes long."""
    storm = wanted_storm(tx)
    driven = app.plans.driven(tx, storm.id) if storm else None
    return driven.plan if driven and driven.plan.id == plan_id else get_plan(tx, plan_id)
