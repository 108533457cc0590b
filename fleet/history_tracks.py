"""Where vehicles were at any moment: along the streets that their fixes are matched to, pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import accumulate, pairwise
from math import hypot

from data.model import LonLat, Match, Position, SegmentId, VehicleId
from data.network import StreetNetwork
from fleet.matching import Matcher, Trail
from fleet.steps import filtered, metres_between
from fleet.ways import Stretch, total_m

AROUND = timedelta(minutes=5)
"""Fixes looked at before and after a time, so that its ends are matched as the whole is."""

LOST_AFTER = timedelta(minutes=5)
"""Between fixes farther apart nobody knows where a vehicle was."""

STANDING_M = 8.0
"""A move shorter than this is the noise of a receiver."""


class Motion(IntEnum):
    """What a vehicle did from a point of its track to the next, as numbered on the wire."""

    LOST = 0
    STOPPED = 1
    DRIVING = 2
    WORKING = 3


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A moment, the place then, and what the vehicle did from then on."""

    at: datetime
    place: LonLat
    motion: Motion


@dataclass(frozen=True, slots=True)
class _Known:
    """A fix and the street it belongs to."""

    fix: Position
    match: Match


class StreetLines:
    """Parts of streets as lines of places, remembered by street."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._along_m: dict[SegmentId, list[float]] = {}

    def place(self, match: Match, fix: Position) -> LonLat:
        """Return where a fix lies on its street, or where it was measured off all streets."""
        if match.segment is None:
            return fix.location
        return self._network.point_at(match.segment.segment_id, match.offset_m)

    def part(self, stretch: Stretch) -> list[LonLat]:
        """Return the places along a driven stretch, in the direction of travel."""
        segment = self._network.segment(stretch.directed.segment_id)
        along_m = self._along(segment.id, segment.geometry, segment.length_m)
        start_m, end_m = stretch.from_m, stretch.to_m
        if not stretch.directed.forward:
            start_m, end_m = segment.length_m - end_m, segment.length_m - start_m
        inner = [
            place
            for place, at_m in zip(segment.geometry, along_m, strict=True)
            if start_m < at_m < end_m
        ]
        ends = [self._network.point_at(segment.id, at_m) for at_m in (start_m, end_m)]
        line = [ends[0], *inner, ends[1]]
        return line if stretch.directed.forward else line[::-1]

    def _along(self, segment_id: SegmentId, line: Sequence[LonLat], length_m: float) -> list[float]:
        known = self._along_m.get(segment_id)
        if known is None:
            steps = [metres_between(a, b) for a, b in pairwise(line)]
            scale = length_m / max(sum(steps), 1e-9)
            known = [0.0, *(at_m * scale for at_m in accumulate(steps))]
            self._along_m[segment_id] = known
        return known


def track(
    lines: StreetLines,
    matcher: Matcher,
    fixes: Sequence[Position],
    since: datetime,
    until: datetime,
) -> list[TrackPoint]:
    """Return a vehicle's track in a time, by time, from fixes that reach `AROUND` beyond it.

    The first point lies at or before `since` and the last at or after `until`, where the vehicle
    was heard on both sides.
    """
    kept, _ = filtered(fixes)
    points = list(_points(lines, matcher, list(_known(matcher, kept))))
    first = max((i for i, point in enumerate(points) if point.at <= since), default=0)
    last = next((i for i, point in enumerate(points) if point.at >= until), len(points) - 1)
    return points[first : last + 1]


def _known(matcher: Matcher, fixes: Sequence[Position]) -> Iterator[_Known]:
    by_time = {fix.fixed_at: fix for fix in fixes}
    trail = Trail()
    for match in [*matcher.match(trail, fixes), *matcher.settle(trail)]:
        yield _Known(by_time[match.fixed_at], match)


def _points(lines: StreetLines, matcher: Matcher, known: Sequence[_Known]) -> Iterator[TrackPoint]:
    for a, b in pairwise(known):
        here, there = lines.place(a.match, a.fix), lines.place(b.match, b.fix)
        if b.fix.fixed_at - a.fix.fixed_at > LOST_AFTER:
            yield TrackPoint(a.fix.fixed_at, here, Motion.LOST)
            continue
        stretches = matcher.between(a.match, b.match)
        if total_m(stretches) < STANDING_M and metres_between(here, there) < STANDING_M:
            yield TrackPoint(a.fix.fixed_at, here, Motion.STOPPED)
            continue
        motion = Motion.WORKING if a.fix.blade or a.fix.spreader else Motion.DRIVING
        line = [place for stretch in stretches for place in lines.part(stretch)]
        yield from _timed([here, *line, there], a.fix.fixed_at, b.fix.fixed_at, motion)
    if known:
        end = known[-1]
        yield TrackPoint(end.fix.fixed_at, lines.place(end.match, end.fix), Motion.LOST)


def _timed(
    line: Sequence[LonLat], start: datetime, end: datetime, motion: Motion
) -> Iterator[TrackPoint]:
    """Yield all places of a line but the last, at the times of somebody who drives it evenly."""
    steps = [hypot(b.lon - a.lon, b.lat - a.lat) for a, b in pairwise(line)]
    whole, gone = max(sum(steps), 1e-12), 0.0
    for place, step in zip(line[:-1], steps, strict=True):
        if step > 0:
            yield TrackPoint(start + (end - start) * (gone / whole), place, motion)
        gone += step


def tracks(
    network: StreetNetwork,
    matcher: Matcher,
    fixes: Iterable[tuple[VehicleId, Sequence[Position]]],
    since: datetime,
    until: datetime,
) -> Iterator[tuple[VehicleId, list[TrackPoint]]]:
    """Yield the tracks of vehicles in a time; those that were not heard in it are left out."""
    lines = StreetLines(network)
    for vehicle_id, of_vehicle in fixes:
        points = track(lines, matcher, of_vehicle, since, until)
        if len(points) > 1:
            yield vehicle_id, points
