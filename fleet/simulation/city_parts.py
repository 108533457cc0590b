"""Parts of a city where it snows more than elsewhere, pure: which streets lie in each."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from data.streets.network import StreetNetwork
from data.training import CityPart


class CityParts:
    """Which streets lie in the parts of a city, by their middles.

    The middle of the city has half of its streets, by length, north of it and half of them east;
    its center is the half that is nearest.
    """

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        middles = [segment.geometry[len(segment.geometry) // 2] for segment in network.segments]
        self._length_m = np.array([segment.length_m for segment in network.segments])
        east_m, north_m = network.projection.planes(np.array(middles, np.float64)).T
        east_m = east_m - _median(east_m, self._length_m)
        north_m = north_m - _median(north_m, self._length_m)
        away_m = np.hypot(east_m, north_m)
        near = away_m < _median(away_m, self._length_m)
        self._inside: Mapping[CityPart, NDArray[np.bool_]] = {
            CityPart.NORTH: north_m >= 0,
            CityPart.SOUTH: north_m < 0,
            CityPart.EAST: east_m >= 0,
            CityPart.WEST: east_m < 0,
            CityPart.CENTER: near,
            CityPart.EDGE: ~near,
        }

    def streets(self, part: CityPart | None) -> NDArray[np.bool_]:
        """Return which of the network's segments lie in a part; without one, all of them."""
        if part is None:
            return np.ones(len(self._network.segments), np.bool_)
        return self._inside[part]

    def share(self, part: CityPart | None) -> float:
        """Return the share of all streets, by length, that a part has."""
        inside_m = self._length_m[self.streets(part)].sum()
        return float(inside_m / self._length_m.sum())

    def index_of(self, segment_id: int) -> int:
        """Return the place of a segment in what `streets` returns."""
        return self._network.index_of(segment_id)


def _median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])
