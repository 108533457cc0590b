"""Server-sent events for the board."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.config.clock import Clock
from api.web.checked_route import CheckedRoute
from api.web.context import SESSION_COOKIE, AnyContext, Context
from data.model import Role
from fleet.tracking.live_fleet import Hub

BEAT_S = 10.0
"""Interval of keep-alive events on a quiet stream."""

GATHER_S = 0.2
"""Pause before each message, so that changes are sent in bunches."""

RETRY_MS = 2_000
"""How soon browsers reconnect after a break."""

ALONE = frozenset({"beat", "city", "storm"})
"""Kinds that carry one item, not a list."""

_CITY = frozenset({"beat", "city", "storm"})
_DESK = _CITY | {"coverage", "vehicles", "requests", "runs"}
_ROAD = {"legs", "blockages", "closures", "alerts", "checks", "messages"}
_BOARD = _DESK | _ROAD | {"presence", "what_ifs", "handover_notes", "edits", "orders", "crews"}
_WORDS = {"requests", "messages", "handover_notes"}

KINDS_BY_ROLE: Mapping[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: _BOARD,
    Role.DISPATCHER: _BOARD,
    Role.SUPERVISOR: _BOARD,
    Role.OPERATOR: _DESK,
    Role.DRIVER: _CITY | {"mail"},
    Role.CREW: _CITY | {"crews"},
    Role.COUNCIL: _CITY | {"coverage"},
    Role.WALL: _BOARD - _WORDS - {"presence", "runs"},
}
"""Kinds of events by role: the council gets no vehicles or callers, drivers only their own.

Wall displays get no words of callers and drivers: passers-by read them. `mail`
tells which shifts have news; what it says, only its own driver may ask for.
"""

router = APIRouter(route_class=CheckedRoute)


@router.get("/stream")
async def stream_updates(request: Request, context: AnyContext) -> StreamingResponse:
    """Send changes that the reader may see, as server-sent events.

    `vehicles`, `coverage`, `requests`, `runs`, `what_ifs`, `legs`, `blockages`, `closures`,
    `alerts`, `checks` of routes, `messages` of drivers, `edits` of drafts, `orders`,
    `presence` of other boards, `handover_notes`, `crews` (whose lists must be reloaded),
    and `storm`, which also announces a new plan; `city` where the city itself changed. `beat`
    carries the time where there is no other event for a while.

    Nothing is repeated after a break: reload everything whenever the stream opens.
    """
    kinds = frozenset[str]().union(*(KINDS_BY_ROLE[role] for role in context.user.roles))
    events = board_events(context.app.hub, context.app.clock, kinds)
    text = request.cookies.get(SESSION_COOKIE, "")
    events = while_welcome(events, lambda: _is_welcome(context, text))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def while_welcome(
    events: AsyncGenerator[bytes], welcome: Callable[[], bool]
) -> AsyncGenerator[bytes]:
    """Yield events until the session ends or the reader has other roles; checked every 10 s."""
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


async def board_events(
    hub: Hub, clock: Clock, kinds: frozenset[str] | None = None
) -> AsyncGenerator[bytes]:
    """Yield the lines of the event stream, limited to some kinds where given."""
    loop, awake = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(awake.set)

    subscription = hub.subscribe(wake, kinds)
    number = 0
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        while not hub.closed.is_set():
            try:
                await asyncio.wait_for(awake.wait(), BEAT_S)
            except TimeoutError:
                number += 1
                yield _event(number, "beat", [{"now": clock.now()}])
                continue
            if hub.closed.is_set():
                return
            await asyncio.sleep(GATHER_S)
            awake.clear()
            for kind, items in subscription.take():
                number += 1
                yield _event(number, kind, items)
    finally:
        hub.unsubscribe(subscription)


def _event(number: int, kind: str, items: list[Any]) -> bytes:
    payload = to_json(items[-1] if kind in ALONE else items)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, kind.encode(), payload)
