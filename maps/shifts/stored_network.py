"""The streets around a route, in the compact form in which a phone keeps them."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from data.model import ByLanguage, DirectedSegment, Leg, PlanId, SegmentId
from data.streets.network import StreetNetwork
from data.streets.turn_costs import STRAIGHT_DEG, TURN_COST_S, TurnKind
from fleet.streets.closed_streets import revision_of_closed
from maps.pages.stored_map import MapBox, box_around
from maps.streets.street import street_name

AROUND_M = (400.0, 200.0, 100.0, 0.0)
"""How far from the route streets are kept; less where they would be too many."""

MOST_ARCS = 12_000
"""A phone computes a way over so many in well under a second."""

ROUNDABOUT, NARROW, CLOSED = 1, 2, 4
"""Bits of a street's flags: a roundabout, too narrow for the machine, closed in some direction."""

DEGREES_DIGITS = 6


@dataclass(frozen=True, slots=True)
class TurnRules:
    """What turns cost in seconds, and up to how many degrees one goes straight on, for nothing."""

    right_s: float = TURN_COST_S[TurnKind.RIGHT]
    left_s: float = TURN_COST_S[TurnKind.LEFT]
    back_s: float = TURN_COST_S[TurnKind.U_TURN]
    straight_deg: float = STRAIGHT_DEG


@dataclass(frozen=True, slots=True)
class StoredNetwork:
    """Streets around a route; all numbers but segments' ids are places in these lists.

    `streets` have segment, name, flags and line; `arcs` from and to a node, seconds, metres, street
    and 1 where they run along its line. Closed directions have no arc. `banned` turns lead from
    an arc into another; at the end of `turn_back` arcs, and there alone, one may turn around.
    `closed` is the revision of the closures that this heeds.
    """

    version: str
    plan_id: PlanId
    closed: str
    nodes: tuple[tuple[float, float], ...]
    names: tuple[ByLanguage, ...]
    streets: tuple[tuple[SegmentId, int, int, tuple[tuple[float, float], ...]], ...]
    arcs: tuple[tuple[int, int, float, float, int, int], ...]
    banned: tuple[tuple[int, int], ...]
    turn_back: tuple[int, ...]
    turns: TurnRules = TurnRules()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a machine cannot drive: streets closed now, and streets narrower than it needs."""

    closed: Set[DirectedSegment]
    min_street_m: float


def stored_network(
    legs: Iterable[Leg], plan_id: PlanId, network: StreetNetwork, limits: Limits
) -> StoredNetwork:
    """Return the part of the network around a route."""
    own = {step.segment_id for leg in legs for step in leg.path if network.find(step.segment_id)}
    for around_m in AROUND_M:
        chosen = _around(own, around_m, network)
        arcs = [arc for one in chosen for arc in _arcs_of(one, network, limits)]
        if len(arcs) <= MOST_ARCS:
            break
    place = {arc: index for index, arc in enumerate(arcs)}
    ends = (network.arc_tail, network.arc_head)
    node_of = _numbered(int(end[arc]) for arc in arcs for end in ends)
    named = {segment_id: street_name(network.segment(segment_id)) for segment_id in chosen}
    names, name_of = _names(named.values())
    street_of = {segment_id: index for index, segment_id in enumerate(chosen)}
    banned, turn_back = _turns(place, network)
    return StoredNetwork(
        version=network.version,
        plan_id=plan_id,
        closed=revision_of_closed(limits.closed),
        nodes=tuple(_rounded(*network.node_lonlat[node].tolist()) for node in node_of),
        names=names,
        streets=tuple(
            (each, name_of[_key(named[each])], _flags(each, network, limits), _line(each, network))
            for each in chosen
        ),
        arcs=tuple(
            (
                node_of[int(network.arc_tail[arc])],
                node_of[int(network.arc_head[arc])],
                round(float(network.arc_drive_s[arc]), 1),
                round(float(network.arc_length_m[arc]), 1),
                street_of[network.directed(arc).segment_id],
                int(network.arc_forward[arc]),
            )
            for arc in arcs
        ),
        banned=banned,
        turn_back=turn_back,
    )


def corridor(legs: Iterable[Leg], network: StreetNetwork) -> list[MapBox]:
    """Return a box around each street of a route, as far as its map is kept."""
    own = {step.segment_id for leg in legs for step in leg.path if network.find(step.segment_id)}
    return [box_around(network.segment(each).geometry) for each in sorted(own)]


def _around(own: Set[SegmentId], around_m: float, network: StreetNetwork) -> list[SegmentId]:
    if not around_m:
        return sorted(own)
    boxes = (box_around(network.segment(each).geometry, around_m) for each in own)
    return sorted({street.id for box in boxes for street in network.within(*box)} | own)


def _arcs_of(segment_id: SegmentId, network: StreetNetwork, limits: Limits) -> list[int]:
    ways = [DirectedSegment(segment_id, forward) for forward in (True, False)]
    arcs = [network.arc(way) for way in ways if way not in limits.closed]
    return [arc for arc in arcs if arc is not None]


def _turns(
    place: dict[int, int], network: StreetNetwork
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return the banned turns among some arcs, and those at whose end one may turn around."""
    turns, leaving = network.turns, dict[int, list[int]]()
    for arc in place:
        leaving.setdefault(int(network.arc_tail[arc]), []).append(arc)
    banned: list[tuple[int, int]] = []
    turn_back = []
    for arc, number in place.items():
        row = slice(turns.start[arc], turns.start[arc + 1])
        allowed = set(turns.to[row].tolist())
        if TurnKind.U_TURN in turns.kind[row].tolist():
            turn_back.append(number)
        banned.extend(
            (number, place[onto])
            for onto in leaving.get(int(network.arc_head[arc]), ())
            if onto not in allowed and network.arc_segment[onto] != network.arc_segment[arc]
        )
    return tuple(banned), tuple(turn_back)


def _flags(segment_id: SegmentId, network: StreetNetwork, limits: Limits) -> int:
    segment = network.segment(segment_id)
    closed = any(DirectedSegment(segment_id, way) in limits.closed for way in (True, False))
    narrow = segment.width_m < limits.min_street_m
    return ROUNDABOUT * segment.roundabout | NARROW * narrow | CLOSED * closed


def _line(segment_id: SegmentId, network: StreetNetwork) -> tuple[tuple[float, float], ...]:
    return tuple(_rounded(lon, lat) for lon, lat in network.segment(segment_id).geometry)


def _rounded(lon: float, lat: float) -> tuple[float, float]:
    return round(lon, DEGREES_DIGITS), round(lat, DEGREES_DIGITS)


def _numbered(keys: Iterable[int]) -> dict[int, int]:
    numbers: dict[int, int] = {}
    for key in keys:
        numbers.setdefault(key, len(numbers))
    return numbers


type _NameKey = tuple[tuple[str, str], ...]


def _key(name: ByLanguage) -> _NameKey:
    return tuple(sorted(name.items()))


def _names(all_names: Iterable[ByLanguage]) -> tuple[tuple[ByLanguage, ...], dict[_NameKey, int]]:
    """Return the different names, the first being none at all, and the place of each."""
    different: dict[_NameKey, ByLanguage] = {(): {}}
    for name in all_names:
        different.setdefault(_key(name), name)
    return tuple(different.values()), {key: index for index, key in enumerate(different)}
