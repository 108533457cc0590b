"""The board's timeline and what its panels of trucks and streets say."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.planning.plans import vehicle_names
from api.processes.cached_response import packed_answer
from api.web.context import App, BoardContext, DispatcherContext
from api.web.schemas import Wire
from data.model import Plan, PlanId, Route, SegmentId, Shift, Storm, VehicleId
from data.store.accounts.accounts import get_user
from data.store.coverage.work_sums import find_last_work_of, sum_storms_of_street, sum_work_of
from data.store.database.engine import Tx, reading
from data.store.planning.plans import get_plan
from data.store.requests.requests import list_requests_on_segment
from data.store.setup.machines import get_vehicle
from data.store.shifts.shifts import list_shifts
from data.store.storms.storms import find_active_storm, list_storms
from fleet.accounts.accounts import PHONE_LETTERS, note_phone
from fleet.routes.plan_vs_actual import RouteCheck
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.shift_handover import present_turn
from maps.board.board_panels import StreetPanel, TruckPanel, street_desk, truck_desk
from maps.board.timeline import DoneView, TimelineView, done_view, timeline_view

ASKED = 20
"""Requests of a street that its panel tells, the newest."""

STORMS = 10
"""Storms back that a street's panel looks."""

router = APIRouter()


class DriverPhoneIn(Wire):
    """Whose number it is; an empty one is forgotten."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    phone: Annotated[str, Field(max_length=PHONE_LETTERS)]


class DriverPhoneOut(BaseModel):
    """A driver's number as it is kept."""

    login: str
    phone: str


@router.get("/api/plans/{plan_id}/timeline", response_model=TimelineView)
def show_timeline(request: Request, plan_id: PlanId, context: BoardContext) -> Response:
    """Return all legs of a plan as rows of bars."""
    return packed_answer(request, packed_timeline(context.app, plan_id))


def packed_timeline(app: App, plan_id: PlanId) -> bytes:
    """Return all legs of a plan as compressed JSON; those of the plan asked for last are kept."""
    with reading(app.engine) as tx:
        plan, names = _plan(tx, app, plan_id), vehicle_names(tx)
    return app.boards.timeline.packed(plan, lambda: timeline_view(plan, names))


@router.get("/api/board/done", response_model=DoneView)
def show_done(request: Request, context: BoardContext) -> Response:
    """Return what became of all legs of the driven plan."""
    checked, kept = context.app.watch.check, context.app.boards.done
    return packed_answer(request, kept.packed(checked, lambda: done_view(checked)))


@router.get("/api/board/trucks/{vehicle_id}")
def show_truck(vehicle_id: VehicleId, context: BoardContext) -> TruckPanel:
    """Return a truck's present and next legs, load, hours, evidence and driver."""
    app = context.app
    with context.reading() as tx:
        vehicle, storm = get_vehicle(tx, vehicle_id), find_active_storm(tx)
        shift = _shift_of(tx, storm, vehicle_id, context.now)
        driver = get_user(tx, shift.driver_id) if shift and shift.driver_id is not None else None
        worked = sum_work_of(tx, storm.id, vehicle_id) if storm else []
        last = find_last_work_of(tx, storm.id, vehicle_id) if storm else None
    return truck_desk(
        vehicle,
        shift,
        driver.login if driver else "",
        driver.phone if driver else "",
        _route_of(app.watch.check, shift),
        worked,
        last.segment_id if last else None,
        app.network,
    )


@router.get("/api/board/streets/{segment_id}")
def show_street_desk(segment_id: SegmentId, context: BoardContext) -> StreetPanel:
    """Return who comes to a street and when, who asked about it, and storms before."""
    app = context.app
    app.network.segment(segment_id)
    with context.reading() as tx:
        storms = list_storms(tx)[:STORMS]
        return street_desk(
            segment_id,
            app.watch.check,
            list_requests_on_segment(tx, segment_id, ASKED),
            storms,
            sum_storms_of_street(tx, segment_id, [storm.id for storm in storms]),
            vehicle_names(tx),
        )


@router.post("/api/drivers/phone")
def set_phone_of_driver(wanted: DriverPhoneIn, context: DispatcherContext) -> DriverPhoneOut:
    """Write down under which number a driver is called."""
    with context.writing() as tx:
        user = note_phone(tx, context.actor, wanted.login, wanted.phone, context.now)
    return DriverPhoneOut(login=user.login, phone=user.phone)


def _plan(tx: Tx, app: App, plan_id: PlanId) -> Plan:
    """Return a plan; the driven one is in memory, and unpacking takes long."""
    storm = find_active_storm(tx)
    driven = app.plans.driven(tx, storm.id) if storm else None
    return driven.plan if driven and driven.plan.id == plan_id else get_plan(tx, plan_id)


def _route_of(checked: PlanCheck | None, shift: Shift | None) -> tuple[Route, RouteCheck] | None:
    if checked is None or shift is None:
        return None
    pairs = zip(checked.plan.routes, checked.routes, strict=True)
    found = (pair for pair in pairs if pair[0].shift_id == shift.id and pair[0].legs)
    return next(found, None)


def _shift_of(tx: Tx, storm: Storm | None, vehicle_id: VehicleId, now: datetime) -> Shift | None:
    if storm is None:
        return None
    mine = (one for one in list_shifts(tx, storm.id) if one.vehicle_id == vehicle_id)
    return present_turn(mine, now)
