"""Small polygon files for tests."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.village import at_m

Box = tuple[float, float, float, float]
"""West, south, east, north in metres from the village's corner."""


def a_polygon(box: Box) -> dict:
    west, south, east, north = box
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [[list(at_m(*corner)) for corner in corners]]}


def write_polygons(path: Path, polygons: Sequence[tuple[Mapping[str, str], Box]]) -> Path:
    """Write a GeoJSON of boxes with attributes."""
    features = [
        {"type": "Feature", "properties": dict(told), "geometry": a_polygon(box)}
        for told, box in polygons
    ]
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path
