"""Tracks whose truth is known: trucks driven over real streets, as a noisy receiver sees them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, exp, radians, sin, sqrt

import numpy as np

from data.model import DeviceId, DirectedSegment, LonLat, Oneway, Position, VehicleId
from data.streets.network import StreetNetwork

STARTS = datetime(2026, 1, 10, 6, tzinfo=UTC)

MEMORY_S = 30.0
"""Errors of a receiver this far apart have 1/e of their likeness left."""

CLEAR_M = 40.0
"""A truck in a yard is off the streets when it is this far in."""


@dataclass(frozen=True, slots=True)
class TruckBehavior:
    """How a truck drives: shares of junctions where it turns, turns round or stops."""

    speeds_mps: tuple[float, float] = (4.0, 13.0)
    straight: float = 4.0
    stop: float = 0.12
    stop_s: tuple[float, float] = (4.0, 40.0)
    turn_round: float = 0.01
    against: float = 0.0
    reverse: float = 0.0
    yard: float = 0.0


PLOWING = TruckBehavior()
"""Turns at one junction in three and stops at one in eight."""

TRIPS = TruckBehavior(straight=15.0, turn_round=0.002, stop=0.05)
"""Mostly straight on, as from one end of a city to the other."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix and its truth; `segment` is `None` off the streets."""

    at_s: float
    east_m: float
    north_m: float
    segment: DirectedSegment | None
    along_m: float
    speed_mps: float


@dataclass(frozen=True, slots=True)
class Track:
    """A drive second by second, and the directed streets it took in order with metres."""

    seconds: tuple[Fix, ...]
    stretches: tuple[tuple[DirectedSegment, float, float], ...]


class Driver:
    """Drives at random over a network, as a plow does: on, round, into dead ends and back."""

    def __init__(self, network: StreetNetwork, habits: TruckBehavior, seed: int) -> None:
        self._network = network
        self._habits = habits
        self._random = np.random.default_rng(seed)
        self._leaving: dict[int, list[DirectedSegment]] = {}
        for segment in network.segments:
            for forward in (True, False):
                end = segment.start if forward else segment.end
                self._leaving.setdefault(end, []).append(DirectedSegment(segment.id, forward))

    def drive(self, whole_m: float) -> Track:
        """Return a drive of at least so many metres."""
        arc = self._start()
        seconds: list[Fix] = []
        stretches: list[tuple[DirectedSegment, float, float]] = []
        at_s, along_m, gone_m = 0.0, 0.0, 0.0
        while gone_m < whole_m:
            length_m = self._network.segment(arc.segment_id).length_m
            speed_mps = self._random.uniform(*self._habits.speeds_mps)
            while along_m < length_m:
                seconds.append(self._fix(at_s, arc, along_m, speed_mps))
                along_m += speed_mps
                at_s += 1.0
            gone_m += length_m
            stretches.append((arc, 0.0, length_m))
            along_m -= length_m
            if self._random.random() < self._habits.reverse:
                at_s, seconds = self._back(at_s, arc, length_m, seconds, stretches)
            if self._random.random() < self._habits.yard:
                at_s, seconds = self._yard(at_s, arc, length_m, seconds)
            arc = self._next(arc)
            if self._random.random() < self._habits.stop:
                along_m = 0.0
                for _ in range(int(self._random.uniform(*self._habits.stop_s))):
                    seconds.append(self._fix(at_s, arc, 0.0, 0.0))
                    at_s += 1.0
            along_m = min(along_m, self._network.segment(arc.segment_id).length_m)
        return Track(tuple(seconds), tuple(stretches))

    def _back(self, at_s, arc, length_m, seconds, stretches):
        """Back up along the street just driven, and drive it again."""
        back_m = min(length_m, self._random.uniform(40.0, 120.0))
        other = DirectedSegment(arc.segment_id, not arc.forward)
        for at_m in np.arange(0.0, back_m, 2.0):
            seconds.append(self._fix(at_s, other, float(at_m), 2.0))
            at_s += 1.0
        stretches.append((other, 0.0, back_m))
        for at_m in np.arange(length_m - back_m, length_m, 4.0):
            seconds.append(self._fix(at_s, arc, float(at_m), 4.0))
            at_s += 1.0
        stretches.append((arc, length_m - back_m, length_m))
        return at_s, seconds

    def _yard(self, at_s, arc, length_m, seconds):
        """Drive off the street into a yard, stand there, and come back, where there is room."""
        here = self._fix(at_s, arc, length_m, 0.0)
        deep_m = self._random.uniform(90.0, 200.0)
        ways = [self._off(here, deg, deep_m) for deg in self._random.uniform(0.0, 360.0, 12)]
        way = next((way for way in ways if self._clear(way)), None)
        for x, y, metres in way + [way[-1]] * 60 + way[::-1] if way else []:
            truth = arc if metres < CLEAR_M else None
            seconds.append(Fix(at_s, x, y, truth, length_m, 4.0))
            at_s += 1.0
        return at_s, seconds

    def _off(self, here, deg, deep_m):
        east, north = sin(radians(deg)), cos(radians(deg))
        metres = np.arange(0.0, deep_m, 4.0).tolist()
        return [(here.east_m + east * m, here.north_m + north * m, m) for m in metres]

    def _clear(self, way):
        return all(
            metres < CLEAR_M
            or self._network.nearest(lonlat(self._network, x, y), CLEAR_M * 0.8) is None
            for x, y, metres in way
        )

    def _start(self) -> DirectedSegment:
        while True:
            segment = self._network.segments[self._random.integers(len(self._network.segments))]
            for forward in (True, False):
                if self._allowed(DirectedSegment(segment.id, forward)):
                    return DirectedSegment(segment.id, forward)

    def _allowed(self, arc: DirectedSegment) -> bool:
        wrong = Oneway.BACKWARD if arc.forward else Oneway.FORWARD
        return self._network.segment(arc.segment_id).oneway is not wrong

    def _next(self, arc: DirectedSegment) -> DirectedSegment:
        segment = self._network.segment(arc.segment_id)
        node = segment.end if arc.forward else segment.start
        back = DirectedSegment(arc.segment_id, not arc.forward)
        options = [
            each
            for each in self._leaving[node]
            if each != back
            and (self._allowed(each) or self._random.random() < self._habits.against)
        ]
        if not options or self._random.random() < self._habits.turn_round:
            return back
        came = self._heading(arc, end=True)
        weights = []
        for each in options:
            turn = abs((self._heading(each, end=False) - came + 180.0) % 360.0 - 180.0)
            weights.append(self._habits.straight if turn < 40.0 else 1.0)
        shares = np.array(weights) / sum(weights)
        return options[int(self._random.choice(len(options), p=shares))]

    def _heading(self, arc: DirectedSegment, *, end: bool) -> float:
        length_m = self._network.segment(arc.segment_id).length_m
        offset_m = length_m if arc.forward == end else 0.0
        deg = self._network.heading_at(arc.segment_id, offset_m)
        return deg if arc.forward else deg + 180.0

    def _fix(self, at_s: float, arc: DirectedSegment, along_m: float, speed_mps: float) -> Fix:
        length_m = self._network.segment(arc.segment_id).length_m
        offset_m = along_m if arc.forward else length_m - along_m
        place = self._network.point_at(arc.segment_id, offset_m)
        x, y = self._network.projection.plane(place)
        return Fix(at_s, x, y, arc, along_m, speed_mps)


def seen(
    track: Track,
    every_s: float,
    noise_m: float,
    seed: int,
    *,
    gaps: float = 0.0,
    grid_m: float = 0.0,
) -> list[Fix]:
    """Return the fixes of a track with errors that follow each other (Ornstein-Uhlenbeck).

    `noise_m` is their standard deviation east and north; `gaps` the share of fixes after which
    the receiver is silent for one to four minutes.
    """
    random = np.random.default_rng(seed)
    error = random.normal(0.0, noise_m, 2)
    fixes, next_s, before_s = [], 0.0, 0.0
    for fix in track.seconds:
        if fix.at_s < next_s:
            continue
        kept = exp(-(fix.at_s - before_s) / MEMORY_S)
        error = error * kept + random.normal(0.0, noise_m, 2) * sqrt(1.0 - kept * kept)
        before_s, next_s = fix.at_s, fix.at_s + every_s
        x, y = fix.east_m + float(error[0]), fix.north_m + float(error[1])
        if grid_m:
            x, y = round(x / grid_m) * grid_m, round(y / grid_m) * grid_m
        fixes.append(Fix(fix.at_s, x, y, fix.segment, fix.along_m, fix.speed_mps))
        if random.random() < gaps:
            next_s += random.uniform(60.0, 240.0)
    return fixes


def lonlat(network: StreetNetwork, east_m: float, north_m: float) -> LonLat:
    """Return the place of metres about a network's centre."""
    centre = network.projection.centre
    metres = network.projection.plane(LonLat(centre.lon + 0.01, centre.lat + 0.01))
    return LonLat(centre.lon + 0.01 * east_m / metres[0], centre.lat + 0.01 * north_m / metres[1])


def positions(network: StreetNetwork, fixes: list[Fix], vehicle: int = 1) -> list[Position]:
    """Return the fixes as the door would hand them on."""
    found = []
    for fix in fixes:
        at = STARTS + timedelta(seconds=fix.at_s)
        place = lonlat(network, fix.east_m, fix.north_m)
        found.append(Position(DeviceId(vehicle), VehicleId(vehicle), "file", at, at, place))
    return found
