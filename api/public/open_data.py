"""The open data: what everybody may read of a storm, in forms that other programs know."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.cached_response import ANYBODYS, JSON, json_of, packed_answer_of, shared_answer
from api.public.open_answers import (
    BASE,
    OpenSubject,
    RouteSubject,
    open_answer,
    public_minute,
)
from api.public.open_arguments import NEWEST_NUMBER, WantedRoutes
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from data.errors import NotPublicError
from maps.public.maintenance_feed import MaintenanceDomain, RouteFeature, RoutePage, domains, tasks

GEOJSON = "application/geo+json"

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
    packed = app.boards.open_data.of(subject).packed(
        lambda: app.answers.made(subject, lambda: open_answer(app, subject)), public_minute(app)
    )
    return shared_answer(request, packed, ANYBODYS, media_type)
