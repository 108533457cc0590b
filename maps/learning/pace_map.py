"""A drawing of the city with the streets that surely take longer or shorter than their class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.model import SegmentId
from data.streets.network import StreetNetwork
from fleet.learning.pace_changes import PaceChange

WIDE = 1000.0
"""Width of the drawing, in units of its own."""

BANDS = ((0.0, "much-quicker"), (0.8, "quicker"), (1.0, "slower"), (1.25, "much-slower"))
"""From how many times as long a street has which look."""

MOST_DRAWN = 8_000
"""Streets of a larger city are drawn only where they differ: the page would be too heavy."""


@dataclass(frozen=True, slots=True)
class PaceMap:
    """Paths of an SVG, north up: all streets, and those that differ by look; `high` is how high."""

    high: float
    streets: str
    bands: tuple[tuple[str, str], ...]


def pace_map(network: StreetNetwork, changes: Sequence[PaceChange]) -> PaceMap | None:
    """Return the drawing; `None` where no street surely differs."""
    if not changes:
        return None
    drawing = _Drawing(network)
    whole = (segment.id for segment in network.segments)
    found: dict[str, list[SegmentId]] = {name: [] for _, name in BANDS}
    for one in changes:
        segment_id = one.subject.segment_id
        if segment_id is not None and network.find(segment_id) is not None:
            found[_band(one.times)].append(segment_id)
    return PaceMap(
        high=round(drawing.high, 1),
        streets=drawing.path(whole) if len(network.segments) <= MOST_DRAWN else "",
        bands=tuple((name, drawing.path(ids)) for name, ids in found.items() if ids),
    )


def _band(times: float) -> str:
    return [name for least, name in BANDS if times >= least][-1]


class _Drawing:
    """Places of a city as numbers of a drawing."""

    def __init__(self, network: StreetNetwork) -> None:
        planes = network.projection.planes(network.node_lonlat)
        self._network = network
        self._left, self._bottom = planes.min(axis=0).tolist()
        right, top = planes.max(axis=0).tolist()
        self._scale = WIDE / max(right - self._left, 1.0)
        self._top = top
        self.high = max((top - self._bottom) * self._scale, 1.0)

    def path(self, segment_ids: Iterable[SegmentId]) -> str:
        """Return the lines of streets as the `d` of a path."""
        return "".join(map(self._line, segment_ids))

    def _line(self, segment_id: SegmentId) -> str:
        places = self._network.segment(segment_id).geometry
        points = [self._network.projection.plane(place) for place in places]
        words = [
            f"{(x - self._left) * self._scale:.1f} {(self._top - y) * self._scale:.1f}"
            for x, y in points
        ]
        return f"M{'L'.join(words)}"
