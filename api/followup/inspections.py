"""The inspections page: an installed page for whoever looks at places, with its phone's outbox."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from pydantic import AwareDatetime
from starlette.responses import HTMLResponse

from api.followup.waiting_requests import Note, announce_request, taken_photo
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import BoardContext
from api.web.idempotency import order_once
from api.web.installed_app import AppName, app_headers, installed
from api.web.page_context import boot_of, daylight_of, is_night, page
from api.web.request_body import FORM_BYTES
from api.web.schemas import Lat, Lon, TapIn
from data.files.photos import MOST_BYTES, remove_photo
from data.model import LonLat, RequestId, RequestState, SegmentId
from data.store.database.engine import Tx
from fleet.followup.inspections import inspect, places_to_inspect
from fleet.followup.waiting_requests import OnSiteReport
from fleet.requests.request_lookup import known_request
from maps.followup.inspections import InspectionView, inspection_view

router = APIRouter(route_class=CheckedRoute)

Key = Annotated[str, Form(min_length=8, max_length=100)]


@dataclass(frozen=True, slots=True)
class InspectedOut:
    """How a request stands after its place was looked at."""

    id: int
    state: RequestState


@router.get("/inspect")
def inspections_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show the page that phones install."""
    app = context.app
    told = installed(app, AppName.INSPECT, context.language)
    boot = boot_of(request, context) | {
        "app": told,
        "daylight": daylight_of(app, context.now),
    }
    view = {"boot": boot, "app": told, "night": is_night(app, context.now)}
    headers = app_headers(told, boot["texts_address"])
    return page(request, "followup/inspect.html", view, headers=headers)


@router.get("/api/inspections")
def list_inspections(context: BoardContext) -> list[InspectionView]:
    """Return the places to inspect, the most urgent first."""
    login = context.user.login
    with context.reading() as tx:
        places = places_to_inspect(context.city(tx), login)
    return [inspection_view(one, login) for one in places]


@router.post(
    "/api/requests/{request_id}/inspections", dependencies=[takes_up_to(MOST_BYTES + FORM_BYTES)]
)
def create_inspection(
    request_id: RequestId,
    context: BoardContext,
    key: Key,
    clear: Annotated[bool, Form()],
    photo: Annotated[UploadFile, File()],
    text: Note = "",
    lon: Annotated[Lon | None, Form()] = None,
    lat: Annotated[Lat | None, Form()] = None,
    tapped_at: Annotated[AwareDatetime | None, Form()] = None,
) -> InspectedOut:
    """Store what was seen at a place, once for each key: phones repeat what was not answered.

    In order closes a request that waits; not in order reopens one that was said to be done.
    """
    place = None if lon is None or lat is None else LonLat(lon, lat)

    name, made = taken_photo(context, photo), list[str]()

    def order(tx: Tx) -> InspectedOut:
        made.append(name)
        spot = OnSiteReport(clear, name, place, text, tapped_at)
        inspect(context.city(tx), context.actor, request_id, spot)
        return InspectedOut(request_id, known_request(tx, request_id).state)

    try:
        with context.writing() as tx:
            answer = order_once(tx, context, TapIn(key=f"inspection:{key}"), order)
    finally:
        if not made:
            remove_photo(context.app.folder, name)
    segment_id = announce_request(context, request_id)
    if segment_id is not None:
        context.app.consumer.announce_streets([SegmentId(segment_id)])
    return answer
