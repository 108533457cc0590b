"""Tracks of vehicles over time, along the streets that their fixes match, pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import accumulate, pairwise
from math import cos, hypot, inf, radians

from data.model import LonLat, Match, Position, Segment, SegmentId, VehicleId
from data.streets.network import StreetNetwork
from data.streets.projection import DEGREE_M, distance_m
from fleet.matching.driven_paths import DrivenStretch, total_m
from fleet.matching.map_matching import Matcher, Trail
from fleet.tracking.fix_filters import filtered

AROUND = timedelta(minutes=5)
"""Fixes looked at before and after a time, so that its ends are matched as the whole is."""

LOST_AFTER = timedelta(minutes=5)
"""Between fixes farther apart nobody knows where a vehicle was."""

STANDING_M = 8.0
"""A move shorter than this is the noise of a receiver."""

SPARSE = timedelta(seconds=3)
"""Fixes closer in time than this show the eye nothing new, unless equipment was switched."""

THIN_M = 1.5
"""So far may a thinned track be from the whole one at any moment; a street is wider."""


class Motion(IntEnum):
    """A vehicle's motion from a point of its track to the next, as numbered on the wire."""

    LOST = 0
    STOPPED = 1
    DRIVING = 2
    WORKING = 3


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """A time, the place then, and the motion from then on."""

    at: datetime
    place: LonLat
    motion: Motion


@dataclass(frozen=True, slots=True)
class _Known:
    """A fix and the street it belongs to."""

    fix: Position
    match: Match


class StreetLines:
    """Parts of streets as lines, cached by street."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._along_m: dict[SegmentId, list[float]] = {}

    def place(self, match: Match, fix: Position) -> LonLat:
        """Return where a fix lies on its street, or where it was measured off all streets."""
        if match.segment is None:
            return fix.location
        return self._at(self._network.segment(match.segment.segment_id), match.offset_m)

    def part(self, stretch: DrivenStretch) -> list[LonLat]:
        """Return the places along a driven stretch, in the direction of travel."""
        segment = self._network.segment(stretch.directed.segment_id)
        along_m = self._along(segment)
        start_m, end_m = stretch.from_m, stretch.to_m
        if not stretch.directed.forward:
            start_m, end_m = segment.length_m - end_m, segment.length_m - start_m
        inner = [
            place
            for place, at_m in zip(segment.geometry, along_m, strict=True)
            if start_m < at_m < end_m
        ]
        ends = [self._at(segment, at_m) for at_m in (start_m, end_m)]
        line = [ends[0], *inner, ends[1]]
        return line if stretch.directed.forward else line[::-1]

    def _at(self, segment: Segment, at_m: float) -> LonLat:
        """Return the place so far along a street."""
        along_m = self._along(segment)
        i = min(max(bisect_right(along_m, at_m), 1), len(along_m) - 1)
        a, b = segment.geometry[i - 1], segment.geometry[i]
        step_m = along_m[i] - along_m[i - 1]
        share = min(max((at_m - along_m[i - 1]) / step_m, 0.0), 1.0) if step_m > 0 else 0.0
        return LonLat(a.lon + (b.lon - a.lon) * share, a.lat + (b.lat - a.lat) * share)

    def _along(self, segment: Segment) -> list[float]:
        """Return the metres along the street of each point of its line."""
        known = self._along_m.get(segment.id)
        if known is None:
            steps = [distance_m(a, b) for a, b in pairwise(segment.geometry)]
            scale = segment.length_m / max(sum(steps), 1e-9)
            known = [0.0, *(at_m * scale for at_m in accumulate(steps))]
            self._along_m[segment.id] = known
        return known


def track(
    lines: StreetLines,
    matcher: Matcher,
    fixes: Sequence[Position],
    since: datetime,
    until: datetime,
) -> list[TrackPoint]:
    """Return a vehicle's track of a time from fixes that reach `AROUND` beyond it.

    The first point lies at or before `since` and the last at or after `until`, where the vehicle
    was heard on both sides.
    """
    kept = sparse(filtered(fixes)[0])
    points = list(_points(lines, matcher, list(_known(matcher, kept))))
    first = max((i for i, point in enumerate(points) if point.at <= since), default=0)
    last = next((i for i, point in enumerate(points) if point.at >= until), len(points) - 1)
    return thinned(points[first : last + 1])


def sparse(fixes: Sequence[Position]) -> list[Position]:
    """Return the fixes that a replay needs: `SPARSE` apart, or with a change of equipment."""
    kept: list[Position] = []
    for fix in fixes:
        before = kept[-1] if kept else None
        if (
            before is None
            or fix.fixed_at - before.fixed_at >= SPARSE
            or (fix.blade, fix.spreader) != (before.blade, before.spreader)
        ):
            kept.append(fix)
    return kept


def thinned(points: Sequence[TrackPoint], within_m: float = THIN_M) -> list[TrackPoint]:
    """Return the track without points that linear motion between others explains.

    Whoever goes evenly from each point to the next is never farther than `within_m`, east or north,
    from where the whole track is; what the vehicle did changes at a point only.
    """
    if not points:
        return []
    kept, cone = [points[0]], _Cone(points[0], within_m)
    for before, point in pairwise(points):
        turns = before.motion is not kept[-1].motion
        if before is not kept[-1] and (turns or not cone.reaches(point)):
            kept.append(before)
            cone = _Cone(before, within_m)
        cone.narrow(point)
    return [*kept, points[-1]] if len(points) > 1 else kept


class _Cone:
    """The constant velocities from a point that pass near all later points so far."""

    def __init__(self, start: TrackPoint, within_m: float) -> None:
        self._start = start
        lat_deg = within_m / DEGREE_M
        self._near = (lat_deg / max(cos(radians(start.place.lat)), 0.01), lat_deg)
        self._low, self._high = [-inf, -inf], [inf, inf]

    def reaches(self, point: TrackPoint) -> bool:
        """Whether the velocity straight to a point is among them."""
        seconds, steps = self._way(point)
        if seconds <= 0:
            return False
        return all(
            low <= step / seconds <= high
            for step, low, high in zip(steps, self._low, self._high, strict=True)
        )

    def narrow(self, point: TrackPoint) -> None:
        """Keep only the velocities that pass near this point too."""
        seconds, steps = self._way(point)
        if seconds <= 0:
            return
        for axis, (step, near) in enumerate(zip(steps, self._near, strict=True)):
            self._low[axis] = max(self._low[axis], (step - near) / seconds)
            self._high[axis] = min(self._high[axis], (step + near) / seconds)

    def _way(self, point: TrackPoint) -> tuple[float, tuple[float, float]]:
        start = self._start
        seconds = (point.at - start.at).total_seconds()
        return seconds, (point.place.lon - start.place.lon, point.place.lat - start.place.lat)


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
        if total_m(stretches) < STANDING_M and distance_m(here, there) < STANDING_M:
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
    """Yield all points of a line but the last, with times at constant speed."""
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
    """Yield the tracks of vehicles in a time; those without fixes are left out."""
    lines = StreetLines(network)
    for vehicle_id, of_vehicle in fixes:
        points = track(lines, matcher, of_vehicle, since, until)
        if len(points) > 1:
            yield vehicle_id, points
