"""Coordinates within a text, as phones and map links give them."""

import re
from itertools import permutations

from data.geocode.words import folded
from data.model import LonLat

_DEGREES = re.compile(r"[-+]?\d{1,3}[.٫]\d{3,}")
REACH_DEG = 0.2
"""Coordinates farther than this outside the city are none of it."""


def coordinates(text: str, bounds: tuple[float, float, float, float]) -> LonLat | None:
    """Return the place that two decimal numbers give, in the order that lies in the city."""
    degrees = [float(each.replace("٫", ".")) for each in _DEGREES.findall(_digits(text))]
    if len(degrees) != 2:
        return None
    west, south, east, north = bounds
    for lat, lon in permutations(degrees):
        inside_lon = west - REACH_DEG <= lon <= east + REACH_DEG
        if inside_lon and south - REACH_DEG <= lat <= north + REACH_DEG:
            return LonLat(lon, lat)
    return None


def _digits(text: str) -> str:
    return " ".join(folded(part) if part else part for part in [text])
