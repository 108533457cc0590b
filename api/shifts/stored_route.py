"""What a driver's phone keeps before the shift: streets around the route, and their map."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.processes.cached_response import READERS_OWN, json_of, packed_answer_of, shared_answer
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DriverContext
from data.errors import InvalidError, NotFoundError
from data.exchange.tile_archive import read_tiles
from data.model import Leg
from data.streets.tiles import TileAddress
from fleet.setup.machine_list import known_machine
from fleet.shifts.shift_handover import find_current_shift_of_driver
from fleet.shifts.shift_progress import driven_route
from fleet.streets.closed_streets import closed_streets
from maps.shifts.stored_map import FoundTiles, StoredTiles, stored_map, tiles_around
from maps.shifts.stored_network import Limits, StoredNetwork, stored_network

LAYERS = ("streets", "water", "places")

_log = logging.getLogger(__name__)

router = APIRouter(route_class=CheckedRoute)


@dataclass(frozen=True, slots=True)
class StoredRoute:
    """What a phone needs beside the route: the streets around it, and their map by layers."""

    network: StoredNetwork
    tiles: Mapping[str, StoredTiles]


@router.get("/api/drive/stored", response_model=StoredRoute)
def get_stored_route(request: Request, context: DriverContext) -> Response:
    """Return the streets and the map around the driver's route, for the phone to keep."""
    network = context.app.network
    with context.reading() as tx:
        shift = find_current_shift_of_driver(tx, context.user.id, context.now)
        driven = driven_route(tx, shift) if shift else None
        if shift is None or driven is None:
            raise NotFoundError("route", context.user.login)
        closed = closed_streets(tx, shift.storm_id, context.now)
        limits = Limits(closed, known_machine(tx, shift.vehicle_id).min_street_m)
    plan_id, legs = driven[0], driven[1].legs
    part = stored_network(legs, plan_id, network, limits)
    stored = StoredRoute(part, _tiles_along(legs, context))
    return shared_answer(request, packed_answer_of(json_of(stored)), READERS_OWN)


def _tiles_along(legs: Sequence[Leg], context: Context) -> dict[str, StoredTiles]:
    wanted = tiles_around(legs, context.app.network)
    files = {layer: context.app.folder / "tiles" / f"{layer}.pmtiles" for layer in LAYERS}
    found = {layer: _found(file, wanted) for layer, file in files.items() if file.is_file()}
    return stored_map({layer: tiles for layer, tiles in found.items() if tiles is not None})


def _found(file: Path, wanted: Iterable[TileAddress]) -> FoundTiles | None:
    """Return what a layer has; `None` where its file cannot be read: the streets matter more."""
    try:
        return read_tiles(file, wanted)
    except InvalidError as error:
        _log.warning("phones keep a route without a layer of the map: %s", error)
        return None
