"""Places on the map for the name of a truck at the streets that it works on."""

from collections import defaultdict
from collections.abc import Iterable

from data.model import DirectedSegment, LonLat, SegmentId
from data.streets.network import StreetNetwork

CELL_DEG = 0.005
"""Size of a cell in which a name stands at most once: some 500 m."""


def section_marks(work: Iterable[DirectedSegment], network: StreetNetwork) -> list[LonLat]:
    """Return a place in each cell of a grid with work, the cell with the most work first.

    It is the middle of the longest street there. Streets that a newer file no longer has are left
    out.
    """
    cells: dict[tuple[int, int], list[SegmentId]] = defaultdict(list)
    for step in work:
        segment = network.find(step.segment_id)
        if segment is not None:
            lon, lat = segment.geometry[len(segment.geometry) // 2]
            cells[int(lon / CELL_DEG), int(lat / CELL_DEG)].append(segment.id)

    def length_m(one: SegmentId) -> float:
        return network.segment(one).length_m

    fullest = sorted(cells.values(), key=lambda streets: -sum(map(length_m, streets)))
    middles = (max(streets, key=length_m) for streets in fullest)
    return [network.point_at(one, length_m(one) / 2) for one in middles]
