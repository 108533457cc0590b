"""What a caller says, and what would be a right answer to it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import shapely

from data.model import LonLat
from data.streets.projection import Projection

RIGHT_M = 60.0
"""An answer this near to the truth is right."""

MOST_TRIES = 60
"""Draws for each query wanted: a class may have fewer of them in a small city."""

type Made = tuple[str, shapely.Geometry | None] | None
"""What a caller says and the truth; `None` where a draw came to nothing."""


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


def several(kind: str, maker: Callable[[], Made], each: int) -> Iterator[Query]:
    """Yield so many different queries of a class, or as many as are found."""
    seen: set[str] = set()
    for _ in range(each * MOST_TRIES):
        made = maker()
        if made is not None and made[0] not in seen:
            seen.add(made[0])
            yield Query(kind, *made)
        if len(seen) == each:
            return
