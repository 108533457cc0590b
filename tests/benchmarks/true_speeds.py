"""A town whose machines truly take longer than anybody assumed, and whose streets differ.

The truth has another form than what is learned of it: speeds lose metres a second, not shares, by
hills that lie across the town, parked cars, snow and rush hours; crossings take seconds of their
own; loading takes half as long again. No street, machine or storm has a factor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import cos, sin
from zoneinfo import ZoneInfo

import numpy as np

from data.model import DirectedSegment, Leg, LegKind, RoadClass, Route, SegmentId, Vehicle
from data.streets.network import StreetNetwork

ZONE = ZoneInfo("Asia/Tehran")
RUSH_H = ((7, 9), (16, 19))
MAIN = {RoadClass.TRUNK, RoadClass.PRIMARY, RoadClass.SECONDARY}
FASTEST, SLOWEST = 1.05, 0.7
"""Bounds of the share of its assumed speed that a type of machine has on an empty, flat street."""

HILLS_M = 900.0
HILL_LOSS, PARKED_LOSS, RUSH_LOSS = 0.25, 0.12, 0.2
"""Shares of the assumed speed that the steepest street, the mean street and the rush hour take."""

SNOW_LOSS = 0.0018
"""The same for each mm of snow, where nobody plowed before."""

CROSSING_S = 5.0
LEAST = 0.3
LOADING = 1.5


@dataclass(frozen=True, slots=True)
class TrueTown:
    """The true speeds of one town, the same in each of its storms."""

    network: StreetNetwork
    machines: Mapping[int, Vehicle]
    type_share: Mapping[str, float]
    hill: Mapping[SegmentId, float]
    parked: Mapping[SegmentId, float]
    crossing_s: Mapping[DirectedSegment, float]

    def driven(self, route: Route, depth_mm: float, ice: float) -> Route:
        """Return a route as it is truly driven, with a leg for each street.

        `ice` is the share of the assumed speed that it takes in this storm.
        """
        at = route.legs[0].starts_at
        legs: list[Leg] = []
        for leg in route.legs:
            for part, seconds in self._parts(route, leg, at, depth_mm, ice):
                ends_at = at + timedelta(seconds=seconds)
                legs.append(replace(part, starts_at=at, ends_at=ends_at))
                at = ends_at
        return replace(route, legs=tuple(legs))

    def _parts(
        self, route: Route, leg: Leg, at: datetime, depth_mm: float, ice: float
    ) -> Iterator[tuple[Leg, float]]:
        if not leg.path:
            planned_s = (leg.ends_at - leg.starts_at).total_seconds()
            yield leg, planned_s * (LOADING if leg.kind is LegKind.RELOAD else 1.0)
            return
        machine = self.machines[route.vehicle_id]
        for step in leg.path:
            length_m = self.network.segment(step.segment_id).length_m
            share, assumed_mps = self._share(machine, leg, step, at, depth_mm)
            mps = assumed_mps * max(share - ice, LEAST)
            seconds = length_m / mps + self.crossing_s[step]
            at += timedelta(seconds=seconds)
            yield replace(leg, path=(step,), length_m=length_m), seconds

    def _share(
        self, machine: Vehicle, leg: Leg, step: DirectedSegment, at: datetime, depth_mm: float
    ) -> tuple[float, float]:
        """Return the share of the assumed speed that is left, and that speed."""
        street = self.network.segment(step.segment_id)
        own = self.type_share[machine.type]
        parked, hill = self.parked[street.id], self.hill[street.id]
        rush = RUSH_LOSS if _rush(at) and street.road_class in MAIN else 0.0
        if leg.kind is LegKind.WORK:
            name = next(each for each in machine.work_speed_mps if leg.blade == (each == "plow"))
            snow = SNOW_LOSS * depth_mm if leg.blade and leg.pass_index == 0 else 0.0
            return own - parked - hill - snow - rush, machine.work_speed_mps[name]
        assumed_mps = min(machine.drive_speed_mps, street.drive_speed_mps)
        return own - 0.5 * parked - 0.6 * hill - rush, assumed_mps


def _rush(at: datetime) -> bool:
    return any(first <= at.astimezone(ZONE).hour < end for first, end in RUSH_H)


def true_town(network: StreetNetwork, machines: Sequence[Vehicle], seed: int) -> TrueTown:
    """Return a town's true speeds, drawn anew for each seed."""
    chance = np.random.default_rng(seed)
    types = sorted({one.type for one in machines})
    shares = chance.uniform(SLOWEST, FASTEST, len(types)).tolist()
    turn = float(chance.uniform(0.0, 6.0))
    planes = {one.id: _middle(network, one.id) for one in network.segments}
    hill = {
        key: HILL_LOSS * max(sin(x / HILLS_M + turn) * cos(y / HILLS_M), 0.0)
        for key, (x, y) in planes.items()
    }
    parked = {one.id: PARKED_LOSS * float(chance.gamma(2.0, 0.5)) for one in network.segments}
    crossing_s = {
        network.directed(arc): float(chance.exponential(CROSSING_S))
        for arc in range(len(network.arc_tail))
    }
    return TrueTown(
        network,
        {int(one.id): one for one in machines},
        dict(zip(types, shares, strict=True)),
        hill,
        parked,
        crossing_s,
    )


def _middle(network: StreetNetwork, segment_id: SegmentId) -> tuple[float, float]:
    place = network.segment(segment_id).geometry
    x, y = network.projection.plane(place[len(place) // 2])
    return float(x), float(y)
