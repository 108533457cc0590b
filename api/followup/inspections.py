"""The inspections page: an installed page for whoever looks at places, with its phone's outbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from pydantic import AwareDatetime
from starlette.responses import HTMLResponse

from api.followup.waiting_requests import Note, announce_request, taken_photo
from api.processes.stored_tiles import stored_tiles
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import BoardContext, Context
from api.web.idempotency import order_once
from api.web.installed_app import AppName, app_headers, installed
from api.web.page_context import boot_of, daylight_of, is_night, page
from api.web.request_body import FORM_BYTES
from api.web.schemas import Lat, Lon, TapIn
from data.files.photos import MOST_BYTES, remove_photo
from data.model import LonLat, RequestId, RequestState, SegmentId
from data.model.requests.followup import InspectionFault
from data.store.database.engine import Tx
from fleet.followup.inspections import inspect, places_to_inspect
from fleet.followup.street_inspections import doubtful_streets, inspect_street
from fleet.followup.waiting_requests import OnSiteReport
from fleet.requests.request_lookup import known_request
from maps.followup.inspections import (
    InspectionView,
    StreetInspectionView,
    inspection_view,
    street_inspection_view,
)
from maps.pages.stored_map import StoredTiles, box_around

router = APIRouter(route_class=CheckedRoute)

Key = Annotated[str, Form(min_length=8, max_length=100)]

Faults = Annotated[list[InspectionFault], Form(default_factory=list, max_length=10)]


def spot_of(
    clear: Annotated[bool, Form()],
    faults: Faults,
    text: Note = "",
    lon: Annotated[Lon | None, Form()] = None,
    lat: Annotated[Lat | None, Form()] = None,
    tapped_at: Annotated[AwareDatetime | None, Form()] = None,
) -> OnSiteReport:
    """Return what a phone's form says was seen; its photo comes beside it."""
    place = None if lon is None or lat is None else LonLat(lon, lat)
    return OnSiteReport(clear, "", place, text, tapped_at, tuple(faults))


Spot = Annotated[OnSiteReport, Depends(spot_of)]


@dataclass(frozen=True, slots=True)
class InspectedOut:
    """How a request stands after its place was looked at."""

    id: int
    state: RequestState


@dataclass(frozen=True, slots=True)
class InspectedStreetOut:
    """A street that was looked at."""

    segment_id: SegmentId


@dataclass(frozen=True, slots=True)
class StoredPlaces:
    """The map around the places to inspect, by layers."""

    tiles: Mapping[str, StoredTiles]


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


@router.get("/api/inspections/streets")
def list_street_inspections(context: BoardContext) -> list[StreetInspectionView]:
    """Return streets that only their drivers said were served, the most doubtful first."""
    with context.reading() as tx:
        city = context.city(tx)
        beside = places_to_inspect(city, context.user.login)
        streets = doubtful_streets(city, beside)
        return [street_inspection_view(one, city.network) for one in streets]


@router.get("/api/inspections/stored")
def get_stored_places(context: BoardContext) -> StoredPlaces:
    """Return the map around the places to inspect, for the phone to keep."""
    with context.reading() as tx:
        city = context.city(tx)
        asked = places_to_inspect(city, context.user.login)
        streets = doubtful_streets(city, asked)
        lines = [city.network.segment(one.segment_id).geometry for one in streets]
    places = [[place] for one in asked if (place := one.followed.request.location) is not None]
    boxes = [box_around(line) for line in (*places, *lines)]
    return StoredPlaces(stored_tiles(context.app.folder, boxes))


@router.post(
    "/api/requests/{request_id}/inspections", dependencies=[takes_up_to(MOST_BYTES + FORM_BYTES)]
)
def create_inspection(
    request_id: RequestId,
    context: BoardContext,
    key: Key,
    photo: Annotated[UploadFile, File()],
    spot: Spot,
) -> InspectedOut:
    """Store what was seen at a place, once for each key: phones repeat what was not answered.

    In order closes a request that waits; not in order reopens one that was said to be done.
    """

    def order(tx: Tx, seen: OnSiteReport) -> InspectedOut:
        inspect(context.city(tx), context.actor, request_id, seen)
        return InspectedOut(request_id, known_request(tx, request_id).state)

    answer = _once(context, key, photo, spot, order)
    segment_id = announce_request(context, request_id)
    if segment_id is not None:
        context.app.consumer.announce_streets([SegmentId(segment_id)])
    return answer


@router.post(
    "/api/segments/{segment_id}/inspections", dependencies=[takes_up_to(MOST_BYTES + FORM_BYTES)]
)
def create_street_inspection(
    segment_id: SegmentId,
    context: BoardContext,
    key: Key,
    photo: Annotated[UploadFile, File()],
    spot: Spot,
) -> InspectedStreetOut:
    """Store what was seen on a street that only its driver said was served, once for each key."""
    changed = list[RequestId]()

    def order(tx: Tx, seen: OnSiteReport) -> InspectedStreetOut:
        proof = inspect_street(context.city(tx), context.actor, segment_id, seen)
        changed.extend(proof.requests)
        return InspectedStreetOut(segment_id)

    answer = _once(context, key, photo, spot, order)
    for request_id in changed:
        announce_request(context, request_id)
    context.app.consumer.announce_streets([segment_id])
    return answer


def _once[R](
    context: Context,
    key: str,
    photo: UploadFile,
    spot: OnSiteReport,
    order: Callable[[Tx, OnSiteReport], R],
) -> R:
    """Carry out an inspection with its photo, unless its key came before; then no photo is kept."""
    name, made = taken_photo(context, photo), list[str]()

    def with_photo(tx: Tx) -> R:
        made.append(name)
        return order(tx, replace(spot, photo=name))

    try:
        with context.writing() as tx:
            return order_once(tx, context, TapIn(key=f"inspection:{key}"), with_photo)
    finally:
        if not made:
            remove_photo(context.app.folder, name)
