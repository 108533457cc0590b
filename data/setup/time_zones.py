"""The time zone of a place, without asking anybody."""

import gzip
from functools import cache
from math import floor
from pathlib import Path

from data.model import LonLat

CELLS_A_DEGREE = 20

ZONES = Path(__file__).parent / "time_zones.txt.gz"
"""Zones at the centers of cells of 0.05 degrees, from south to north, one line a row of cells.

The first line has the names; in a row, from west to east, "12:30" are thirty cells of the twelfth
name and "0:5" five of the sea. Sampled by tzfpy 2.1 (MIT) from timezone-boundary-builder 2026e,
© OpenStreetMap contributors (ODbL): within some kilometres of a border it may be the neighbor's.
"""


def time_zone_at(place: LonLat) -> str:
    """Return the name of a place's time zone, as in the tz database; "" at sea."""
    names, rows = _zones()
    row = min(floor((place.lat + 90) * CELLS_A_DEGREE), len(rows) - 1)
    cell = floor((place.lon + 180) % 360 * CELLS_A_DEGREE)
    for run in rows[row].split():
        number, _, cells = run.partition(":")
        cell -= int(cells)
        if cell < 0:
            return names[int(number)]
    return ""


@cache
def _zones() -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, *rows = gzip.decompress(ZONES.read_bytes()).decode("ascii").split("\n")
    return ("", *names.split()), tuple(rows)
