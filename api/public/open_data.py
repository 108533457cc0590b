"""The open data: what everybody may read of a storm, in forms that other programs know."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.answer_process import AnswersBusyError
from api.processes.cached_response import (
    ANYBODYS,
    JSON,
    PackedAnswer,
    SharedAnswer,
    json_of,
    packed_answer_of,
    shared_answer,
)
from api.public.open_answers import (
    ClosuresForm,
    ClosuresSubject,
    OpenSubject,
    RouteSubject,
    SituationsSubject,
    open_answer,
)
from api.public.open_arguments import NEWEST_NUMBER, USUAL_PAGE, WantedRoutes
from api.public.open_storms import (
    BASE,
    STORMS,
    StormSubject,
    open_storms,
    public_minute,
    storm_revision,
)
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from api.web.page_context import page, translator_of, wants_page
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
from maps.public.open_index import XML, OpenIndex, delay_text, open_index
from maps.public.storm_table import FILE_TYPES, GEOJSON, OpenStorm, StormEnding

WAITING = BoundedSemaphore(2)
"""Places of requests whose answer is made first: drivers and boards need threads and child too."""

VARIES = "Accept, Accept-Language, Cookie, Accept-Encoding"
"""What the index goes by: who asks, in what language, wants it how."""


@dataclass(frozen=True, slots=True)
class OpenStorms:
    """A page of storms; a link leads to the next one."""

    licence: str
    storms: list[OpenStorm]
    links: list[PageLink]


router = APIRouter(prefix=BASE, route_class=CheckedRoute)


@router.get("", response_model=OpenIndex)
def get_index(request: Request) -> Response:
    """Return what open data there is: as JSON, and to a browser as a page."""
    app, t = open_app(request), translator_of(request)
    rules = app.city_state.now.policy.public
    index = open_index(app.city, rules, BASE, t)
    if wants_page(request):
        view = {"index": index, "delay": delay_text(rules, t), "error": ""}
        return page(request, "public/open.html", view, headers={"Vary": VARIES})
    answer = _licensed(request, packed_answer_of(json_of(index)))
    answer.headers["Vary"] = VARIES
    return answer


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
    return _licensed(request, packed_answer_of(json_of(tasks())))


@router.get("/maintenance/domains", response_model=list[MaintenanceDomain])
def get_domains(request: Request) -> Response:
    """Return the one domain that passes are of: the city."""
    app = open_app(request)
    content = json_of(domains(app.city.name, public_minute(app)))
    return _licensed(request, packed_answer_of(content))


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
    app = open_app(request)
    found, more = open_storms(app, after, limit)
    following = f"{STORMS}?limit={limit}&after={found[-1].id}" if more else ""
    links: list[PageLink] = [{"rel": "next", "href": following}] if more else []
    view = OpenStorms(app.city_state.now.policy.public.licence, found, links)
    return _licensed(request, packed_answer_of(json_of(view)))


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
    app.limits.enter(PublicAction.OPEN, address_of(request))
    return app


def _shared(request: Request, subject: OpenSubject, media_type: str = JSON) -> Response:
    """Return an answer that is made once a minute for all who ask the same.

    A file of a storm that is over is made once.
    """
    app = open_app(request)
    if isinstance(subject, StormSubject):
        shared = app.boards.open_files.of(subject)
        revision = storm_revision(app, subject.storm_id)
    else:
        shared = app.boards.open_data.of(subject)
        revision = public_minute(app)
    packed = shared.held(revision) or _made(app, shared, subject, revision)
    return _licensed(request, packed, media_type)


def _made(app: App, shared: SharedAnswer, subject: OpenSubject, revision: Hashable) -> PackedAnswer:
    """Return an answer that is made now; raise `AnswersBusyError` where others wait for theirs."""
    if not WAITING.acquire(blocking=False):
        raise AnswersBusyError
    try:
        return shared.packed(
            lambda: app.answers.made(subject, lambda: open_answer(app, subject), spare_server=True),
            revision,
        )
    finally:
        WAITING.release()


def _licensed(request: Request, packed: PackedAnswer, media_type: str = JSON) -> Response:
    """Return an answer that anybody keeps; its header leads to where the licence stands."""
    answer = shared_answer(request, packed, ANYBODYS, media_type)
    answer.headers["Link"] = f'<{BASE}>; rel="license"'
    return answer
