"""Bus lines along the main streets, and signs about turns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, dist, pi

import networkx as nx
import shapely
from numpy.random import Generator

from tools.town.features import Feature, bus_stop, nearest_spot
from tools.town.layout.geometry import Point, along, beside, length_m, point
from tools.town.layout.main_streets import Name
from tools.town.layout.planar_graph import Plan, Street
from tools.town.street_naming import persian

STOP_M = 420.0
"""Between two stops of a line."""

MOUTH_M = 16.0
"""Between a bus stop and a junction, at least."""

BAYS_M = 100
"""How far along the way a place for a stop is looked for."""

SIGNED_SHARE = 0.5
"""Share of the main junctions that have a sign about turns."""

SIGNS: Mapping[str, float] = {"no_left_turn": 0.6, "no_u_turn": 0.25, "only_straight_on": 0.15}
"""Which signs there are, and how often each is."""

_MAIN_ROADS = ("trunk", "primary", "secondary", "tertiary")
_BUS_ROADS = (*_MAIN_ROADS, "unclassified")

LINES: tuple[tuple[Name, tuple[tuple[float, float], ...]], ...] = (
    (
        Name("پایانه – شهرک صنعتی", "Terminal – Industrial Town"),
        ((10, 1400), (0, 400), (60, -1230)),
    ),
    (
        Name("میدان گمرک – دانشگاه", "Gomrok Square – University"),
        ((-1560, 0), (700, 55), (1750, 235)),
    ),
    (Name("فرهنگیان – باهنر", "Farhangian – Bahonar"), ((-620, 1180), (-200, 500), (830, -400))),
    (
        Name("سرچشمه – میدان جمهوری", "Sarcheshmeh – Jomhuri Square"),
        ((-1100, -900), (-60, -560), (1060, 0)),
    ),
)


@dataclass(frozen=True, slots=True)
class BusLine:
    """One direction of a line: its number, ends, streets in order and stops."""

    ref: str
    name: Name
    streets: tuple[Street, ...]
    stops: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class TurnSign:
    """A sign about the way from one street over a junction into another."""

    kind: str
    came: Street
    via: Point
    goes: Street


def draw_buses(plan: Plan) -> list[BusLine]:
    """Return both directions of all bus lines."""
    roads = _roads(plan)
    corners = shapely.MultiPoint([corner for corner, ways in plan.ways.items() if ways > 2])
    return [
        _line(persian(number), name, way, roads, corners)
        for number, (name, ends) in enumerate(LINES, 1)
        for way in (ends, ends[::-1])
    ]


def _roads(plan: Plan) -> nx.DiGraph:
    roads = nx.DiGraph()
    for street in plan.streets:
        if street.road not in _BUS_ROADS:
            continue
        both = "oneway" not in street.tags and not street.closed
        for a, b in pairwise(street.points):
            roads.add_edge(a, b, street=street, length_m=dist(a, b))
            if both:
                roads.add_edge(b, a, street=street, length_m=dist(a, b))
    return roads


def _line(
    ref: str,
    name: Name,
    ends: Sequence[tuple[float, float]],
    roads: nx.DiGraph,
    corners: shapely.MultiPoint,
) -> BusLine:
    parts = [sorted(part) for part in nx.strongly_connected_components(roads)]
    spots = max(parts, key=len)
    called = [nearest_spot(spots, point(*end)) for end in ends]
    way: list[Point] = called[:1]
    for a, b in pairwise(called):
        way += nx.shortest_path(roads, a, b, weight="length_m")[1:]
    streets = [roads.edges[step]["street"] for step in pairwise(way)]
    distinct = [s for i, s in enumerate(streets) if i == 0 or s is not streets[i - 1]]
    return BusLine(ref, name, tuple(distinct), tuple(_stops(way, streets, corners, ref)))


def _stops(
    way: Sequence[Point], streets: Sequence[Street], corners: shapely.MultiPoint, ref: str
) -> Iterator[Feature]:
    whole_m = length_m(way)
    for nth in range(int(whole_m / STOP_M) + 1):
        here, (east, north) = _bay(way, min(nth * STOP_M, whole_m - STOP_M / 4), corners)
        step = min(range(len(streets)), key=lambda i: dist(way[i], here) + dist(way[i + 1], here))
        tags = streets[step].tags
        spot = beside([here, point(here[0] + east, here[1] + north)], -6.0)[0]
        fa, en = f"ایستگاه {tags.get('name', ref)}", tags.get("name:en", f"Line {ref}")
        yield bus_stop(f"{fa} {persian(nth + 1)}", f"{en} Stop {nth + 1}", spot)


def _bay(
    way: Sequence[Point], offset_m: float, corners: shapely.MultiPoint
) -> tuple[Point, tuple[float, float]]:
    """Return the next place along a way that is not in the mouth of another street."""
    for further_m in range(10, BAYS_M, 10):
        here, ahead = along(way, offset_m + further_m)
        if shapely.distance(corners, shapely.Point(here)) > MOUTH_M:
            break
    return here, ahead


def draw_signs(plan: Plan, chance: Generator) -> list[TurnSign]:
    """Return signs at some of the junctions of main streets: one at each."""
    found: list[TurnSign] = []
    for via, streets in sorted(_main_junctions(plan).items(), key=lambda each: each[0]):
        if chance.random() >= SIGNED_SHARE:
            continue
        kind = str(chance.choice(list(SIGNS), p=list(SIGNS.values())))
        fitting = [
            TurnSign(kind, came, via, goes)
            for came in streets
            for goes in streets
            if kind == _sign(came, via, goes)
        ]
        if fitting:
            found.append(fitting[int(chance.integers(len(fitting)))])
    return found


def _main_junctions(plan: Plan) -> Mapping[Point, list[Street]]:
    found: dict[Point, list[Street]] = {}
    for street in plan.streets:
        if street.depth == 0 and street.road in _MAIN_ROADS and not street.closed:
            for end in (street.points[0], street.points[-1]):
                found.setdefault(end, []).append(street)
    rounds = {corner for street in plan.streets if street.closed for corner in street.points}
    return {
        via: several for via, several in found.items() if len(several) >= 4 and via not in rounds
    }


def _sign(came: Street, via: Point, goes: Street) -> str:
    """Return which sign could stand against (or for) a turn; "" where none could."""
    before = _next(came, via, leaving=False)
    after = _next(goes, via, leaving=True)
    if before is None or after is None:
        return ""
    if came is goes:
        return "no_u_turn"
    into = atan2(via[1] - before[1], via[0] - before[0])
    out = atan2(after[1] - via[1], after[0] - via[0])
    angle = (out - into + pi) % (2 * pi) - pi
    if abs(angle) < 0.15 * pi:
        return "only_straight_on"
    return "no_left_turn" if 0.25 * pi < angle < 0.75 * pi else ""


def _next(street: Street, via: Point, *, leaving: bool) -> Point | None:
    """Return the street's next corner, if one may drive there from `via` (or come from there)."""
    at_start = street.points[0] == via
    if "oneway" in street.tags and at_start is not leaving:
        return None
    return street.points[1] if at_start else street.points[-2]
