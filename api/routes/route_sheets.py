"""Printed route sheets: of one truck, or of a whole plan in one PDF."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.planning.plans import may_see_route
from api.processes.pdf_process import large_sheets_pdf
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, RouteContext
from api.web.page_context import translator_of
from data.errors import NotFoundError
from data.languages import known_language
from data.model import PlanId, Route, SegmentId, ShiftId, StormId
from data.store.database.engine import Tx
from data.store.planning.plans import get_plan
from fleet.accounts.people import login_names
from fleet.setup.machine_list import all_sites, machines_in_use
from fleet.shifts.shift_handover import shifts_by_id
from fleet.storms.closures import impassable_streets
from fleet.storms.storm_lookup import known_storm
from maps.pages.i18n import Translator, translator
from maps.pages.pdf import sheets_pdf
from maps.routes.route_sheet import SheetRoute, sheets_data
from maps.routes.route_steps import Surroundings

router = APIRouter(route_class=CheckedRoute)

Spoken = Annotated[
    str | None,
    Query(description="the driver's language; where none is given the reader's"),
]


@router.get("/api/plans/{plan_id}/routes/{shift_id}/sheet.pdf")
def download_route_sheet(
    request: Request,
    plan_id: PlanId,
    shift_id: ShiftId,
    context: RouteContext,
    language: Spoken = None,
) -> Response:
    """Return the route sheet of one truck; drivers get their own only."""
    t = _spoken(request, language)
    with context.reading() as tx:
        may_see_route(tx, context, shift_id)
        sheets = _sheets(tx, context, plan_id, t, [shift_id])
    return _pdf(sheets_pdf(sheets), f"route-{plan_id}-{shift_id}-{t.language}.pdf")


@router.get("/api/plans/{plan_id}/sheets.pdf")
def download_route_sheets(
    request: Request, plan_id: PlanId, context: BoardContext, language: Spoken = None
) -> Response:
    """Return the route sheets of all trucks with work in a plan, as one PDF."""
    t = _spoken(request, language)
    with context.reading() as tx:
        sheets = _sheets(tx, context, plan_id, t)
    return _pdf(large_sheets_pdf(sheets), f"routes-{plan_id}-{t.language}.pdf")


def _spoken(request: Request, language: str | None) -> Translator:
    reader = translator_of(request)
    return reader if language is None else translator(known_language(language), reader.timezone)


def _sheets(
    tx: Tx,
    context: Context,
    plan_id: PlanId,
    t: Translator,
    shift_ids: Sequence[ShiftId] | None = None,
) -> dict[str, object]:
    plan = get_plan(tx, plan_id)
    storm = known_storm(tx, plan.storm_id)
    shifts = shifts_by_id(tx, storm.id)
    routes = [
        one for one in plan.routes if (one.legs if shift_ids is None else one.shift_id in shift_ids)
    ]
    if not routes:
        raise NotFoundError("route", shift_ids[0] if shift_ids else plan_id)
    drivers = login_names(tx)
    vehicles = {vehicle.id: vehicle for vehicle in machines_in_use(tx)}
    sites, network = all_sites(tx), context.app.network
    shut = _shut(tx, storm.id, context, t)

    def trip(route: Route) -> SheetRoute:
        vehicle, shift = vehicles[route.vehicle_id], shifts[route.shift_id]
        around = Surroundings(network, sites.reload_sites, sites.depot_name(vehicle))
        driver = drivers.get(shift.driver_id, "") if shift.driver_id is not None else ""
        return SheetRoute(route, vehicle, shift, driver, around, shut)

    trips = [trip(route) for route in routes]
    trips.sort(key=lambda one: one.vehicle.name)
    return sheets_data(storm, plan, trips, context.app.city.attribution, context.now, t)


def _shut(tx: Tx, storm_id: StormId, context: Context, t: Translator) -> dict[SegmentId, str]:
    """Return the blocked and closed streets, with reasons."""
    blocked, closed = impassable_streets(tx, storm_id, context.now)
    shut = {segment_id: t("blocked") for segment_id in blocked}
    for one in closed:
        shut[one.segment_id] = (
            t("closed: {reason}", reason=one.reason) if one.reason else t("closed")
        )
    return shut


def _pdf(content: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=disposition)
