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

STREETS_APART_M = 100.0
"""Parts of a street farther from each other than this are different streets."""

type Truth = shapely.Geometry | None
type Made = tuple[str, Truth] | tuple[str, Truth, Truth] | None
"""What a caller says, the truth, and what he himself means; `None` where a draw came to nothing."""


@dataclass(frozen=True, slots=True)
class Query:
    """Words of one class; `truth` in metres of the city's plane, `None` where there is none.

    `own` is the street that the caller means, where several that fit his words are the truth.
    """

    kind: str
    text: str
    truth: Truth
    own: Truth = None

    def away_m(self, point: LonLat, plane: Projection) -> float:
        """Return how far an answer is from the truth; infinitely where no answer is right."""
        if self.truth is None:
            return float("inf")
        return float(shapely.distance(self.truth, shapely.Point(*plane.plane(point))))

    def hit_share(self, away_m: float, point: LonLat, plane: Projection) -> float:
        """Return how likely (0-1) an answer `away_m` from the truth is what the caller means.

        Of several streets that have his street's name, he means each as likely as another.
        """
        if self.truth is None or away_m > RIGHT_M:
            return 0.0
        if self.own is None:
            return 1.0
        here = shapely.Point(*plane.plane(point))
        if shapely.distance(self.own, here) > RIGHT_M:
            return 0.0
        parts = shapely.buffer(self.own, STREETS_APART_M / 2, quad_segs=2)
        return 1.0 / shapely.get_num_geometries(parts)


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
