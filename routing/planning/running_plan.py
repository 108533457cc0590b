"""The plan that is driven, as stops of a problem made later: what is left of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from data.model import DirectedSegment, Leg, LegKind, Plan, Shift, ShiftId, WorkPass
from data.streets.network import StreetNetwork
from routing.planning.limited_ways import limited_ways
from routing.planning.situation import PlanningSituation
from routing.problem.stops import ReloadStop, TaskRoute, TaskVisit


def locked_stops(
    situation: PlanningSituation, number: Mapping[WorkPass, int]
) -> tuple[TaskRoute, ...]:
    """Return for each shift the stops of its locked legs; `number` says which task each pass is.

    Work that is over, closed, or barred to the machine by now, is left out.
    """
    locked, sites = situation.present.locked, _site_nodes(situation)
    possible = (_possible(locked.get(one.id, ()), one, situation) for one in situation.shifts)
    return tuple(_stops(legs, number, sites, situation.network) for legs in possible)


def remaining_stops(
    situation: PlanningSituation,
    number: Mapping[WorkPass, int],
    plan: Plan,
    next_leg: Mapping[ShiftId, int],
) -> tuple[TaskRoute, ...]:
    """Return for each shift what it still has to do by a plan, from its next leg on.

    Shifts that the plan does not know, or that have no next leg, have nothing to do. What is done
    by others meanwhile, or closed, is left out, and so are reloads that nothing follows.
    """
    sites = _site_nodes(situation)
    legs = {route.shift_id: route.legs for route in plan.routes}
    found = []
    for shift in situation.shifts:
        ahead = legs.get(shift.id, ())
        before = next_leg.get(shift.id, len(ahead))
        possible = _possible(ahead, shift, situation)
        stops = _stops(possible, number, sites, situation.network, since=before)
        found.append(without_needless_reloads(stops))
    return tuple(found)


def _possible(legs: Sequence[Leg], shift: Shift, situation: PlanningSituation) -> Sequence[Leg]:
    """Return legs without the work that a machine is kept from by now."""
    limited = limited_ways(situation)
    if not limited.barred:
        return legs
    (machine,) = (one for one in situation.vehicles if one.id == shift.vehicle_id)
    arc = situation.network.arc
    return [
        replace(leg, job_ids=())
        if leg.kind is LegKind.WORK and any(limited.bars(machine.type, arc(w)) for w in leg.path)
        else leg
        for leg in legs
    ]


def _stops(
    legs: Sequence[Leg],
    number: Mapping[WorkPass, int],
    sites: Sequence[int],
    network: StreetNetwork,
    since: int = 0,
) -> TaskRoute:
    """Return the stops of legs from one on; reloads are at the site where the way before ends."""
    stops: list[TaskVisit | ReloadStop] = []
    last: DirectedSegment | None = None
    for i, leg in enumerate(legs):
        last = leg.path[-1] if leg.path else last
        if i < since:
            continue
        if leg.kind is LegKind.RELOAD and sites:
            node = _node_behind(last, network)
            stops.append(ReloadStop(sites.index(node) if node in sites else 0))
        stops += [TaskVisit(number[work], 0) for work in leg.works if work in number]
    return tuple(stops)


def _node_behind(way: DirectedSegment | None, network: StreetNetwork) -> int:
    """Return the junction at the end of a street, -1 where there is none."""
    if way is None:
        return -1
    segment = network.segment(way.segment_id)
    return network.node_index(segment.end if way.forward else segment.start)


def without_needless_reloads(stops: TaskRoute) -> TaskRoute:
    """Return stops without reloads that no work follows."""
    kept: list[TaskVisit | ReloadStop] = []
    for stop in reversed(stops):
        if isinstance(stop, TaskVisit) or (kept and isinstance(kept[-1], TaskVisit)):
            kept.append(stop)
    return tuple(reversed(kept))


def _site_nodes(situation: PlanningSituation) -> list[int]:
    return [situation.network.nearest_node(site.location) for site in situation.reload_sites]
