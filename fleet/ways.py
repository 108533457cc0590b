"""Where a vehicle may have gone between two fixes: short ways through the streets.

What a truck did is not what signs allow, so turn restrictions play no part here.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from data.model import DirectedSegment, SegmentId
from data.network import StreetNetwork

REACH_M = 500.0
"""How far a way may lead between two fixes."""

U_TURN_M = 60.0
"""What turning round costs, as metres driven."""

TURN_WITHIN_M = 60.0
"""Metres to and from a dead end that may lie between two fixes."""

NOISE_M = 20.0
"""On a loop, a spot this much behind is noise and not another round."""

REMEMBERED = 20_000
"""Starts whose surroundings are kept."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a street in a direction of travel; `along_m` counts in that direction."""

    directed: DirectedSegment
    along_m: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a street that was driven; metres count in the direction of travel."""

    directed: DirectedSegment
    from_m: float
    to_m: float


@dataclass(frozen=True, slots=True)
class _Reach:
    """Junctions near the end of a directed street: metres to each, and how it is reached."""

    metres: dict[int, float]
    last: dict[int, DirectedSegment]
    before: dict[DirectedSegment, DirectedSegment | None]


class Ways:
    """Shortest ways of some hundred metres over a network, remembered by their start."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._leaving: dict[int, list[DirectedSegment]] = defaultdict(list)
        touching: dict[int, int] = defaultdict(int)
        for segment in network.segments:
            touching[segment.start] += 1
            touching[segment.end] += 1
        for arc in range(len(network.arc_segment)):
            directed = network.directed(arc)
            self._leaving[self.tail(directed)].append(directed)
        self._dead_ends = frozenset(node for node, count in touching.items() if count == 1)
        self._reaches: OrderedDict[DirectedSegment, _Reach] = OrderedDict()

    def length_m(self, segment_id: SegmentId) -> float:
        """Return a street's length."""
        return self._network.segment(segment_id).length_m

    def tail(self, directed: DirectedSegment) -> int:
        """Return the junction where this direction begins."""
        segment = self._network.segment(directed.segment_id)
        return segment.start if directed.forward else segment.end

    def head(self, directed: DirectedSegment) -> int:
        """Return the junction where this direction ends."""
        return self.tail(reverse(directed))

    def way_m(self, a: Spot, b: Spot) -> float | None:
        """Return the metres driven from one spot to the other, turning round included.

        A spot a little behind on the same street is noise: 0. `None` where there is no short way.
        """
        if self._along_one_street(a, b):
            return max(b.along_m - a.along_m, 0.0)
        rest_m = self.length_m(a.directed.segment_id) - a.along_m
        if b.directed == reverse(a.directed):
            return abs(b.along_m - rest_m) + U_TURN_M
        reach, node = self._reach(a.directed), self.tail(b.directed)
        if node not in reach.metres:
            return None
        turned_m = 0.0
        if reach.last.get(node) == reverse(b.directed) and node not in self._dead_ends:
            turned_m = U_TURN_M
        return rest_m + reach.metres[node] + b.along_m + turned_m

    def stretches(self, a: Spot, b: Spot) -> list[Stretch]:
        """Return what was driven from one spot to the other, in order; empty without a way."""
        if self._along_one_street(a, b):
            return _longer_than_nothing([Stretch(a.directed, a.along_m, b.along_m)])
        length_m = self.length_m(a.directed.segment_id)
        if b.directed == reverse(a.directed):
            return self._turned(a, b, length_m)
        reach, node = self._reach(a.directed), self.tail(b.directed)
        if node not in reach.metres:
            return []
        between: list[Stretch] = []
        arc = reach.last.get(node)
        while arc is not None:
            between.append(Stretch(arc, 0.0, self.length_m(arc.segment_id)))
            arc = reach.before[arc]
        first = Stretch(a.directed, a.along_m, length_m)
        last = Stretch(b.directed, 0.0, b.along_m)
        return _longer_than_nothing([first, *reversed(between), last])

    def _turned(self, a: Spot, b: Spot, length_m: float) -> list[Stretch]:
        """Return what was driven before and after turning round on one street.

        At a dead end that is near the truck turned at its end; elsewhere only what is sure counts.
        """
        rest_m = length_m - a.along_m
        if self.head(a.directed) in self._dead_ends and rest_m + b.along_m <= TURN_WITHIN_M:
            there, back = length_m, 0.0
        else:
            there, back = length_m - b.along_m, rest_m
        return _longer_than_nothing(
            [Stretch(a.directed, a.along_m, there), Stretch(b.directed, back, b.along_m)]
        )

    def _along_one_street(self, a: Spot, b: Spot) -> bool:
        if a.directed != b.directed:
            return False
        loop = self.tail(a.directed) == self.head(a.directed)
        return not loop or b.along_m >= a.along_m - NOISE_M

    def _reach(self, start: DirectedSegment) -> _Reach:
        known = self._reaches.get(start)
        if known is None:
            known = self._reaches[start] = self._explore(start)
            if len(self._reaches) > REMEMBERED:
                self._reaches.popitem(last=False)
        return known

    def _explore(self, start: DirectedSegment) -> _Reach:
        reach = _Reach({self.head(start): 0.0}, {}, {})
        heap: list[tuple[float, DirectedSegment, DirectedSegment | None]] = []
        self._push_next(heap, 0.0, start, None)
        while heap:
            metres, arc, before = heappop(heap)
            if arc in reach.before:
                continue
            reach.before[arc] = before
            node = self.head(arc)
            if node not in reach.metres:
                reach.metres[node] = metres
                reach.last[node] = arc
            self._push_next(heap, metres, arc, arc)
        return reach

    def _push_next(
        self,
        heap: list[tuple[float, DirectedSegment, DirectedSegment | None]],
        metres: float,
        arc: DirectedSegment,
        before: DirectedSegment | None,
    ) -> None:
        node, back = self.head(arc), reverse(arc)
        for follower in self._leaving[node]:
            ahead_m = metres + self.length_m(follower.segment_id)
            if ahead_m <= REACH_M and (follower != back or node in self._dead_ends):
                heappush(heap, (ahead_m, follower, before))


def reverse(directed: DirectedSegment) -> DirectedSegment:
    """Return the other direction of the same street."""
    return DirectedSegment(directed.segment_id, not directed.forward)


def total_m(stretches: Iterable[Stretch]) -> float:
    """Return the metres of the stretches together."""
    return sum(one.to_m - one.from_m for one in stretches)


def _longer_than_nothing(stretches: list[Stretch]) -> list[Stretch]:
    return [one for one in stretches if one.to_m > one.from_m]
