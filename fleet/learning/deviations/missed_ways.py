"""Where machines left streets otherwise than their routes said, and what they took at all, pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
