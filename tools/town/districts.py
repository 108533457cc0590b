"""Five districts of the town as polygons in a file."""

import json
from collections.abc import Iterator
from pathlib import Path

from tools.town.layout.geometry import point
from tools.town.layout.main_streets import Corners, Name
from tools.town.osm_writer import lonlat

_INNER: Corners = (
    (-640, -25),
    (-600, 250),
    (-430, 470),
    (12, 480),
    (575, 545),
)
_INNER_SOUTH: Corners = (
    (545, -350),
    (210, -440),
    (-50, -470),
    (-60, -560),
    (-340, -520),
    (-590, -310),
    (-640, -25),
)
_RIVER_NORTH: Corners = ((960, 1800), (760, 1350), (620, 1000), (590, 620), (575, 545))
_RIVER_MIDDLE: Corners = ((575, 545), (480, 200), (478, 30), (490, -220), (545, -350))
_RIVER_SOUTH: Corners = ((545, -350), (650, -600), (850, -1000), (980, -1350), (1230, -1750))
_EAST: Corners = ((478, 30), (800, 70), (1130, 120), (1450, 190), (1780, 232), (2300, 270))
_WEST: Corners = ((-640, -25), (-1020, -30), (-1300, -60), (-1600, 0), (-2300, 30))

DISTRICTS: tuple[tuple[Name, Corners], ...] = (
    (Name("منطقهٔ ۱", "District 1"), (*_INNER, *_RIVER_MIDDLE[1:], *_INNER_SOUTH[1:])),
    (
        Name("منطقهٔ ۲", "District 2"),
        (*_WEST[::-1], *_INNER[1:], *_RIVER_NORTH[-2::-1], (960, 2000), (-2300, 2000)),
    ),
    (
        Name("منطقهٔ ۳", "District 3"),
        (*_RIVER_NORTH, (480, 200), *_EAST, (2300, 2000), (960, 2000)),
    ),
    (
        Name("منطقهٔ ۴", "District 4"),
        (*_EAST[::-1], (490, -220), *_RIVER_SOUTH, (2300, -1750)),
    ),
    (
        Name("منطقهٔ ۵", "District 5"),
        (*_WEST, (-2300, -1750), *_RIVER_SOUTH[::-1], *_INNER_SOUTH[1:]),
    ),
)


def write_districts(path: Path) -> None:
    """Write the districts as GeoJSON polygons with `name` and `name:en`."""
    collection = {"type": "FeatureCollection", "features": list(_features())}
    path.write_text(json.dumps(collection, ensure_ascii=False) + "\n", encoding="utf-8")


def _features() -> Iterator[dict[str, object]]:
    for name, corners in DISTRICTS:
        ring = [list(lonlat(point(*corner))) for corner in (*corners, corners[0])]
        yield {
            "type": "Feature",
            "properties": {"name": name.fa, "name:fa": name.fa, "name:en": name.en},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
