"""Server-sent events: what changes on the board, as it changes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.responses import StreamingResponse

from api.clock import Clock
from api.context import READS_WORDS, StreamContext
from fleet.live import Hub

BEAT_S = 10.0
"""A quiet stream says so often that it is alive, to proxies and to readers."""

GATHER_S = 0.2
"""Pause before each message, so that a busy storm comes in bunches."""

RETRY_MS = 2_000
"""How soon browsers ask again after a break."""

ALONE = frozenset({"beat", "ground", "storm"})
"""Kinds that carry one thing and not a list."""

FOR_EVERYBODY = frozenset({"beat", "coverage", "ground", "storm"})
"""Kinds that name no vehicle, no driver and no caller: all that the council hears."""

router = APIRouter()


@router.get("/stream")
async def stream(context: StreamContext) -> StreamingResponse:
    """Send what changes, as events, until the reader leaves.

    `vehicles`, `coverage`, `requests`, `runs` and `storm`; `ground` where the city itself changed.
    Where none of them comes for a while, `beat` tells the time. Nothing is repeated after a break:
    read `/api/board` whenever the stream opens. The council gets `coverage`, `ground` and `storm`.
    """
    kinds = None if context.has(*READS_WORDS) else FOR_EVERYBODY
    events = board_events(context.app.hub, context.app.clock, kinds)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def board_events(
    hub: Hub, clock: Clock, kinds: frozenset[str] | None = None
) -> AsyncIterator[bytes]:
    """Yield the lines of the stream; only of some kinds where given."""
    loop, awake = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(awake.set)

    subscription = hub.subscribe(wake, kinds)
    number = 0
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        while True:
            try:
                await asyncio.wait_for(awake.wait(), BEAT_S)
            except TimeoutError:
                number += 1
                yield _event(number, "beat", [{"now": clock.now()}])
                continue
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
