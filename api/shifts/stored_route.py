"""What a driver's phone keeps before the shift: streets around the route, and their map."""

from asyncio import Semaphore
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.config.clock import Clock
from api.processes.cached_response import (
    READERS_OWN,
    PackedAnswer,
    json_of,
    packed_answer_of,
    shared_answer,
)
from api.processes.city_state import CityStateHolder
from api.processes.stored_tiles import stored_tiles
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DriverContext
from data.errors import NotFoundError
from data.model import ShiftId
from data.store.database.engine import Database, reading
from data.store.shifts.shifts import get_shift
from fleet.setup.machine_list import known_machine
from fleet.shifts.shift_handover import find_current_shift_of_driver
from fleet.shifts.shift_progress import driven_route
from fleet.streets.closed_streets import closed_streets
from maps.pages.stored_map import StoredTiles
from maps.shifts.stored_network import Limits, StoredNetwork, corridor, stored_network

router = APIRouter(route_class=CheckedRoute)

_AT_ONCE = Semaphore(2)
"""Phones of a fleet ask together: others find threads, and who waits for one costs nothing."""


@dataclass(frozen=True, slots=True)
class StoredRoute:
    """What a phone needs beside the route: the streets around it, and their map by layers."""

    network: StoredNetwork
    tiles: Mapping[str, StoredTiles]


@dataclass(frozen=True, slots=True)
class StoredSubject:
    """Whose phone keeps it: the one of a shift."""

    shift_id: ShiftId


class RouteSources(Protocol):
    """What it is made from: the parts of a server, or of the process beside it."""

    engine: Database
    folder: Path
    clock: Clock
    city_state: CityStateHolder


@router.get("/api/drive/stored", response_model=StoredRoute)
async def get_stored_route(request: Request, context: DriverContext) -> Response:
    """Return the streets and the map around the driver's route, for the phone to keep."""
    async with _AT_ONCE:
        packed = await run_in_threadpool(_packed, context)
    return shared_answer(request, packed, READERS_OWN)


def stored_route(sources: RouteSources, subject: StoredSubject) -> StoredRoute:
    """Return what the phone of a shift keeps; raise `NotFoundError` without a route."""
    network = sources.city_state.now.network
    with reading(sources.engine) as tx:
        shift, now = get_shift(tx, subject.shift_id), sources.clock.now()
        driven = driven_route(tx, shift)
        if driven is None:
            raise NotFoundError("route", subject.shift_id)
        closed = closed_streets(tx, shift.storm_id, now)
        limits = Limits(closed, known_machine(tx, shift.vehicle_id).min_street_m)
    plan_id, legs = driven[0], driven[1].legs
    return StoredRoute(
        network=stored_network(legs, plan_id, network, limits),
        tiles=stored_tiles(sources.folder, corridor(legs, network)),
    )


def _packed(context: Context) -> PackedAnswer:
    app = context.app
    with context.reading() as tx:
        shift = find_current_shift_of_driver(tx, context.user.id, context.now)
        routed = shift is not None and driven_route(tx, shift) is not None
    if shift is None or not routed:
        raise NotFoundError("route", context.user.login)
    subject = StoredSubject(shift.id)
    made = app.answers.made(subject, lambda: json_of(stored_route(app, subject)))
    return packed_answer_of(made) if isinstance(made, bytes) else made.packed
