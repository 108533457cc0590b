"""The public map: its page and its streets, for everybody once an administrator turns it on."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.cached_response import ANYBODYS, json_of, shared_answer
from api.public.public_streets import PublicSubject, public_streets, require_public_map
from api.web.checked_route import CheckedRoute
from api.web.context import app_of
from api.web.page_context import page, public_boot, translator_of
from maps.public.street_map import PublicMap, script_texts

ANEW_S = 30.0
"""How long everybody is sent the same map."""

router = APIRouter(route_class=CheckedRoute)


@router.get("/map")
def public_map_page(request: Request) -> HTMLResponse:
    """Show the public map; where it is turned off, a page says so."""
    app, t = app_of(request), translator_of(request)
    require_public_map(app.city_state.now.policy)
    boot = public_boot(request, app.clock.now(), script_texts(t))
    return page(request, "public/map.html", {"boot": boot, "error": ""})


@router.get("/api/public/map", response_model=PublicMap)
def get_public_map(request: Request) -> Response:
    """Return every street as everybody may see it, late by the policy's delay."""
    app = app_of(request)
    require_public_map(app.city_state.now.policy)
    app.limits.enter(PublicAction.READ, address_of(request))
    shared = app.boards.reports.of(PublicSubject())
    packed = shared.packed(
        lambda: app.answers.made(PublicSubject(), lambda: json_of(public_streets(app))),
        app.clock.now().timestamp() // ANEW_S,
    )
    return shared_answer(request, packed, ANYBODYS)
