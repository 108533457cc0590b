"""Planned against driven routes: live for the board, and as CSV by plan revision."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, WallContext
from api.web.download import CSV, attachment
from api.web.page_context import boot_of, page, translator_of
from data.errors import NotFoundError
from data.model import Plan, PlanId, PlanState, Route, ShiftId, Storm, VehicleId
from data.store.database.engine import Tx
from data.store.planning.plans import PlanHead, list_plan_heads
from fleet.alerts.alert_register import time_off_route
from fleet.learning.plan_pace import odds_of_ends
from fleet.routes.off_route import detours_of
from fleet.routes.plan_vs_actual import LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck, check_plan
from fleet.setup.machine_list import machine_names
from fleet.shifts.shift_handover import known_shift
from fleet.storms.storm_lookup import shown_storm
from maps.routes.check_map import CheckMap, check_map
from maps.routes.check_runs import run_rows
from maps.routes.check_trucks import truck_choices, truck_rows
from maps.routes.end_window import EndsAhead
from maps.routes.plan_vs_actual import (
    CheckView,
    TruckStateView,
    check_csv,
    check_views,
    detour_rows,
    leg_choices,
    truck_state_views,
)

router = APIRouter(route_class=CheckedRoute)

Wanted = Annotated[PlanId | None, Query(description="which plan; where none is given the newest")]

Truck = Annotated[ShiftId | None, Query(description="which shift; all where none is given")]

Only = Annotated[LegState | None, Query(description="which legs; all where none is given")]


@dataclass(frozen=True, slots=True)
class _Found:
    """A storm's plans, the selected one as driven, and the end of its validity."""

    storm: Storm | None
    heads: list[PlanHead]
    check: PlanCheck | None
    until: datetime


@router.get("/api/route-checks")
def list_route_checks(context: WallContext) -> list[CheckView]:
    """Return the state of every route of the driven plan."""
    watch = context.app.alert_task
    return [] if watch.check is None else check_views(watch.check, watch.trucks, watch.ends)


@router.get("/api/truck-states")
def list_truck_states(context: WallContext) -> list[TruckStateView]:
    """Return what each truck does now, by evidence, and which of its shifts is current."""
    return truck_state_views(context.app.alert_task.trucks)


@router.get("/api/route-checks/{shift_id}")
def get_route_check(shift_id: ShiftId, context: BoardContext) -> list[LegState]:
    """Return the state of each leg of a shift's driven route, in driving order.

    A shift without a route in the driven plan has no legs.
    """
    checked = context.app.alert_task.check
    for one in checked.routes if checked else ():
        if one.shift_id == shift_id:
            return [leg.state for leg in one.legs]
    with context.reading() as tx:
        known_shift(tx, shift_id)
    return []


@router.get("/routes")
def routes_page(request: Request, context: BoardContext, plan: Wanted = None) -> HTMLResponse:
    """Show planned against driven for the trucks of a plan."""
    t = translator_of(request)
    with context.reading() as tx:
        found = _found(tx, context, plan)
        vehicles, off = machine_names(tx), _off_route(tx, found)
        odds = odds_of_ends(tx, found.storm.id) if found.storm and found.check else None
    ends = EndsAhead(odds, context.now)
    rows = truck_rows(found.check, vehicles, off, ends, t) if found.check else ()
    shown = {
        "found": found,
        "rows": rows,
        "odds": odds,
        "choices": truck_choices(rows, t),
        "boot": boot_of(request, context),
    }
    return page(request, "routes/routes.html", shown)


@router.get("/routes/{shift_id}")
def route_page(
    request: Request,
    shift_id: ShiftId,
    context: BoardContext,
    plan: Wanted = None,
    only: Only = None,
) -> HTMLResponse:
    """Show the runs of a truck's route, their legs and the state of each."""
    t, network = translator_of(request), context.app.network
    with context.reading() as tx:
        found = _found(tx, context, plan)
        driven, route, check = _route_of(found.check, shift_id)
        vehicles = machine_names(tx)
        detours = detours_of(tx, route, network, driven.driven_from, found.until)
    shown = {
        "found": found,
        "truck": vehicles.get(route.vehicle_id, ""),
        "shift_id": shift_id,
        "choices": leg_choices(driven, route, check, t),
        "only": only,
        "runs": run_rows(route, check, network, vehicles, t, only),
        "detours": detour_rows(detours, network, t),
        "boot": boot_of(request, context),
    }
    return page(request, "routes/route.html", shown)


@router.get("/api/plans/{plan_id}/check-map")
def get_check_map(
    request: Request, plan_id: PlanId, context: BoardContext, shift_id: Truck = None
) -> CheckMap:
    """Return the runs of a plan by what became of them, as lines, and where trucks left them.

    Of one shift where it is given, else of all; then positions are read only of trucks that an
    alert says were off their route.
    """
    network = context.app.network
    with context.reading() as tx:
        found = _found(tx, context, plan_id)
        if found.check is None:
            raise NotFoundError("plan", plan_id)
        checked = found.check if shift_id is None else _only(found.check, shift_id)
        off = _off_route(tx, found)
        detours = {
            route.shift_id: detours_of(tx, route, network, checked.plan.driven_from, found.until)
            for route in checked.plan.routes
            if shift_id is not None or route.vehicle_id in off
        }
    return check_map(checked, detours, network, translator_of(request))


@router.get("/routes.csv")
def download_legs(request: Request, context: BoardContext, plan: Wanted = None) -> Response:
    """Return every leg of a plan and its state as CSV."""
    with context.reading() as tx:
        found, vehicles = _found(tx, context, plan), machine_names(tx)
    if found.check is None:
        raise NotFoundError("plan", plan or 0)
    text = check_csv(found.check, context.app.network, vehicles, translator_of(request))
    name = f"routes-plan-{found.check.plan.revision}.csv"
    return attachment(text, CSV, name)


def _found(tx: Tx, context: Context, plan_id: PlanId | None) -> _Found:
    """Return the selected plan; a superseded one is valid until the next was made."""
    app = context.app
    storm = shown_storm(tx)
    heads = list_plan_heads(tx, storm.id) if storm else []
    if plan_id is None:
        head = next((one for one in heads if one.state is PlanState.PUBLISHED), None)
        head = head or next(iter(heads), None)
    else:
        head = next((one for one in heads if one.id == plan_id), None)
        if head is None:
            raise NotFoundError("plan", plan_id)
    until = (storm.ended_at if storm else None) or context.now
    if head is None:
        return _Found(storm, heads, None, until)
    later = [one.made_at for one in heads if one.revision > head.revision]
    until = min([until, *later])
    live = app.alert_task.check
    published = head.state is PlanState.PUBLISHED
    driven = published and live is not None and live.plan.id == head.id
    check = live if driven else check_plan(tx, head.id, app.network, app.policy, until)
    return _Found(storm, heads, check, until)


def _only(checked: PlanCheck, shift_id: ShiftId) -> PlanCheck:
    """Return the check of one shift's route alone."""
    plan, route, check = _route_of(checked, shift_id)
    return PlanCheck(replace(plan, routes=(route,)), (check,))


def _route_of(checked: PlanCheck | None, shift_id: ShiftId) -> tuple[Plan, Route, RouteCheck]:
    if checked is not None:
        for route, check in zip(checked.plan.routes, checked.routes, strict=True):
            if route.shift_id == shift_id:
                return checked.plan, route, check
    raise NotFoundError("route", shift_id)


def _off_route(tx: Tx, found: _Found) -> dict[VehicleId, timedelta]:
    """Return each truck's time off its route by its alerts, while the plan was valid."""
    if found.storm is None or found.check is None:
        return {}
    return time_off_route(tx, found.storm.id, found.check.plan.since, found.until)
