"""The OsmAnd protocol: its query form, Traccar Client's JSON, and Traccar's forwarding.

It has no place for a token: `id` is the token itself, or the tracker's name where the token can
come as a header or as `token=`, and where an administrator said that the name is enough.
"""

import logging
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.access.auth import TooManyError
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
from api.web.request_body import TooLargeError, json_of, limited_body
from data.errors import DiskFullError, InvalidError, StoreBusyError
from data.model import Device, LonLat, Position
from data.store.database.engine import DatabaseUnavailable
from fleet.tracking.field_parsers import UNBELIEVED
from fleet.tracking.position_formats import (
    position_from_forward,
    position_from_osmand,
    position_from_traccar,
    query_of,
)

MOST_BYTES = 20_000
"""Size of one message."""

PROTOCOL = "osmand"

NOTHING = "text/plain"
"""Type of the answers that trackers expect: empty, or a text for them."""

Read = Callable[[LonLat | None], Position | None]
"""Makes a fix of a message, given the place that it repeats where it has none."""

_log = logging.getLogger(__name__)

router = APIRouter(route_class=CheckedRoute)


async def answer_tracker(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a tracker's message; errors are reported by the status alone."""
    try:
        answer = await receive_osmand(Request(scope, receive))
    except ClientDisconnect:
        return  # the tracker is gone in the middle of a sentence
    except TooManyError as error:
        headers = {"Retry-After": str(error.retry_s)}
        answer = Response(status_code=429, headers=headers, media_type=NOTHING)
    except DiskFullError as error:
        headers = {"Retry-After": str(error.retry_s)}
        answer = Response(status_code=507, headers=headers, media_type=NOTHING)
    except DatabaseUnavailable:
        _log.exception("a message of a tracker could not be stored")
        headers = {"Retry-After": str(StoreBusyError.retry_s)}
        answer = Response(status_code=503, headers=headers, media_type=NOTHING)
    except TooLargeError:
        answer = Response(status_code=413, media_type=NOTHING)
    except HTTPException as error:
        answer = Response(status_code=error.status_code, media_type=NOTHING)
    except Exception:  # a tracker sends again what is not answered with 200
        _log.exception("a message of a tracker could not be taken")
        answer = Response(status_code=500, media_type=NOTHING)
    await answer(scope, receive, send)


@router.get("/osmand")
@router.post("/osmand")
async def receive_osmand(request: Request) -> Response:
    """Store one fix in OsmAnd's query form or Traccar's JSON; the answer is empty.

    Where a text waits for the tracker, it is the answer. An unknown tracker gets 400 in the query
    form and 404 in JSON, as from Traccar; so does 400 what cannot be read. A fix that can be read
    but implausible is counted and acknowledged, so that the tracker does not repeat it.
    """
    if request.headers.get("content-type", "").startswith("application/json"):
        return await _receive_json(request)
    app, words = app_of(request), request.scope["query_string"]
    params = query_of(_pairs(words or await limited_body(request, MOST_BYTES)))
    name = params.get("id") or params.get("deviceid") or ""
    lat, _, lon = params.get("location", "").partition(",")
    place = (params.get("lat", lat), params.get("lon", lon))
    device = await _sender(request, name, params.get("token", ""), *place)
    if device is None:
        return Response(status_code=400, media_type=NOTHING)
    now, zone = app.clock.now(), ZoneInfo(app.city.timezone)
    return await _store_one(
        app, device, lambda last: position_from_osmand(params, device, last, now, zone)
    )


def _pairs(words: bytes) -> list[tuple[str, str]]:
    """Return the keys and values of a query or form; fast for strings without escapes."""
    if words.isascii() and b"%" not in words and b"+" not in words:
        parted = (pair.partition("=") for pair in words.decode().split("&"))
        return [(key, value) for key, _, value in parted if value]
    return parse_qsl(words.decode("utf-8", "replace"), errors="replace")


async def _receive_json(request: Request) -> Response:
    await refuse_unknown_tracker(app_of(request), _secret(request), address_of(request))
    try:
        body = json_of(await limited_body(request, MOST_BYTES))
        name, lat, lon = _claimed(body)
    except InvalidError:
        return Response(status_code=400, media_type=NOTHING)
    device = await _sender(request, name, "", lat, lon)
    if device is None:
        return Response(status_code=404, media_type=NOTHING)
    app, now = app_of(request), app_of(request).clock.now()
    read = position_from_forward if _forwarded(body) else position_from_traccar
    return await _store_one(app, device, lambda last: read(body, device, last, now))


def _forwarded(body: object) -> bool:
    return isinstance(body, Mapping) and "position" in body


def _claimed(body: object) -> tuple[str, object, object]:
    """Return the name in a JSON message and its raw coordinates, for unknown senders."""
    if not isinstance(body, Mapping):
        return "", None, None
    if _forwarded(body):
        device, place = _inner(body, "device"), _inner(body, "position")
        name = device.get("uniqueId")
    else:
        place = _inner(_inner(body, "location"), "coords")
        name = body.get("device_id")
    return str(name or ""), place.get("latitude"), place.get("longitude")


def _inner(body: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = body.get(key)
    return found if isinstance(found, Mapping) else {}


def _secret(request: Request) -> str:
    return bearer(request) or basic(request)[1]


async def _sender(
    request: Request, name: str, token: str, lat: object, lon: object
) -> Device | None:
    names = (name,) if name else ()
    secret = token or _secret(request)
    claim = TrackerClaim(names, secret, PROTOCOL, address_of(request), lat, lon)
    return await find_sender(app_of(request), claim) if names else None


async def _store_one(app: App, device: Device, read: Read) -> Response:
    try:
        fix = read(None)
        if fix is None:  # a message of sensors only: it was sent from where the device is
            last = await app.position_ingest.tracker_stats.last_place(device.id)
            fix = read(last) if last else None
    except InvalidError as error:
        reason = str(error.values["field"])
        app.position_ingest.reject(device.id, reason)
        if reason not in UNBELIEVED:
            return Response(status_code=400, media_type=NOTHING)
    else:
        if fix is None:
            app.position_ingest.reject(device.id, "no_place")
        else:
            await app.position_ingest.store([fix])
    text = await app.position_ingest.commands.take(device.id, app.clock.now())
    return Response(text or "", media_type=NOTHING)
