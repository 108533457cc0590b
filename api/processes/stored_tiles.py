"""The tiles of a city's map that a phone keeps, read from its files."""

import logging
from collections.abc import Iterable
from pathlib import Path

from data.errors import InvalidError
from data.exchange.tile_archive import read_tiles
from data.streets.tiles import TileAddress
from maps.pages.stored_map import FoundTiles, MapBox, StoredTiles, stored_map, tiles_in

LAYERS = ("streets", "water", "places")

_log = logging.getLogger(__name__)


def stored_tiles(folder: Path, boxes: Iterable[MapBox]) -> dict[str, StoredTiles]:
    """Return the tiles of a city's layers in some boxes."""
    wanted = tiles_in(boxes)
    files = {layer: folder / "tiles" / f"{layer}.pmtiles" for layer in LAYERS}
    found = {layer: _found(file, wanted) for layer, file in files.items() if file.is_file()}
    return stored_map({layer: tiles for layer, tiles in found.items() if tiles is not None})


def _found(file: Path, wanted: Iterable[TileAddress]) -> FoundTiles | None:
    """Return what a layer has; `None` where its file cannot be read: work goes on without it."""
    try:
        return read_tiles(file, wanted)
    except InvalidError as error:
        _log.warning("phones keep their work without a layer of the map: %s", error)
        return None
