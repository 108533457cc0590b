"""The open data: what everybody may read of a storm, in forms that other programs know."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.cached_response import ANYBODYS, JSON, json_of, packed_answer_of, shared_answer
from api.public.open_answers import (
    ClosuresForm,
    ClosuresSubject,
    OpenSubject,
    RouteSubject,
    SituationsSubject,
    open_answer,
)
from api.public.open_arguments import NEWEST_NUMBER, USUAL_PAGE, WantedRoutes
from api.public.open_storms import BASE, STORMS, StormSubject, open_storms, public_minute
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from data.errors import NotPublicError
from data.model import StormId
from maps.public.maintenance_feed import (
    MaintenanceDomain,
    PageLink,
    RouteFeature,
    RoutePage,
    domains,
    tasks,
)
from maps.public.storm_table import OpenStorm

GEOJSON = "application/geo+json"
XML = "application/xml"


class StormEnding(StrEnum):
    """The ending of a storm's file."""

    CSV = "csv"
    GEOJSON = "geojson"
    GPKG = "gpkg"


FILE_TYPES = {
    StormEnding.CSV: "text/csv; charset=utf-8",
    StormEnding.GEOJSON: GEOJSON,
    StormEnding.GPKG: "application/geopackage+sqlite3",
}


@dataclass(frozen=True, slots=True)
class OpenStorms:
    """A page of storms; a link leads to the next one."""

    storms: list[OpenStorm]
    links: list[PageLink]


router = APIRouter(prefix=BASE, route_class=CheckedRoute)


@router.get("/maintenance/routes", response_model=RoutePage)
def get_routes(request: Request, wanted: WantedRoutes) -> Response:
    """Return the work on streets that ended in a time, a feature a pass, oldest first."""
    return _shared(request, wanted, GEOJSON)


@router.get("/maintenance/routes/latest", response_model=RoutePage)
def get_latest_routes(request: Request, wanted: WantedRoutes) -> Response:
    """Return the last work on each direction of the streets that were worked on in a time."""
    return _shared(request, replace(wanted, latest=True), GEOJSON)


@router.get("/maintenance/routes/{number}", response_model=RouteFeature)
def get_route(request: Request, number: Annotated[int, Path(ge=0, le=NEWEST_NUMBER)]) -> Response:
    """Return one pass."""
    return _shared(request, RouteSubject(number), GEOJSON)


@router.get("/maintenance/tasks", response_model=list[dict[str, str]])
def get_tasks(request: Request) -> Response:
    """Return the tasks that passes can have."""
    open_app(request)
    return shared_answer(request, packed_answer_of(json_of(tasks())), ANYBODYS)


@router.get("/maintenance/domains", response_model=list[MaintenanceDomain])
def get_domains(request: Request) -> Response:
    """Return the one domain that passes are of: the city."""
    app = open_app(request)
    content = json_of(domains(app.city.name, public_minute(app)))
    return shared_answer(request, packed_answer_of(content), ANYBODYS)


@router.get("/closures/cifs.json", response_model=dict[str, list[dict[str, dict[str, str]]]])
def get_closures_json(request: Request) -> Response:
    """Return the closed streets in CIFS, as JSON."""
    return _shared(request, ClosuresSubject(ClosuresForm.JSON))


@router.get("/closures/cifs.xml", response_class=Response)
def get_closures_xml(request: Request) -> Response:
    """Return the closed streets in CIFS, as XML."""
    return _shared(request, ClosuresSubject(ClosuresForm.XML), XML)


@router.get("/datex2/situations.xml", response_class=Response)
def get_situations(request: Request) -> Response:
    """Return streets worked on and closed streets in DATEX II v3."""
    return _shared(request, SituationsSubject(), XML)


@router.get("/storms", response_model=OpenStorms)
def get_storms(
    request: Request,
    after: Annotated[int, Query(ge=0, le=NEWEST_NUMBER)] = 0,
    limit: Annotated[int, Query(ge=1, le=USUAL_PAGE)] = USUAL_PAGE,
) -> Response:
    """Return the storms, the first one first, with the addresses of their files."""
    found, more = open_storms(open_app(request), after, limit)
    following = f"{STORMS}?limit={limit}&after={found[-1].id}" if more else ""
    view = OpenStorms(found, [{"rel": "next", "href": following}] if more else [])
    return shared_answer(request, packed_answer_of(json_of(view)), ANYBODYS)


@router.get("/storms/{storm_id}/streets.{ending}", response_class=Response)
def get_storm_file(request: Request, storm_id: StormId, ending: StormEnding) -> Response:
    """Return every street of a storm as a file, as it was at the end or is known by now."""
    return _shared(request, StormSubject(storm_id, ending.value), FILE_TYPES[ending])


def open_app(request: Request) -> App:
    """Return the city's server; raise `NotPublicError` where it has no open data.

    Raises `TooManyError` for an address that reads too much.
    """
    app = app_of(request)
    if not app.city_state.now.policy.public.open_data:
        raise NotPublicError
    app.limits.enter(PublicAction.READ, address_of(request))
    return app


def _shared(request: Request, subject: OpenSubject, media_type: str = JSON) -> Response:
    """Return an answer that is made once a minute for all who ask the same."""
    app = open_app(request)
    kept = app.boards.open_files if isinstance(subject, StormSubject) else app.boards.open_data
    packed = kept.of(subject).packed(
        lambda: app.answers.made(subject, lambda: open_answer(app, subject)), public_minute(app)
    )
    return shared_answer(request, packed, ANYBODYS, media_type)
