"""Plain twins of the matching kernels, to compare with."""

import heapq
from math import hypot, inf

from data.model import DirectedSegment, LonLat, Oneway
from data.network import StreetNetwork
from fleet.street_arrays import AGAINST_M, DEAD_END_M, TURN_M, U_TURN_M


def ways_from(network: StreetNetwork, source: DirectedSegment) -> dict[DirectedSegment, float]:
    """Metres and prices from the end of a directed street to the beginnings of all others."""
    leaving: dict[int, list[DirectedSegment]] = {}
    for segment in network.segments:
        leaving.setdefault(segment.start, []).append(DirectedSegment(segment.id, True))
        leaving.setdefault(segment.end, []).append(DirectedSegment(segment.id, False))
    best: dict[DirectedSegment, float] = {}
    heap: list[tuple[float, DirectedSegment]] = []

    def leave(came: DirectedSegment, so_far: float) -> None:
        here = network.segment(came.segment_id)
        node = here.end if came.forward else here.start
        for onward in leaving[node]:
            further = so_far + price_m(network, came, onward, len(leaving[node]))
            if further < best.get(onward, inf):
                best[onward] = further
                heapq.heappush(heap, (further, onward))

    leave(source, 0.0)
    while heap:
        so_far, arc = heapq.heappop(heap)
        if so_far <= best[arc]:
            leave(arc, so_far + network.segment(arc.segment_id).length_m)
    return best


def price_m(
    network: StreetNetwork, came: DirectedSegment, goes: DirectedSegment, ways: int
) -> float:
    """Price of a turn between two directed streets where so many ways meet."""
    segment = network.segment(goes.segment_id)
    price = 0.0
    if segment.oneway is (Oneway.BACKWARD if goes.forward else Oneway.FORWARD):
        price += AGAINST_M
    if goes == DirectedSegment(came.segment_id, not came.forward):
        return price + (DEAD_END_M if ways == 1 else U_TURN_M)
    change = heading(network, goes, at_end=False) - heading(network, came, at_end=True)
    turns = abs((change + 180.0) % 360.0 - 180.0) > 40.0
    return price + (TURN_M if turns and ways > 2 else 0.0)


def heading(network: StreetNetwork, arc: DirectedSegment, *, at_end: bool) -> float:
    """Degrees in which a directed street begins or ends."""
    segment = network.segment(arc.segment_id)
    degrees = network.heading_at(segment.id, segment.length_m if at_end == arc.forward else 0.0)
    return degrees if arc.forward else degrees + 180.0


def metres_apart(network: StreetNetwork, a: LonLat, b: LonLat) -> float:
    """Metres between two places."""
    (ax, ay), (bx, by) = network.projection.plane(a), network.projection.plane(b)
    return hypot(ax - bx, ay - by)
