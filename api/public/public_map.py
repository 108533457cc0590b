"""The public map: its page and its streets, for everybody once an administrator turns it on."""

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.cached_response import ANYBODYS, MadeElsewhere, Make, json_of, shared_answer
from api.public.public_streets import PublicSubject, public_streets, require_public_map
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from api.web.page_context import page, public_boot, translator_of
from maps.public.street_map import PublicMap, script_texts

router = APIRouter(route_class=CheckedRoute)


@router.get("/map")
def public_map_page(request: Request) -> HTMLResponse:
    """Show the public map; where it is turned off, a page says so."""
    app, t = app_of(request), translator_of(request)
    require_public_map(app.city_state.now.policy)
    boot = public_boot(request, app.clock.now(), script_texts(t))
    return page(request, "public/map.html", {"boot": boot, "error": ""})


@router.get("/api/public/map", response_model=PublicMap)
async def get_public_map(request: Request) -> Response:
    """Return every street as everybody may see it, late by the policy's delay.

    It is sent without a thread, and counts against no limit; for who does not read gzip it is
    unpacked.
    """
    app = app_of(request)
    require_public_map(app.city_state.now.policy)
    packed = await app.boards.public_map.packed(*wanted(app))
    if "gzip" in request.headers.get("accept-encoding", ""):
        return shared_answer(request, packed, ANYBODYS)
    app.limits.enter(PublicAction.READ, address_of(request))
    return await run_in_threadpool(shared_answer, request, packed, ANYBODYS)


def prepare_public_map(app: App) -> None:
    """Make the map before anybody asks, where it is shown."""
    if app.city_state.now.policy.public.map:
        app.boards.public_map.prepare(*wanted(app))


def wanted(app: App) -> tuple[Make, int, datetime]:
    """Return what makes the map, of which state of the city it is, and of when."""

    def make() -> bytes | MadeElsewhere:
        return app.answers.made(PublicSubject(), lambda: json_of(public_streets(app)))

    return make, app.city.revision, app.clock.now()
