"""A route as runs, as dispatchers speak of it: "Azadi Street, from Imam to Taleqani, 1.2 km".

A plan has a leg for every block and direction. Work that follows on one street, in both directions
too, is one run, with the short ways between; longer ways and reloads are runs of their own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    ByLanguage,
    DirectedSegment,
    Leg,
    LegKind,
    LonLat,
    RoadClass,
    Segment,
    SegmentId,
)
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from maps.routes.route_steps import NEAR_M
from maps.routes.turns import head_node, tail_node
from maps.streets.street import street_name

CORNER_M = 2.0
"""Streets whose ends are so near to a node are looked at for the name of its crossing."""

_RANK = {road: place for place, road in enumerate(RoadClass)}


@dataclass(frozen=True, slots=True)
class RouteRun:
    """Legs of a route that are one task: `legs` are their numbers, the drives between left out."""

    kind: LegKind
    legs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RouteRunView:
    """A run as a panel tells it: work on `street` between two crossings, or a drive to it.

    `both_ways` tells that some of it is worked in both directions. It should end at `expected_at`,
    by its truck's delay and pace; `None` where nobody knows. `leg` is its first one, on
    `segment_id`, and `late` is how much later than planned it ends, in whole minutes.
    """

    leg: int
    kind: LegKind
    street: ByLanguage | None
    start: ByLanguage | None
    end: ByLanguage | None
    segment_id: int | None
    length_m: float
    both_ways: bool
    expected_at: datetime | None
    late_min: int | None


def runs(legs: Sequence[Leg], ahead: Sequence[int], network: StreetNetwork) -> list[RouteRun]:
    """Return the runs of the legs whose numbers are `ahead`, in driving order."""
    found: list[RouteRun] = []
    for number in ahead:
        leg, last = legs[number], found[-1] if found else None
        if last is not None and _joins(legs, last, leg, network):
            found[-1] = RouteRun(last.kind, (*last.legs, number))
        else:
            found.append(RouteRun(leg.kind, (number,)))
    return list(_without_short_ways(legs, found, network))


def run_view(
    legs: Sequence[Leg],
    run: RouteRun,
    network: StreetNetwork,
    expected_end: Callable[[int], datetime | None],
) -> RouteRunView:
    """Return a run as a panel tells it; `expected_end` tells when a leg is done."""
    path = [step for number in run.legs for step in legs[number].path]
    path = [step for step in path if network.find(step.segment_id) is not None]
    shown = path[:1] if run.kind is LegKind.WORK else path[-1:]
    street = street_name(network.segment(shown[0].segment_id)) if shown else None
    start, end = _ends(path, street, network) if run.kind is LegKind.WORK and path else (None, None)
    ends = [(at, legs[number].ends_at) for number in run.legs if (at := expected_end(number))]
    expected_at, planned_at = max(ends, default=(None, None))
    late = (expected_at - planned_at) if expected_at and planned_at else None
    return RouteRunView(
        leg=run.legs[0],
        kind=run.kind,
        street=street,
        start=start,
        end=end,
        segment_id=shown[0].segment_id if shown else None,
        length_m=sum(legs[number].length_m for number in run.legs),
        both_ways=len({step.segment_id for step in path}) < len(set(path)),
        expected_at=expected_at,
        late_min=None if late is None else round(late.total_seconds() / 60),
    )


def _joins(legs: Sequence[Leg], run: RouteRun, leg: Leg, network: StreetNetwork) -> bool:
    """Whether a leg goes on with a run: the same street's work, or one more part of a drive."""
    if leg.kind is not run.kind or leg.kind not in (LegKind.WORK, LegKind.DRIVE):
        return False
    if leg.kind is LegKind.DRIVE:
        return True
    before = legs[run.legs[-1]]
    return (before.blade, before.spreader) == (leg.blade, leg.spreader) and (
        _name(before, network) == _name(leg, network)
    )


def _without_short_ways(
    legs: Sequence[Leg], found: Sequence[RouteRun], network: StreetNetwork
) -> Iterator[RouteRun]:
    """Yield the runs without short drives to work; work on one street around such a drive joins."""
    kept: RouteRun | None = None
    for place, run in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        if following is not None and following.kind is LegKind.WORK and _is_short(legs, run):
            continue
        goes_on = kept is not None and _joins(legs, kept, legs[run.legs[0]], network)
        if kept is not None and goes_on:
            kept = RouteRun(kept.kind, (*kept.legs, *run.legs))
            continue
        if kept is not None:
            yield kept
        kept = run
    if kept is not None:
        yield kept


def _is_short(legs: Sequence[Leg], run: RouteRun) -> bool:
    return run.kind is LegKind.DRIVE and sum(legs[i].length_m for i in run.legs) < NEAR_M


def _name(leg: Leg, network: StreetNetwork) -> ByLanguage | SegmentId | None:
    """Return the name of a leg's street; one without a name is only itself."""
    segment = network.find(leg.path[0].segment_id) if leg.path else None
    return None if segment is None else street_name(segment) or segment.id


def _ends(
    path: Sequence[DirectedSegment], street: ByLanguage | None, network: StreetNetwork
) -> tuple[ByLanguage | None, ByLanguage | None]:
    """Return the names of the crossings where a run begins, and farthest from there."""
    first = _corner(path[0], network, at_end=False)
    start_node = tail_node(path[0], network)
    corners = [_corner(step, network, at_end=True) for step in path]
    far = max(range(len(path)), key=lambda i: distance_m(first, corners[i]))
    end_node = head_node(path[far], network)
    return (
        _crossing(start_node, first, street, network),
        _crossing(end_node, corners[far], street, network) if end_node != start_node else None,
    )


def _corner(step: DirectedSegment, network: StreetNetwork, *, at_end: bool) -> LonLat:
    geometry = network.segment(step.segment_id).geometry
    return LonLat(*geometry[-1 if step.forward is at_end else 0])


def _crossing(
    node: int, place: LonLat, street: ByLanguage | None, network: StreetNetwork
) -> ByLanguage | None:
    """Return the name of the largest other street at a node, if one there has a name."""
    near = [network.segment(snap.segment_id) for snap in network.nearby(place, CORNER_M)]
    here = [each for each in near if node in (each.start, each.end)]
    names = (street_name(each) for each in sorted(here, key=_importance))
    return next((name for name in names if name and name != street), None)


def _importance(segment: Segment) -> tuple[int, int]:
    return _RANK[segment.road_class], segment.id
