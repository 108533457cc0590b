"""Server-sent events for the board."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.processes.event_feeds import BEAT_S, PHONE_BEAT_S
from api.web.checked_route import CheckedRoute
from api.web.context import AnyContext, Context
from api.web.cookies import SESSION_COOKIE, read_cookie
from api.web.page_context import shown_to
from data.model import Role

_CITY = frozenset({"beat", "city", "storm"})
_MAP = {"coverage", "vehicles", "trucks", "legs", "blockages", "closures", "checks"}
_WALL = _CITY | _MAP | {"alerts"}
_DESK = _CITY | {"coverage", "vehicles", "requests", "runs"}
_TEAM = {"messages", "presence", "what_ifs", "handover_notes", "edits", "orders", "crews"}
_BOARD = _WALL | _DESK | _TEAM | {"plowed", "snoozes"}

KINDS_BY_ROLE: Mapping[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: _BOARD,
    Role.DISPATCHER: _BOARD,
    Role.SUPERVISOR: _BOARD,
    Role.OPERATOR: _DESK,
    Role.DRIVER: _CITY | {"mail"},
    Role.CREW: _CITY | {"crews", "crew_mail"},
    Role.COUNCIL: _CITY | {"coverage"},
    Role.WALL: _WALL,
}
"""Kinds of events by role: the council gets no vehicles or callers, drivers only their own.

Wall displays get what the map and the alerts show, without names and words. `mail` and
`crew_mail` tell which shifts have news; what it says, only its own driver or crew may ask for.
"""

_PHONES = frozenset({Role.DRIVER, Role.CREW})

router = APIRouter(route_class=CheckedRoute)


@router.get("/stream")
async def stream_updates(request: Request, context: AnyContext) -> StreamingResponse:
    """Send changes that the reader may see, as server-sent events.

    `vehicles`, `coverage`, when streets were `plowed` last, `requests`, `runs`, `what_ifs`, `legs`,
    `blockages`, `closures`, `alerts`, `snoozes` of alerts, `checks` of routes, states of `trucks`,
    `messages` of drivers, `edits` of drafts, `orders`, `presence` of other boards,
    `handover_notes`, `crews` (whose lists must be reloaded), and `storm`, which also announces a
    new plan; `city` where the city itself changed. `beat` carries the time, every few seconds; in a
    training also at first, and as soon as the clock goes otherwise.

    Nothing is repeated after a break: reload everything whenever the stream opens. The stream of
    a reader who is too slow ends.
    """
    kinds = frozenset[str]().union(*(KINDS_BY_ROLE[role] for role in context.user.roles))
    text = read_cookie(context.app.settings, request, SESSION_COOKIE)
    beat_s = PHONE_BEAT_S if _PHONES.issuperset(context.user.roles) else None
    feed = context.app.feeds.listen(kinds, shown_to(context), beat_s)
    events = while_welcome(feed, lambda: _is_welcome(context, text))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def while_welcome(
    events: AsyncGenerator[bytes], welcome: Callable[[], bool]
) -> AsyncGenerator[bytes]:
    """Yield events until the session ends or the reader has other roles.

    Checked at an event, a beat among them, `BEAT_S` or more after the last check: on a quiet phone
    only every `PHONE_BEAT_S`.
    """
    looked_s = time.monotonic()
    async with aclosing(events):
        async for lines in events:
            if time.monotonic() - looked_s >= BEAT_S:
                looked_s = time.monotonic()
                if not await run_in_threadpool(welcome):
                    return
            yield lines


def _is_welcome(context: Context, text: str) -> bool:
    signed = context.app.sessions.find(text)
    return signed is not None and signed.user.roles == context.user.roles
