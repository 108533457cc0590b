"""Positions come in: JSON batches, and the OsmAnd protocol that Traccar Client speaks.

A device is known by its token. OsmAnd has no place for one: there, `id` is the token itself, or its
name where the tracker can send the token as a header or as `token=`.
"""

import asyncio
import base64
import binascii
import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from api.context import App, app_of
from data.errors import InvalidError
from data.model import Device, LonLat, Position
from data.store.engine import reading
from data.store.positions import find_last
from fleet.feeds import position_from_osmand, position_from_traccar, positions_from_batch

MOST = 1_000
"""Positions in one batch."""

MOST_BYTES = 1_000_000
"""Size of one batch."""

OSMAND_BYTES = 20_000
"""Size of one OsmAnd message."""

NOTHING = "text/plain"
"""Type of the empty answers that trackers expect."""

router = APIRouter()


class RejectedOut(BaseModel):
    """An entry that was not believed: "future", or the name of the field that is wrong."""

    index: int
    reason: str


class PositionsOut(BaseModel):
    """What became of a batch."""

    stored: int
    repeated: int
    rejected: list[RejectedOut]


@router.post("/positions")
async def receive_positions(request: Request) -> PositionsOut:
    """Store a batch of fixes of one device; answered once they are on the disk.

    Sending a batch again is safe: a fix is known by vehicle and time.
    """
    app = app_of(request)
    device = await app.door.devices.find(_bearer(request) or "")
    if device is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    batch = positions_from_batch(await entries_of(request), device, app.clock.now())
    app.door.tally["rejected"] += len(batch.rejected)
    stored = await app.door.store(batch.positions)
    return PositionsOut(
        stored=stored,
        repeated=len(batch.positions) - stored,
        rejected=[RejectedOut(index=one.index, reason=one.reason) for one in batch.rejected],
    )


@router.get("/osmand")
@router.post("/osmand")
async def receive_osmand(request: Request) -> Response:
    """Store one fix of OsmAnd's query form, or of Traccar Client's JSON; the answer is empty.

    An unknown device gets 400 in the query form and 404 in JSON, as from Traccar.
    """
    if request.headers.get("content-type", "").startswith("application/json"):
        return await _receive_traccar(request)
    app, params = app_of(request), dict(request.query_params)
    if not params:
        body = await limited_body(request, OSMAND_BYTES)
        params = dict(parse_qsl(body.decode("utf-8", "replace")))
    name = params.get("id") or params.get("deviceid") or ""
    device = await _device(request, name, params.get("token"))
    if device is None:
        return Response(status_code=400, media_type=NOTHING)
    now, zone = app.clock.now(), ZoneInfo(app.city.timezone)
    return await _store_one(
        app, device, lambda last: position_from_osmand(params, device, last, now, zone)
    )


async def _receive_traccar(request: Request) -> Response:
    app = app_of(request)
    try:
        body = _json(await limited_body(request, OSMAND_BYTES))
    except InvalidError:
        return Response(status_code=400, media_type=NOTHING)
    name = body.get("device_id") if isinstance(body, Mapping) else None
    device = await _device(request, name if isinstance(name, str) else "", None)
    if device is None:
        return Response(status_code=404, media_type=NOTHING)
    now = app.clock.now()
    return await _store_one(
        app, device, lambda last: position_from_traccar(body, device, last, now)
    )


async def _store_one(
    app: App, device: Device, read: Callable[[LonLat | None], Position | None]
) -> Response:
    try:
        fix = read(None)
        if fix is None:  # a message of sensors only: it was sent from where the device is
            last = await asyncio.to_thread(_last_place, app, device)
            fix = read(last) if last else None
    except InvalidError:
        return Response(status_code=400, media_type=NOTHING)
    if fix is not None:
        await app.door.store([fix])
    return Response(media_type=NOTHING)


def _last_place(app: App, device: Device) -> LonLat | None:
    with reading(app.engine) as tx:
        last = find_last(tx, device.id)
    return last.location if last else None


async def _device(request: Request, name: str, token: str | None) -> Device | None:
    """Return the device by the token that came beside its name, else by its id as token."""
    secret = token or _bearer(request) or _basic_password(request)
    device = await app_of(request).door.devices.find(secret or name)
    return device if device is None or not secret or device.name == name else None


async def entries_of(request: Request) -> list[object]:
    """Return the entries of a batch of positions, not looked at yet."""
    body = _json(await limited_body(request, MOST_BYTES))
    entries = body.get("positions") if isinstance(body, Mapping) else None
    if not isinstance(entries, list) or len(entries) > MOST:
        got = len(entries) if isinstance(entries, list) else type(entries).__name__
        raise InvalidError("positions", got, f"a list of at most {MOST}")
    return entries


async def limited_body(request: Request, most_bytes: int) -> bytes:
    """Return what was sent; answer 413 as soon as it is too much."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise HTTPException(413)
    return bytes(body)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _basic_password(request: Request) -> str | None:
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(word, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidError("body", "", "well-formed JSON") from None
