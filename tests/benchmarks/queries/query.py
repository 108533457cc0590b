"""What a caller says, and what would be a right answer to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from data.model import LonLat
from data.streets.projection import Projection

RIGHT_M = 60.0
"""An answer this near to the truth is right."""


@dataclass(frozen=True, slots=True)
class Query:
    """Words of one class; `truth` in metres of the city's plane, `None` where there is none."""

    kind: str
    text: str
    truth: shapely.Geometry | None

    def away_m(self, point: LonLat, plane: Projection) -> float:
        """Return how far an answer is from the truth; infinitely where no answer is right."""
        if self.truth is None:
            return float("inf")
        return float(shapely.distance(self.truth, shapely.Point(*plane.plane(point))))


def any_of(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    return shapely.union_all(list(shapes))
