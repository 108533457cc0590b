"""The tiles of the map around somebody's work, in the form in which a phone keeps them."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import asinh, cos, floor, pi, radians, tan

from data.model import LonLat
from data.streets.tiles import TileAddress, TileRange

ZOOMS = range(10, 16)
"""Zooms of the city's tiles; closer views enlarge the largest."""

AROUND_M = 400.0
"""How far around the work the map is kept."""

METRES_PER_DEGREE = 111_195.0

MOST_BYTES = 4_000_000
"""Of all tiles of a phone together, as they are in the files.

The largest zooms are left out where they are more.
"""

type MapBox = tuple[LonLat, LonLat]
"""South-west and north-east corner."""

type FoundTiles = tuple[TileRange, Mapping[TileAddress, bytes]]
"""What a layer covers, and the tiles of it that were found."""


@dataclass(frozen=True, slots=True)
class StoredTiles:
    """The tiles of a layer around the work: gzip-compressed, in base 64, by zoom/column/row."""

    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    tiles: Mapping[str, str]


def box_around(line: Iterable[LonLat], around_m: float = AROUND_M) -> MapBox:
    """Return the box that has all places within so many metres of a line or a place."""
    lons, lats = zip(*line, strict=True)
    up = around_m / METRES_PER_DEGREE
    aside = up / cos(radians(lats[0]))
    return (
        LonLat(min(lons) - aside, min(lats) - up),
        LonLat(max(lons) + aside, max(lats) + up),
    )


def tiles_in(boxes: Iterable[MapBox]) -> set[TileAddress]:
    """Return the addresses of all tiles in some boxes."""
    return {tile for box in boxes for zoom in ZOOMS for tile in _tiles_of(box, zoom)}


def stored_map(layers: Mapping[str, FoundTiles]) -> dict[str, StoredTiles]:
    """Return the layers of a map with as many zooms as `MOST_BYTES` hold."""
    kept = _largest_zoom(tiles for _, tiles in layers.values())
    return {name: _packed(covers, tiles, kept) for name, (covers, tiles) in layers.items()}


def _largest_zoom(layers: Iterable[Mapping[TileAddress, bytes]]) -> int:
    size_of = dict.fromkeys(ZOOMS, 0)
    for tiles in layers:
        for address, content in tiles.items():
            size_of[address.z] += len(content)
    kept, total = ZOOMS[0], 0
    for zoom, size in size_of.items():
        total += size
        if total > MOST_BYTES:
            break
        kept = zoom
    return kept


def _packed(covers: TileRange, tiles: Mapping[TileAddress, bytes], kept: int) -> StoredTiles:
    texts = {
        f"{address.z}/{address.x}/{address.y}": base64.b64encode(content).decode()
        for address, content in tiles.items()
        if address.z <= kept
    }
    return StoredTiles(covers.min_zoom, min(covers.max_zoom, kept), covers.bounds, texts)


def _tiles_of(box: MapBox, zoom: int) -> Iterator[TileAddress]:
    south_west, north_east = box
    rows = range(_row(north_east.lat, zoom), _row(south_west.lat, zoom) + 1)
    for x in range(_column(south_west.lon, zoom), _column(north_east.lon, zoom) + 1):
        for y in rows:
            yield TileAddress(zoom, x, y)


def _column(lon: float, zoom: int) -> int:
    return floor((lon + 180.0) / 360.0 * (1 << zoom))


def _row(lat: float, zoom: int) -> int:
    return floor((1.0 - asinh(tan(radians(lat))) / pi) / 2.0 * (1 << zoom))
