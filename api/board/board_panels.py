"""The board's timeline, and its panels of one truck and one street."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.planning.plans import kept_plan
from api.processes.cached_response import packed_answer
from api.web.checked_route import CheckedRoute
from api.web.context import App, BoardContext, DispatcherContext
from api.web.schemas import Wire
from data.model import PlanId, Route, SegmentId, Shift, VehicleId
from data.store.database.engine import reading
from fleet.accounts.accounts import PHONE_LETTERS, note_phone
from fleet.accounts.people import known_person
from fleet.evidence.storm_evidence import machine_work, storms_of_street
from fleet.logbook.breadcrumbs import TrackSpan, breadcrumbs, track_since
from fleet.requests.request_lookup import requests_of_street
from fleet.routes.plan_vs_actual import RouteCheck
from fleet.routes.route_progress import PlanCheck
from fleet.setup.machine_list import known_machine, machine_names
from fleet.shifts.shift_handover import find_current_shift_of_machine
from fleet.storms.storm_lookup import listed_storms, wanted_storm
from maps.board.board_panels import StreetPanel, TruckPanel, street_desk, truck_panel
from maps.board.timeline import DoneView, TimelineView, done_view, timeline_view
from maps.board.truck_track import TruckTrackView, track_view

ASKED = 20
"""Requests shown in a street's panel, the newest."""

STORMS = 10
"""Earlier storms shown in a street's panel."""

router = APIRouter(route_class=CheckedRoute)


class DriverPhoneIn(Wire):
    """A driver's phone number; an empty one deletes it."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    phone: Annotated[str, Field(max_length=PHONE_LETTERS)]


class DriverPhoneOut(BaseModel):
    """A driver's phone number as stored."""

    login: str
    phone: str


@router.get("/api/plans/{plan_id}/timeline", response_model=TimelineView)
def get_timeline(request: Request, plan_id: PlanId, context: BoardContext) -> Response:
    """Return all legs of a plan as rows of the timeline."""
    return packed_answer(request, packed_timeline(context.app, plan_id))


def packed_timeline(app: App, plan_id: PlanId) -> bytes:
    """Return a plan's timeline as compressed JSON; the plan requested last is cached."""
    with reading(app.engine) as tx:
        plan, names = kept_plan(tx, app, plan_id), machine_names(tx)
    return app.boards.timeline.packed(plan, lambda: timeline_view(plan, names, app.network))


@router.get("/api/board/done", response_model=DoneView)
def get_done_work(request: Request, context: BoardContext) -> Response:
    """Return the state of all legs of the driven plan."""
    watch, kept = context.app.alert_task, context.app.boards.done
    checked, ends = watch.check, watch.ends
    return packed_answer(request, kept.packed(checked, lambda: done_view(checked, ends)))


@router.get("/api/board/trucks/{vehicle_id}")
def get_truck_panel(vehicle_id: VehicleId, context: BoardContext) -> TruckPanel:
    """Return a truck's present and next legs, load, hours, evidence and driver."""
    app = context.app
    with context.reading() as tx:
        vehicle, storm = known_machine(tx, vehicle_id), wanted_storm(tx)
        shift = find_current_shift_of_machine(tx, storm, vehicle_id, context.now)
        driver = (
            known_person(tx, shift.driver_id) if shift and shift.driver_id is not None else None
        )
        worked = machine_work(tx, storm, vehicle_id)
    return truck_panel(
        vehicle,
        shift,
        driver,
        _route_of(app.alert_task.check, shift),
        worked.totals,
        worked.last.segment_id if worked.last else None,
        app.network,
    )


@router.get("/api/board/trucks/{vehicle_id}/track")
def get_truck_track(
    vehicle_id: VehicleId, context: BoardContext, span: TrackSpan = TrackSpan.HOUR
) -> TruckTrackView:
    """Return where a truck was in the last hours or its shift, with speed, blade and spreader."""
    now = context.now
    with context.reading() as tx:
        known_machine(tx, vehicle_id)
        shift = find_current_shift_of_machine(tx, wanted_storm(tx), vehicle_id, now)
        since = track_since(span, shift, now)
        return track_view(since, now, breadcrumbs(tx, vehicle_id, since, now))


@router.get("/api/board/streets/{segment_id}")
def get_street_panel(segment_id: SegmentId, context: BoardContext) -> StreetPanel:
    """Return a street's planned arrivals, its requests and earlier storms."""
    app = context.app
    app.network.segment(segment_id)
    with context.reading() as tx:
        present = wanted_storm(tx)
        storms = [one for one in listed_storms(tx) if one != present][:STORMS]
        return street_desk(
            segment_id,
            app.alert_task.check,
            requests_of_street(tx, segment_id, ASKED),
            storms,
            storms_of_street(tx, segment_id, storms),
            machine_names(tx),
        )


@router.post("/api/drivers/phone")
def update_driver_phone(wanted: DriverPhoneIn, context: DispatcherContext) -> DriverPhoneOut:
    """Store a driver's phone number."""
    with context.writing() as tx:
        user = note_phone(tx, context.actor, wanted.login, wanted.phone, context.now)
    return DriverPhoneOut(login=user.login, phone=user.phone)


def _route_of(checked: PlanCheck | None, shift: Shift | None) -> tuple[Route, RouteCheck] | None:
    if checked is None or shift is None:
        return None
    pairs = zip(checked.plan.routes, checked.routes, strict=True)
    found = (pair for pair in pairs if pair[0].shift_id == shift.id and pair[0].legs)
    return next(found, None)
