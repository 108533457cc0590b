"""A place of a street file, found without reading all of it."""

import re
from itertools import islice
from pathlib import Path

import osmium
from osmium.osm import Node

from data.errors import CityFileError
from data.model import LonLat
from data.osm.geojson_reader import GEOJSON_SUFFIXES

NODES_TRIED = 1_000
"""Nodes read until one has a place."""

BYTES_TRIED = 64_000
"""Bytes of a GeoJSON read until one of its geometries begins."""

_NUMBER = rb"\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*"
FIRST_CORNER = re.compile(rb'"coordinates"\s*:[\s\[]*\[' + _NUMBER + b"," + _NUMBER + rb"[,\]]")
"""The first position of a geometry of any kind."""


def place_in_file(path: Path) -> LonLat | None:
    """Return the middle of a street file where it says that at once, else one of its places."""
    if path.name.lower().endswith(GEOJSON_SUFFIXES):
        with path.open("rb") as file:
            return _first_corner(file.read(BYTES_TRIED))
    try:
        processor = osmium.FileProcessor(path, osmium.osm.NODE)
        box = processor.header.box()
        if box.valid():
            return LonLat(
                (box.bottom_left.lon + box.top_right.lon) / 2,
                (box.bottom_left.lat + box.top_right.lat) / 2,
            )
        nodes = (one for one in islice(processor, NODES_TRIED) if isinstance(one, Node))
        placed = (node.location for node in nodes if node.location.valid())
        return next((LonLat(one.lon, one.lat) for one in placed), None)
    except RuntimeError as error:
        raise CityFileError(f"{path.name} cannot be read: {error}", file=path.name) from error


def _first_corner(geojson: bytes) -> LonLat | None:
    """Return the first position in the beginning of a GeoJSON document."""
    found = FIRST_CORNER.search(geojson)
    if found is None:
        return None
    lon, lat = map(float, found.groups())
    return LonLat(lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
