"""The endpoint for positions in JSON batches, authenticated by the tracker's token."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel

from api.access.rate_limits import address_of
from api.tracking.tracker_auth import bearer, count_unknown_tracker
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import app_of
from api.web.request_body import json_of, limited_body
from data.errors import InvalidError
from fleet.tracking.position_formats import positions_from_batch

MOST = 1_000
"""Positions in one batch."""

MOST_BYTES = 1_000_000
"""Size of one batch."""

router = APIRouter(route_class=CheckedRoute)


class RejectedOut(BaseModel):
    """A rejected entry: "no_fix", "early", or the name of the invalid field."""

    index: int
    reason: str


class PositionsOut(BaseModel):
    """The result of a batch."""

    stored: int
    repeated: int
    rejected: list[RejectedOut]


@router.post("/positions", dependencies=[takes_up_to(MOST_BYTES)])
async def receive_positions(request: Request) -> PositionsOut:
    """Store a batch of one tracker's fixes; answered once they are on the disk.

    Sending a batch again is safe: a fix is known by vehicle and time.
    """
    app = app_of(request)
    device = await app.position_ingest.devices.find(bearer(request))
    if device is None:
        count_unknown_tracker(app, address_of(request))
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    app.position_ingest.devices.count(device.id)
    batch = positions_from_batch(await entries_of(request), device, app.clock.now())
    for one in batch.rejected:
        app.position_ingest.reject(device.id, one.reason)
    stored = await app.position_ingest.store(batch.positions)
    return PositionsOut(
        stored=stored,
        repeated=len(batch.positions) - stored,
        rejected=[RejectedOut(index=one.index, reason=one.reason) for one in batch.rejected],
    )


async def entries_of(request: Request) -> list[object]:
    """Return the unchecked entries of a batch."""
    body = json_of(await limited_body(request, MOST_BYTES))
    entries = body.get("positions") if isinstance(body, Mapping) else None
    if not isinstance(entries, list) or len(entries) > MOST:
        got = len(entries) if isinstance(entries, list) else type(entries).__name__
        raise InvalidError("positions", got, f"a list of at most {MOST}")
    return entries
