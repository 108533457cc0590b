"""Where machines drove on to at the ends of streets, beside what their routes said, pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from data.model import DirectedSegment, Route, VehicleId
from data.streets.network import StreetNetwork
from fleet.learning.street_drives import WHOLE, StormFacts, StreetExit, turn_between
from fleet.learning.stretches import Rows, Stretch
from fleet.logbook.trips import STOP


@dataclass(frozen=True, slots=True)
class DrivenRoutes:
    """The routes that each vehicle was to drive, each since it was published, oldest first.

    `driver` says who drove a vehicle at a moment, `shut` whether a street was closed then.
    """

    routes: Mapping[VehicleId, Sequence[tuple[datetime, Route]]]
    driver: Callable[[VehicleId, datetime], str]
    shut: Callable[[DirectedSegment, datetime], bool]


def exits_of(rows: Rows, facts: StormFacts, led: DrivenRoutes) -> Iterator[StreetExit]:
    """Yield how vehicles left the streets that they drove as a whole, as far as that was seen."""
    ways = {
        id(route): _ways_on(route, facts.network)
        for known in led.routes.values()
        for _, route in known
    }
    for vehicle_id, row in rows.items():
        machine = facts.machines[vehicle_id].type
        for one, after in pairwise(row):
            if not _left(one, after, facts.network):
                continue
            at = one.ended_at
            before = [route for since, route in led.routes.get(vehicle_id, ()) if since <= at]
            wanted = ways[id(before[-1])].get(one.directed) if before else None
            if wanted is not None and led.shut(wanted, at):
                wanted = None
            driver = led.driver(vehicle_id, at)
            yield StreetExit(machine, vehicle_id, driver, one.directed, wanted, after.directed)


def _left(one: Stretch, after: Stretch, network: StreetNetwork) -> bool:
    """Whether a vehicle surely drove from one street into another one at its end."""
    whole = all(
        each.length_m >= WHOLE * network.segment(each.directed.segment_id).length_m
        for each in (one, after)
    )
    near = after.started_at - one.ended_at <= STOP
    return whole and near and turn_between(network, one.directed, after.directed) is not None


def _ways_on(route: Route, network: StreetNetwork) -> dict[DirectedSegment, DirectedSegment]:
    """Return where a route leads on to from each street, where that is one street alone."""
    found: defaultdict[DirectedSegment, set[DirectedSegment]] = defaultdict(set)
    for came, goes in pairwise(_steps(route)):
        if network.find(came.segment_id) and network.find(goes.segment_id):
            found[came].add(goes)
    return {
        came: next(iter(goes))
        for came, goes in found.items()
        if len(goes) == 1 and turn_between(network, came, next(iter(goes))) is not None
    }


def _steps(route: Route) -> Iterable[DirectedSegment]:
    return (step for leg in route.legs for step in leg.path)
