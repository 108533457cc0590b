"""The public map: its page and its streets, for everybody once an administrator turns it on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.cached_response import ANYBODYS, PackedAnswer, json_of, shared_answer
from api.public.public_streets import PublicSubject, public_streets, require_public_map
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from api.web.page_context import page, public_boot, translator_of
from maps.public.street_map import PublicMap, script_texts

ANEW_S = 30.0
"""How long everybody is sent the same map."""

MAKER = ThreadPoolExecutor(1, thread_name_prefix="barfrub-public-map")
"""The thread that makes the map: who waits for it takes none from drivers and boards."""

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

    A map that is made is sent at once, without a thread, and counts against no limit; for who does
    not read gzip it is unpacked.
    """
    app = app_of(request)
    require_public_map(app.city_state.now.policy)
    packed, sender = _made_map(app), address_of(request)
    plain = "gzip" not in request.headers.get("accept-encoding", "")
    if packed is None:
        loop = asyncio.get_running_loop()
        packed = await loop.run_in_executor(MAKER, _map, app, sender)
    elif plain:
        app.limits.enter(PublicAction.READ, sender)
    if not plain:
        return shared_answer(request, packed, ANYBODYS)
    return await run_in_threadpool(shared_answer, request, packed, ANYBODYS)


def _map(app: App, sender: str) -> PackedAnswer:
    """Return the map that others had made meanwhile, else one that is made now.

    Raises `TooManyError` for an address that has too many made.
    """
    made = _made_map(app)
    if made is not None:
        return made
    app.limits.enter(PublicAction.READ, sender)
    return app.boards.reports.of(PublicSubject()).packed(
        lambda: app.answers.made(PublicSubject(), lambda: json_of(public_streets(app))),
        _span(app),
    )


def _made_map(app: App) -> PackedAnswer | None:
    return app.boards.reports.of(PublicSubject()).held(_span(app))


def _span(app: App) -> float:
    """Return the span of time in which everybody is sent the same map."""
    return app.clock.now().timestamp() // ANEW_S
