"""A place of a street file, found without reading all of it."""

import json
from itertools import islice
from pathlib import Path

import osmium
from osmium.osm import Node

from data.errors import CityFileError
from data.model import LonLat
from data.osm.geojson_reader import GEOJSON_SUFFIXES

NODES_TRIED = 1_000
"""Nodes read until one has a place."""


def place_in_file(path: Path) -> LonLat | None:
    """Return the middle of a street file where it says that at once, else one of its places."""
    if path.name.lower().endswith(GEOJSON_SUFFIXES):
        return _first_corner(json.loads(path.read_text("utf-8-sig")))
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


def _first_corner(geojson: object) -> LonLat | None:
    """Return the first position of a GeoJSON document, walking into whatever holds geometries."""
    if isinstance(geojson, dict):
        inner = (geojson.get(key) for key in ("coordinates", "geometry", "features", "geometries"))
        return next((found for each in inner if (found := _first_corner(each))), None)
    if not isinstance(geojson, list):
        return None
    numbers = [each for each in geojson[:2] if isinstance(each, int | float)]
    if len(numbers) == 2 and abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90:
        return LonLat(*map(float, numbers))
    return next((found for each in geojson if (found := _first_corner(each))), None)
