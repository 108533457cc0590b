"""Load or compile what the map matching needs before the first truck sends a position."""

from datetime import UTC, datetime, timedelta
from functools import cache

from data.model import (
    DeviceId,
    LonLat,
    NodeId,
    Oneway,
    Position,
    RoadClass,
    Segment,
    SegmentId,
    SegmentKey,
    VehicleId,
)
from data.streets.network import build_network
from data.streets.projection import line_length_m
from fleet.matching.map_matching import StreetMatcher, Trail

STEP_DEG = 0.0003
"""Between the fixes of the drive: 33 m."""


@cache  # a process has them ready once, for all its cities
def warm_up() -> None:
    """Match a short drive over two drawn streets, so that the kernels are ready."""
    matcher, trail = StreetMatcher(build_network((_street(1), _street(2)))), Trail()
    matches = matcher.match(trail, [_fix(step) for step in range(6)])
    matches += matcher.settle(trail)
    matcher.between(matches[0], matches[-1])


def _street(number: int) -> Segment:
    ends = LonLat(0.0, 0.001 * (number - 1)), LonLat(0.0, 0.001 * number)
    return Segment(
        id=SegmentId(number),
        key=SegmentKey(number, number, number + 1, 0),
        start=NodeId(number),
        end=NodeId(number + 1),
        geometry=ends,
        length_m=line_length_m(ends),
        road_class=RoadClass.RESIDENTIAL,
        names={},
        drive_speed_mps=8.0,
        oneway=Oneway.NO,
        lanes=2,
        width_m=6.0,
    )


def _fix(step: int) -> Position:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=5 * step)
    place = LonLat(0.0, STEP_DEG * step)
    return Position(DeviceId(1), VehicleId(1), "", at, at, place)
