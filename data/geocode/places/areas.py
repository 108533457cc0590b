"""Districts of a city as places, to tell streets of one name apart by the district they are in."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from data.model import LonLat, Place
from data.streets.network import StreetNetwork

DISTRICT = "district"
"""Kind of these places."""


def districts(network: StreetNetwork) -> Iterator[Place]:
    """Yield a place for each district, at the mean of its streets' starts and reaching to all."""
    starts: dict[str, list[LonLat]] = defaultdict(list)
    for segment in network.segments:
        if segment.district:
            starts[segment.district].append(segment.geometry[0])
    for name, points in starts.items():
        lon, lat = np.mean(np.array(points), axis=0).tolist()
        middle = network.projection.plane(LonLat(lon, lat))
        away_m = np.hypot(*(network.projection.planes(np.array(points)) - middle).T)
        yield Place(DISTRICT, LonLat(lon, lat), {"": (name,)}, reach_m=float(away_m.max()))
