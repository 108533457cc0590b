"""The HTTP endpoint for OwnTracks apps.

An app sends a message again until it is taken, and everything after it waits; so whatever a known
tracker says is answered with 200, and what nobody can believe is counted.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from api.access.rate_limits import address_of
from api.tracking.tracker_auth import (
    TrackerClaim,
    basic,
    bearer,
    find_sender,
    refuse_unknown_tracker,
)
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from api.web.request_body import json_of, limited_body
from data.errors import InvalidError
from data.model import Device, TrackerMessage
from data.store.database.engine import transaction
from fleet.tracking.owntracks import (
    ENCRYPTED,
    KEPT_KINDS,
    LOCATION,
    kind_of,
    names_of,
    position_from_owntracks,
    sent_at,
)
from fleet.tracking.trackers import save_tracker_message

MOST_BYTES = 20_000
"""Size of one message."""

PROTOCOL = "owntracks"

router = APIRouter(route_class=CheckedRoute)


@router.post("/owntracks")
async def receive_owntracks(request: Request) -> list[dict[str, Any]]:
    """Store a message of an OwnTracks app; the answer is a queued command, or empty.

    The password of Basic authentication is the token, the tracker is named by topic, by
    `X-Limit-U` and `X-Limit-D`, or by the name of Basic authentication.
    """
    app, address = app_of(request), address_of(request)
    user, password = basic(request)
    secret = password or bearer(request)
    await refuse_unknown_tracker(app, secret, address)
    body = json_of(await limited_body(request, MOST_BYTES))
    if not isinstance(body, Mapping):
        raise InvalidError("body", "", "an object")
    headers = request.headers
    limits = (headers.get("x-limit-u", ""), headers.get("x-limit-d", ""))
    named = names_of(body.get("topic"), *limits, body.get("tid"))
    names = tuple(dict.fromkeys(name for name in (*named, user) if name))
    place = (body.get("lat"), body.get("lon"))
    device = await find_sender(app, TrackerClaim(names, secret, PROTOCOL, address, *place))
    if device is None:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Basic realm="Barfrub"'})
    await take_message(app, device, body)
    text = await app.position_ingest.commands.take(device.id, app.clock.now())
    return [] if text is None else [command_of(text)]


async def take_message(app: App, device: Device, body: Mapping[str, object]) -> None:
    """Store the fix or state in a message, or count its fault."""
    now = app.clock.now()
    try:
        kind = kind_of(body)
        if kind == LOCATION:
            await app.position_ingest.store([position_from_owntracks(body, device, now)])
        elif kind in KEPT_KINDS:
            word = TrackerMessage(device.id, kind, sent_at(body, now), body)
            await asyncio.to_thread(_keep, app, word)
        elif kind == ENCRYPTED:
            app.position_ingest.reject(device.id, ENCRYPTED)
    except InvalidError as error:
        app.position_ingest.reject(device.id, str(error.values["field"]))


def command_of(text: str) -> dict[str, Any]:
    """Return a command in OwnTracks format; all apps know "reportLocation"."""
    return {"_type": "cmd", "action": text}


def _keep(app: App, word: TrackerMessage) -> None:
    with transaction(app.engine) as tx:
        save_tracker_message(tx, word)
