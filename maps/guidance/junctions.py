"""The shape of a junction as a driver sees it: which streets meet there, and at which angles."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, degrees, radians
from typing import Self
from weakref import WeakKeyDictionary

from data.model import ByLanguage, DirectedSegment, LonLat, Segment
from data.streets.network import StreetNetwork
from maps.routes.turns import head_node
from maps.streets.street import street_name

LOOK_M = 20.0
"""The heading of a street at a junction is that of so much of it: kerbs bend the last metres."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A way out of a junction: `angle_deg` right of straight on, `open` where one may drive in."""

    step: DirectedSegment
    angle_deg: float
    open: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found of a network: the streets from each node, headings that were asked for."""

    ends: Mapping[int, Sequence[DirectedSegment]]
    headings: dict[DirectedSegment, float] = field(default_factory=dict)

    @classmethod
    def of(cls, network: StreetNetwork) -> Self:
        """Return what is known at first."""
        ends = defaultdict[int, list[DirectedSegment]](list)
        for segment in network.segments:
            ends[segment.start].append(DirectedSegment(segment.id, True))
            ends[segment.end].append(DirectedSegment(segment.id, False))
        return cls(ends)


_known: WeakKeyDictionary[StreetNetwork, _Known] = WeakKeyDictionary()


class Junctions:
    """Junctions of a network, looked up by the street on which one comes.

    All phones of a city ask for the same: what was found stays as long as their network.
    """

    def __init__(self, network: StreetNetwork) -> None:
        self.network = network
        known = _known.get(network)
        self._known = _known.setdefault(network, _Known.of(network)) if known is None else known

    def segment(self, step: DirectedSegment) -> Segment:
        """Return the street of a step."""
        return self.network.segment(step.segment_id)

    def name(self, step: DirectedSegment) -> ByLanguage:
        """Return the names of the street of a step, none where it has no name."""
        return street_name(self.segment(step))

    def streets_at_end(self, came: DirectedSegment) -> int:
        """Return how many ends of streets meet where a step leads to, its own among them."""
        return len(self._known.ends[head_node(came, self.network)])

    def meetings(self, segment: Segment) -> list[tuple[LonLat, list[Segment]]]:
        """Return the places of the two ends of a street, each with all streets that end there."""
        ends = (segment.start, segment.geometry[0]), (segment.end, segment.geometry[-1])
        return [
            (LonLat(*place), [self.segment(step) for step in self._known.ends[node]])
            for node, place in ends
        ]

    def arms(self, came: DirectedSegment) -> list[Arm]:
        """Return the ways out of the junction to which a step leads, but not back over it."""
        back = DirectedSegment(came.segment_id, not came.forward)
        allowed = self._allowed(came)
        return [
            Arm(step, self.angle_deg(came, step), step in allowed)
            for step in self._known.ends[head_node(came, self.network)]
            if step != back
        ]

    def angle_deg(self, came: DirectedSegment, goes: DirectedSegment) -> float:
        """Return the angle of the turn from a step into the next; right is positive."""
        back = DirectedSegment(came.segment_id, not came.forward)
        leaving, entering = self._heading(back) + 180.0, self._heading(goes)
        return (entering - leaving + 180.0) % 360.0 - 180.0

    def _allowed(self, came: DirectedSegment) -> set[DirectedSegment]:
        """Return the steps that may follow one by signs and one-ways."""
        arc, turns = self.network.arc(came), self.network.turns
        if arc is None:
            return set()
        following = turns.to[turns.start[arc] : turns.start[arc + 1]]
        return {self.network.directed(int(each)) for each in following}

    def _heading(self, step: DirectedSegment) -> float:
        """Return the heading in which a street leaves the junction where a step begins."""
        headings = self._known.headings
        if step not in headings:
            headings[step] = self._looked_at(step)
        return headings[step]

    def _looked_at(self, step: DirectedSegment) -> float:
        length_m = self.segment(step).length_m
        near_m = min(LOOK_M, length_m)
        from_m, to_m = (0.0, near_m) if step.forward else (length_m, length_m - near_m)
        start = self.network.point_at(step.segment_id, from_m)
        return _bearing_deg(start, self.network.point_at(step.segment_id, to_m))


def _bearing_deg(start: LonLat, end: LonLat) -> float:
    east = (end.lon - start.lon) * cos(radians(start.lat))
    return degrees(atan2(east, end.lat - start.lat)) % 360.0
