"""Simulated trucks, pure: the fixes that their trackers send while they drive a plan.

Same seed, same storm. What comes out goes through the public door like any tracker's words, so no
color on the map ever comes from what is known here.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import exp, sqrt

import numpy as np
from numpy.random import Generator

from data.model import DirectedSegment, Leg, LegKind, LonLat, Route
from data.streets.network import StreetNetwork
from data.streets.projection import moved

SLOWEST_MPS = 3.0
"""Slower than this a truck does not creep: it waits, then drives."""

REVERSE_MPS = 1.5
"""How fast a truck backs up."""

NEAR_M = 100.0
"""How far from a street a truck may stand that gets a new route."""


@dataclass(frozen=True, slots=True)
class TruckBehavior:
    """Behavior of trucks, streets and receivers; the default is free of trouble."""

    every_s: float = 5.0
    pace_spread: float = 0.08
    stop_chance: float = 0.06
    stop_s: tuple[float, float] = (4.0, 35.0)
    noise_m: float = 4.0
    noise_memory_s: float = 60.0
    heading_noise_deg: float = 5.0
    gap_chance: float = 0.003
    gap_s: tuple[float, float] = (15.0, 90.0)
    gap_lost: float = 0.2
    late_start_s: float = 180.0
    reverse_chance: float = 0.0
    reverse_m: tuple[float, float] = (10.0, 30.0)
    slowest_mps: float = SLOWEST_MPS


@dataclass(frozen=True, slots=True)
class Fix:
    """A simulated fix, when it arrives, and which leg of its route the truck drives there."""

    sent_at: datetime
    fixed_at: datetime
    location: LonLat
    speed_mps: float
    heading_deg: float
    accuracy_m: float
    blade: bool | None
    spreader: bool
    material: str
    rate_gm2: float | None
    leg: Leg | None = None


@dataclass(frozen=True, slots=True)
class Traversal:
    """A simulated truck's true work on a street that it drove from end to end."""

    directed: DirectedSegment
    started_at: datetime
    ended_at: datetime
    blade: bool
    spreader: bool


@dataclass(frozen=True, slots=True)
class _Move:
    """Seconds spent on a part of one street at one speed; standing where both ends are one.

    A truck that backs up has a negative speed.
    """

    seconds: float
    directed: DirectedSegment
    from_m: float
    to_m: float
    blade: bool
    spreader: bool
    leg: Leg

    @property
    def speed_mps(self) -> float:
        return (self.to_m - self.from_m) / self.seconds


def driven(
    route: Route,
    network: StreetNetwork,
    starts_at: datetime,
    seed: int,
    rate_gm2: float = 20.0,
    habits: TruckBehavior | None = None,
) -> Iterator[Fix]:
    """Yield the fixes of a route's vehicle by time of arrival.

    The truck leaves at `starts_at` or when its plan says, if that is later, and somewhat late.
    """
    habits = habits or TruckBehavior()
    chance = np.random.default_rng([seed, int(route.vehicle_id)])
    if not any(leg.path for leg in route.legs):
        return
    leaves_at, moves = _journey(route, network, starts_at, habits, chance)
    yield from _delivered(
        _fixes(moves, network, leaves_at, rate_gm2, habits, chance), habits, chance
    )


def traversals(
    route: Route,
    network: StreetNetwork,
    starts_at: datetime,
    seed: int,
    habits: TruckBehavior | None = None,
) -> Iterator[Traversal]:
    """Yield the true traversals of the truck of `driven`, with the same arguments."""
    chance = np.random.default_rng([seed, int(route.vehicle_id)])
    if not any(leg.path for leg in route.legs):
        return
    leaves_at, moves = _journey(route, network, starts_at, habits or TruckBehavior(), chance)
    clock_s = began_s = 0.0
    for move in moves:
        if move.from_m == 0.0:
            began_s = clock_s
        clock_s += move.seconds
        if move.to_m == network.segment(move.directed.segment_id).length_m > move.from_m:
            yield Traversal(
                move.directed,
                leaves_at + timedelta(seconds=began_s),
                leaves_at + timedelta(seconds=clock_s),
                move.blade,
                move.spreader,
            )


def _journey(
    route: Route,
    network: StreetNetwork,
    starts_at: datetime,
    habits: TruckBehavior,
    chance: Generator,
) -> tuple[datetime, list[_Move]]:
    """Return a truck's departure and its moves."""
    leaves_at = max(starts_at, route.legs[0].starts_at)
    leaves_at += timedelta(seconds=float(chance.uniform(0, habits.late_start_s)))
    return leaves_at, list(_moves(route.legs, network, habits, chance))


def after_approach(route: Route, network: StreetNetwork, here: LonLat, now: datetime) -> Route:
    """Return the route with a drive from a place on the road before it; unchanged without a way."""
    first = next((leg for leg in route.legs if leg.path), None)
    arcs = _way(network, here, first.path[0])[:-1] if first else []
    return replace(route, legs=(_drive(network, arcs, now), *route.legs)) if arcs else route


def drive_home(route: Route, network: StreetNetwork, here: LonLat, now: datetime) -> Route:
    """Return a route's drive from a place on the road to its end; unchanged without a way."""
    last = next((leg for leg in reversed(route.legs) if leg.path), None)
    arcs = _way(network, here, last.path[-1]) if last else []
    return replace(route, legs=(_drive(network, arcs, now),)) if arcs else route


def _way(network: StreetNetwork, here: LonLat, step: DirectedSegment) -> list[int]:
    """Return the arcs from a place to a step, that one included; empty without a way."""
    nearest, goal = network.nearest(here, NEAR_M), network.arc(step)
    if nearest is None or goal is None:
        return []
    starts = [network.arc(DirectedSegment(nearest.segment_id, way)) for way in (True, False)]
    return quickest(network, [arc for arc in starts if arc is not None], goal)


def _drive(network: StreetNetwork, arcs: Sequence[int], now: datetime) -> Leg:
    drive_s = float(sum(network.arc_drive_s[arc] for arc in arcs))
    length_m = float(sum(network.arc_length_m[arc] for arc in arcs))
    path = tuple(network.directed(arc) for arc in arcs)
    return Leg(LegKind.DRIVE, path, now, now + timedelta(seconds=drive_s), length_m)


def quickest(
    network: StreetNetwork, starts: Sequence[int], goal: int, closed: Collection[int] = ()
) -> list[int]:
    """Return the arcs of the fastest way, both ends included; empty where there is none.

    No way goes over an arc that is closed.
    """
    turns, before = network.turns, dict[int, int | None]()
    shut = frozenset(closed)
    heap: list[tuple[float, int, int | None]] = [(0.0, arc, None) for arc in starts]
    while heap:
        at_s, arc, from_arc = heappop(heap)
        if arc in before or arc in shut:
            continue
        before[arc] = from_arc
        if arc == goal:
            break
        at_s += float(network.arc_drive_s[arc])
        for turn in range(int(turns.start[arc]), int(turns.start[arc + 1])):
            heappush(heap, (at_s + float(turns.cost_s[turn]), int(turns.to[turn]), arc))
    way: list[int] = []
    step = goal if goal in before else None
    while step is not None:
        way.append(step)
        step = before[step]
    return way[::-1]


def _moves(
    legs: Sequence[Leg], network: StreetNetwork, habits: TruckBehavior, chance: Generator
) -> Iterator[_Move]:
    at: tuple[DirectedSegment, float] | None = None
    for leg in legs:
        planned_s = (leg.ends_at - leg.starts_at).total_seconds()
        planned_s *= float(np.exp(chance.normal(0.02, habits.pace_spread)))
        lengths_m = [network.segment(step.segment_id).length_m for step in leg.path]
        whole_m = sum(lengths_m)
        working = leg.kind is LegKind.WORK
        blade, spreader = working and leg.blade, working and leg.spreader
        speed_mps = max(whole_m / planned_s if planned_s > 0 else 0.0, habits.slowest_mps)
        waits_s = planned_s - whole_m / speed_mps
        if at is None and leg.path:
            at = (leg.path[0], 0.0)
        if waits_s > 1.0 and at is not None:
            yield _Move(waits_s, at[0], at[1], at[1], blade=False, spreader=False, leg=leg)
        for step, length_m in zip(leg.path, lengths_m, strict=True):
            pace = float(np.exp(chance.normal(0.0, habits.pace_spread)))
            turn_m = 0.0
            if habits.reverse_chance and chance.random() < habits.reverse_chance:
                turn_m = float(chance.uniform(0.5, 0.9)) * length_m
                back_m = max(turn_m - float(chance.uniform(*habits.reverse_m)), 0.0)
                there_s, back_s = turn_m / (speed_mps * pace), (turn_m - back_m) / REVERSE_MPS
                yield _Move(there_s, step, 0.0, turn_m, blade, spreader, leg)
                yield _Move(back_s, step, turn_m, back_m, blade, spreader, leg)
                turn_m = back_m
            rest_s = (length_m - turn_m) / (speed_mps * pace)
            yield _Move(rest_s, step, turn_m, length_m, blade, spreader, leg)
            at = (step, length_m)
            if chance.random() < habits.stop_chance:
                stop_s = float(chance.uniform(*habits.stop_s))
                yield _Move(stop_s, step, length_m, length_m, blade, spreader, leg)


def _fixes(
    moves: Iterable[_Move],
    network: StreetNetwork,
    leaves_at: datetime,
    rate_gm2: float,
    habits: TruckBehavior,
    chance: Generator,
) -> Iterator[Fix]:
    """Yield a fix every few seconds, and one whenever blade or spreader change."""
    noise = _Noise(habits, chance)
    clock_s, due_s, equipment = 0.0, 0.0, (False, False)
    move: _Move | None = None
    for move in moves:
        if equipment != (move.blade, move.spreader):
            equipment = (move.blade, move.spreader)
            due_s = min(due_s, clock_s)
        while due_s < clock_s + move.seconds:
            moment = leaves_at + timedelta(seconds=due_s)
            yield _fix(move, due_s - clock_s, moment, network, rate_gm2, noise)
            due_s += habits.every_s
        clock_s += move.seconds
    if move is not None:  # home: blade up, standing
        home = replace(move, seconds=1.0, from_m=move.to_m, blade=False, spreader=False)
        yield _fix(home, 0.0, leaves_at + timedelta(seconds=clock_s), network, rate_gm2, noise)


def _fix(
    move: _Move,
    gone_s: float,
    moment: datetime,
    network: StreetNetwork,
    rate_gm2: float,
    noise: "_Noise",
) -> Fix:
    segment_id, forward = move.directed
    along_m = move.from_m + move.speed_mps * gone_s
    offset_m = along_m if forward else network.segment(segment_id).length_m - along_m
    ahead = forward == (move.speed_mps >= 0)
    heading_deg = network.heading_at(segment_id, offset_m) + (0.0 if ahead else 180.0)
    place = noise.shifted(network.point_at(segment_id, offset_m), moment)
    return Fix(
        sent_at=moment,
        fixed_at=moment,
        location=place,
        speed_mps=round(noise.speed_mps(abs(move.speed_mps)), 2),
        heading_deg=round(noise.heading_deg(heading_deg), 1),
        accuracy_m=noise.accuracy_m,
        blade=move.blade,
        spreader=move.spreader,
        material="salt" if move.spreader else "",
        rate_gm2=rate_gm2 if move.spreader else None,
        leg=move.leg,
    )


class _Noise:
    """GPS noise between houses: autocorrelated, so that successive errors are alike."""

    def __init__(self, habits: TruckBehavior, chance: Generator) -> None:
        self._habits = habits
        self._chance = chance
        self._shift_m = chance.normal(0.0, habits.noise_m, 2)
        self._at: datetime | None = None

    @property
    def accuracy_m(self) -> float:
        return self._habits.noise_m

    def shifted(self, place: LonLat, moment: datetime) -> LonLat:
        elapsed_s = (moment - self._at).total_seconds() if self._at else 0.0
        self._at = moment
        kept = exp(-max(elapsed_s, 0.0) / self._habits.noise_memory_s)
        fresh = self._chance.normal(0.0, self._habits.noise_m, 2)
        self._shift_m = kept * self._shift_m + sqrt(1 - kept * kept) * fresh
        east_m, north_m = self._shift_m.tolist()
        lon, lat = moved(place, east_m, north_m)
        return LonLat(round(lon, 7), round(lat, 7))

    def speed_mps(self, speed_mps: float) -> float:
        return max(speed_mps + float(self._chance.normal(0.0, 0.2)), 0.0) if speed_mps else 0.0

    def heading_deg(self, heading_deg: float) -> float:
        return (heading_deg + float(self._chance.normal(0, self._habits.heading_noise_deg))) % 360


def _delivered(fixes: Iterable[Fix], habits: TruckBehavior, chance: Generator) -> Iterator[Fix]:
    """Delay or drop fixes as a poor mobile network does."""
    open_at: datetime | None = None
    lost = False
    for fix in fixes:
        if open_at is None and chance.random() < habits.gap_chance:
            open_at = fix.fixed_at + timedelta(seconds=float(chance.uniform(*habits.gap_s)))
            lost = bool(chance.random() < habits.gap_lost)
        if open_at is None:
            yield fix
        elif fix.fixed_at >= open_at:
            open_at = None
            yield fix
        elif not lost:
            yield replace(fix, sent_at=open_at)
