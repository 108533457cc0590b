"""Junctions drawn by hand: streets around one point, or on the ring of a roundabout."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, radians, sin

from data.model import DirectedSegment, Oneway, Restriction, SegmentId
from data.streets.network import StreetNetwork, build_network
from tests import village as v

MIDDLE, FAR_M, RING_M = 1, 120.0, 20.0
IN, OUT, BOTH = Oneway.BACKWARD, Oneway.FORWARD, Oneway.NO
"""Directions of an arm, seen from the junction: only towards it, only away from it, both."""


@dataclass(frozen=True)
class Arm:
    """A street that leaves the junction at a bearing; `name` is English, "" for none."""

    bearing_deg: float
    name: str = ""
    oneway: Oneway = BOTH


@dataclass(frozen=True)
class Shape:
    """Arms, and the way over the junction: from arm `came` into arm `goes`, both by their index."""

    arms: Sequence[Arm]
    came: int = 0
    goes: int = 1
    ring: bool = False
    banned: Sequence[int] = field(default=())

    def network(self) -> StreetNetwork:
        """Return the streets of the shape, arm 0 being street 1."""
        return _ring(self) if self.ring else _crossing(self)

    def path(self) -> list[DirectedSegment]:
        """Return the way over the junction; on a ring counterclockwise, as traffic on the right."""
        entering = DirectedSegment(SegmentId(self.came + 1), False)
        leaving = DirectedSegment(SegmentId(self.goes + 1), True)
        return [entering, *(self._along_ring() if self.ring else ()), leaving]

    def _along_ring(self) -> list[DirectedSegment]:
        count = len(self.arms)
        order = sorted(range(count), key=lambda arm: -self.arms[arm].bearing_deg)
        at = order.index(self.came)
        steps = []
        while True:
            steps.append(DirectedSegment(SegmentId(100 + order[at]), True))
            at = (at + 1) % count
            if order[at] == self.goes:
                return steps


def _place(bearing_deg: float, far_m: float) -> tuple[float, float]:
    return far_m * sin(radians(bearing_deg)), far_m * cos(radians(bearing_deg))


def _arm(number: int, arm: Arm, start: int, near_m: float) -> v.Segment:
    line = [v.at_m(*_place(arm.bearing_deg, far)) for far in (near_m, near_m + FAR_M)]
    names = {"": (arm.name,), "en": (arm.name,)} if arm.name else {}
    return v.a_segment(number + 1, start, 50 + number, line=line, names=names, oneway=arm.oneway)


def _crossing(shape: Shape) -> StreetNetwork:
    arms = [_arm(number, arm, MIDDLE, 0.0) for number, arm in enumerate(shape.arms)]
    came = SegmentId(shape.came + 1)
    bans = [
        Restriction(came, arms[0].start, SegmentId(number + 1), "no") for number in shape.banned
    ]
    return build_network(arms, bans)


def _ring(shape: Shape) -> StreetNetwork:
    arms = [_arm(number, arm, 10 + number, RING_M) for number, arm in enumerate(shape.arms)]
    order = sorted(range(len(arms)), key=lambda arm: -shape.arms[arm].bearing_deg)
    parts = []
    for at, number in enumerate(order):
        following = order[(at + 1) % len(order)]
        ends = (shape.arms[number].bearing_deg, shape.arms[following].bearing_deg)
        width = (ends[0] - ends[1]) % 360.0 or 360.0
        bearings = [ends[0] - width * share / 4 for share in range(5)]
        line = [v.at_m(*_place(bearing, RING_M)) for bearing in bearings]
        parts.append(
            v.a_segment(
                100 + number,
                10 + number,
                10 + following,
                line=line,
                names={},
                oneway=OUT,
                roundabout=True,
            )
        )
    return build_network([*arms, *parts])
