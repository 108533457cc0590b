"""Position of a truck relative to its route: on it, elsewhere on it, or off it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from data.model import LegKind, LonLat, Position, Route
from data.store.database.engine import Tx
from data.store.setup.machines import list_depots, list_reload_sites
from data.store.tracking.positions import list_between
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.tracking.geofences import Geofence, site_at, sites_of

WITHIN_M = 40.0
"""So near to a street of its route a truck counts as on it: a receiver's error and a lane."""

ON_STREET_M = 25.0
"""Farther from any street a truck is in a yard or on an alley without a map, and no detour."""

BEHIND, AHEAD = 10, 40
"""Legs before and after the next one among which a truck is where its plan wants it."""

LEAST = timedelta(minutes=3)
"""A shorter detour is none."""

SILENCE = timedelta(minutes=5)
"""Nobody knows where a truck was during a longer silence."""


class Whereabouts(StrEnum):
    """Position relative to the route; `AWAY` is off every street, so that it is unknown."""

    ON = "on"
    ELSEWHERE = "elsewhere"
    OFF = "off"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Detour:
    """A time that a truck spent off its route, the distance and the places of its fixes."""

    since: datetime
    until: datetime
    length_m: float
    place: LonLat
    line: tuple[LonLat, ...]


class Corridor:
    """The streets of a route in a spatial index."""

    def __init__(self, route: Route, network: StreetNetwork) -> None:
        self._network = network
        legs_of: dict[int, list[int]] = defaultdict(list)
        work: set[int] = set()
        for number, leg in enumerate(route.legs):
            for step in leg.path:
                if network.find(step.segment_id) is not None:  # a newer file may not have it
                    index = network.index_of(step.segment_id)
                    legs_of[index].append(number)
                    if leg.kind is LegKind.WORK:
                        work.add(index)
        streets = sorted(legs_of)
        self._legs_of = [legs_of[index] for index in streets]
        self._work = [index in work for index in streets]
        self._tree = shapely.STRtree(network.lines[streets] if streets else [])

    def where(self, place: LonLat, next_leg: int) -> Whereabouts:
        """Return the position of a truck whose next leg is `next_leg`."""
        near = self._near(place)
        if not near:
            on_street = self._network.nearby(place, ON_STREET_M)
            return Whereabouts.OFF if on_street else Whereabouts.AWAY
        window = range(next_leg - BEHIND, next_leg + AHEAD)
        expected = any(leg in window for street in near for leg in self._legs_of[street])
        return Whereabouts.ON if expected else Whereabouts.ELSEWHERE

    def legs_at(self, place: LonLat) -> set[int]:
        """Return the legs that use a street near a place."""
        return {leg for street in self._near(place) for leg in self._legs_of[street]}

    def at_work(self, place: LonLat) -> bool:
        """Whether there is a street near that the route works on."""
        return any(self._work[street] for street in self._near(place))

    def detours(self, fixes: Sequence[Position], sites: Sequence[Geofence]) -> list[Detour]:
        """Return the detours of a truck by its fixes in order of time.

        On the grounds of `sites`, yards and places to load, every street is right.
        """
        found: list[Detour] = []
        run: list[Position] = []
        for fix, off in zip(fixes, self._off(fixes, sites), strict=True):
            if run and (not off or fix.fixed_at - run[-1].fixed_at > SILENCE):
                found += _detour(run)
                run = []
            if off:
                run.append(fix)
        return [*found, *_detour(run)]

    def _near(self, place: LonLat) -> list[int]:
        here = shapely.Point(*self._network.projection.plane(place))
        near: list[int] = self._tree.query(here, predicate="dwithin", distance=WITHIN_M).tolist()
        return near

    def _off(self, fixes: Sequence[Position], sites: Sequence[Geofence]) -> NDArray[np.bool_]:
        """Return bool[F]: which fixes are on a street that is not of the route."""
        off = np.zeros(len(fixes), np.bool_)
        if not fixes:
            return off
        lonlat = np.array([fix.location for fix in fixes], np.float64)
        points = shapely.points(self._network.projection.planes(lonlat))
        near = self._tree.query(points, predicate="dwithin", distance=WITHIN_M)[0]
        off[:] = True
        off[near] = False
        for i in np.flatnonzero(off).tolist():
            place = fixes[i].location
            on_street = bool(self._network.nearby(place, ON_STREET_M))
            off[i] = on_street and site_at(sites, place) is None
        return off


def _detour(run: Sequence[Position]) -> list[Detour]:
    if not run or run[-1].fixed_at - run[0].fixed_at < LEAST:
        return []
    line = tuple(fix.location for fix in run)
    length_m = sum(distance_m(a, b) for a, b in pairwise(line))
    return [Detour(run[0].fixed_at, run[-1].fixed_at, length_m, line[len(line) // 2], line)]


def detours_of(
    tx: Tx, route: Route, network: StreetNetwork, since: datetime, until: datetime
) -> list[Detour]:
    """Return the detours of a truck in a time by its positions; yards are no detour."""
    fixes = list_between(tx, route.vehicle_id, since, until)
    yards = sites_of(list_depots(tx), list_reload_sites(tx))
    return Corridor(route, network).detours(fixes, yards)
