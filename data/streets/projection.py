"""Distances on the globe and a flat metric plane about a city's centre."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from data.model import LonLat

EARTH_M = 6_371_008.8
"""Mean radius of the earth (IUGG)."""

DEGREE_M = EARTH_M * pi / 180
"""Metres of a degree of latitude."""


def distance_m(a: LonLat, b: LonLat) -> float:
    """Return the great-circle distance (haversine)."""
    north = sin(radians(b.lat - a.lat) / 2)
    east = sin(radians(b.lon - a.lon) / 2)
    h = north * north + cos(radians(a.lat)) * cos(radians(b.lat)) * east * east
    return 2 * EARTH_M * asin(min(1.0, sqrt(h)))


def line_length_m(points: Sequence[LonLat]) -> float:
    """Return the length of a line along the globe."""
    return sum(distance_m(a, b) for a, b in pairwise(points))


def moved(place: LonLat, east_m: float, north_m: float) -> LonLat:
    """Return the place so many metres east and north of a near one."""
    lon = place.lon + east_m / (DEGREE_M * cos(radians(place.lat)))
    return LonLat(lon, place.lat + north_m / DEGREE_M)


@dataclass(frozen=True, slots=True)
class Projection:
    """Equirectangular metres about a centre: true to a few per mille within a city."""

    centre: LonLat

    def plane(self, point: LonLat) -> tuple[float, float]:
        """Return metres east and north of the centre."""
        x = radians(point.lon - self.centre.lon) * EARTH_M * cos(radians(self.centre.lat))
        return x, radians(point.lat - self.centre.lat) * EARTH_M

    def planes(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return metres east and north for float64[N, 2] of degrees."""
        scale = np.array([cos(radians(self.centre.lat)), 1.0]) * EARTH_M
        metres: NDArray[np.float64] = np.radians(lonlat - np.array(self.centre)) * scale
        return metres

    def degrees(self, planes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return longitude and latitude for float64[N, 2] of metres: `planes` backward."""
        scale = np.array([cos(radians(self.centre.lat)), 1.0]) * EARTH_M
        lonlat: NDArray[np.float64] = np.degrees(planes / scale) + np.array(self.centre)
        return lonlat


def bounds_of(points: Iterable[LonLat]) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of at least one point."""
    degrees = np.array(list(points))
    west, south = degrees.min(axis=0)
    east, north = degrees.max(axis=0)
    return float(west), float(south), float(east), float(north)
