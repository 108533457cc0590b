"""Turns and streets that drivers never take although their routes say so, pure.

Only what is seen counts: a machine came along a whole street, its route led on to one other street,
and it was seen on a third one. Who was not led there did not avoid it. Never means never: a piece
of the street, or of both streets of the turn, is enough to have taken it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from data.model import DirectedSegment, LegKind, Pass, Vehicle, VehicleId
from data.streets.network import StreetNetwork
from fleet.learning.deviations.driven_routes import DrivenRoutes, PublishedRoute
from fleet.learning.street_drives import (
    LEAST_M,
    WHOLE,
    MissedWay,
    StormFacts,
    TakenWay,
    turn_between,
)
from fleet.learning.stretches import Rows, Stretch, places_of
from fleet.logbook.trips import STOP
from fleet.shifts.machine_limits import UntakenWay

LEAST_CHANCES = 5
"""So often a way was to be taken, and never was, before anybody is asked about it, ..."""

LEAST_DRIVERS = 2
"""... by so many drivers: one alone may have a habit."""

LEAST_APPROACHES = 2
"""A street is avoided, and not one turn into it, that was to be entered from so many streets."""


def missed_ways(rows: Rows, facts: StormFacts, led: DrivenRoutes) -> Iterator[MissedWay]:
    """Yield the streets that machines left elsewhere than their routes said, as far as seen.

    They came along a whole street, and drove a whole other one than the one that was next.
    """
    ways: dict[int, Mapping[DirectedSegment, DirectedSegment]] = {}
    for vehicle_id, row in rows.items():
        machine = facts.machines[vehicle_id].type
        for one, after in pairwise(row):
            order = led.at(vehicle_id, one.ended_at)
            if order is None or not _left(one, after, facts.network):
                continue
            if id(order) not in ways:
                ways[id(order)] = _ways_on(order, facts.network)
            wanted = ways[id(order)].get(one.directed)
            if wanted in (None, after.directed) or led.shut(wanted, one.ended_at):
                continue
            yield MissedWay(machine, vehicle_id, led.driver_of(order.route), one.directed, wanted)


def taken_ways(
    passes: Iterable[Pass], machines: Mapping[VehicleId, Vehicle], network: StreetNetwork
) -> frozenset[TakenWay]:
    """Return the streets and turns that types of machines were seen to take, at work or not.

    A piece of a street is enough: who was there once can drive there.
    """
    found: set[TakenWay] = set()
    for vehicle_id, row in places_of(passes, machines).items():
        machine = machines[vehicle_id].type
        seen = [one for one in row if _was_there(one, network)]
        found.update(TakenWay(machine, one.directed) for one in seen)
        found.update(
            TakenWay(machine, after.directed, one.directed)
            for one, after in pairwise(seen)
            if _followed(one, after, network)
        )
    return frozenset(found)


def _left(one: Stretch, after: Stretch, network: StreetNetwork) -> bool:
    """Whether a machine surely drove from one street into another one at its end."""
    whole = all(
        each.length_m >= WHOLE * network.segment(each.directed.segment_id).length_m
        for each in (one, after)
    )
    return whole and _followed(one, after, network)


def _followed(one: Stretch, after: Stretch, network: StreetNetwork) -> bool:
    near = after.started_at - one.ended_at <= STOP
    return near and turn_between(network, one.directed, after.directed) is not None


def _was_there(one: Stretch, network: StreetNetwork) -> bool:
    whole_m = network.segment(one.directed.segment_id).length_m
    return one.length_m >= min(LEAST_M, WHOLE * whole_m)


def _ways_on(
    order: PublishedRoute, network: StreetNetwork
) -> Mapping[DirectedSegment, DirectedSegment]:
    """Return where a route leads on to from each street, where that is one street alone.

    What was skipped, and the way there, nobody was to drive any more.
    """
    found: defaultdict[DirectedSegment, set[DirectedSegment]] = defaultdict(set)
    asked: set[tuple[DirectedSegment, DirectedSegment]] = set()
    for (_, came), (leg, goes) in pairwise(_steps(order)):
        if network.find(came.segment_id) and network.find(goes.segment_id):
            found[came].add(goes)
            if not _left_out(order, leg):
                asked.add((came, goes))
    alone = {(came, next(iter(goes))) for came, goes in found.items() if len(goes) == 1}
    return {
        came: goes for came, goes in alone & asked if turn_between(network, came, goes) is not None
    }


def _left_out(order: PublishedRoute, leg: int) -> bool:
    only_leads_on = order.route.legs[leg].kind is LegKind.DRIVE
    return leg in order.skipped or (only_leads_on and leg + 1 in order.skipped)


def _steps(order: PublishedRoute) -> Iterator[tuple[int, DirectedSegment]]:
    return ((i, step) for i, leg in enumerate(order.route.legs) for step in leg.path)


def untaken_ways(missed: Iterable[MissedWay], taken: Collection[TakenWay]) -> list[UntakenWay]:
    """Return what types of machines never took of what was planned, oftenest first."""
    chances_of: defaultdict[tuple[str, DirectedSegment], list[MissedWay]] = defaultdict(list)
    for one in missed:
        if TakenWay(one.machine, one.wanted, one.came) not in taken:
            chances_of[one.machine, one.wanted].append(one)
    found: list[UntakenWay] = []
    for (machine, way), chances in chances_of.items():
        by_came: defaultdict[DirectedSegment, list[MissedWay]] = defaultdict(list)
        for one in chances:
            by_came[one.came].append(one)
        if TakenWay(machine, way) not in taken and len(by_came) >= LEAST_APPROACHES:
            whole = _untaken(way, None, chances)
            if whole is not None:
                found.append(whole)
                continue
        turns = (_untaken(way, came, mine) for came, mine in by_came.items())
        found += [turn for turn in turns if turn is not None]
    return sorted(found, key=lambda one: (-one.chances, one.machine, one.way))


def _untaken(
    way: DirectedSegment, came: DirectedSegment | None, chances: list[MissedWay]
) -> UntakenWay | None:
    """Return a way that was missed so often; `None` where that says nothing yet."""
    drivers = count_drivers(one.driver for one in chances)
    if len(chances) < LEAST_CHANCES or drivers < LEAST_DRIVERS:
        return None
    vehicles = [one.vehicle_id for one in chances]
    most = max(sorted(set(vehicles)), key=vehicles.count)
    return UntakenWay(chances[0].machine, way, came, len(chances), drivers, most)


def count_drivers(drivers: Iterable[str]) -> int:
    """Return how many drivers there were at least; those of whom nobody said it may be one."""
    return max(len(set(drivers) - {""}), 1)
