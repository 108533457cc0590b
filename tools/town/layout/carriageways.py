"""From the drawn arteries to carriageways that meet at junctions, roundabouts and bridges."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from math import cos, dist, hypot, pi, sin

import shapely

from tools.town.layout.geometry import Point, along, beside, length_m, point, smooth
from tools.town.layout.main_streets import ARTERIES, BANK_M, RIVER_CORNERS, SQUARES, Artery, Square
from tools.town.layout.planar_graph import Plan, Street

OVERSHOOT_M = 30.0
"""Streets are drawn somewhat beyond the street that they end at; what sticks out is cut off."""

STUB_M = 110.0
"""A piece that ends nowhere and is shorter than this sticks out."""

ONE_JUNCTION_M = 6.0
"""Crossings nearer to each other than this are one junction."""

U_TURN_M = 330.0
"""Between two openings in the middle of a boulevard."""

NO_U_TURN_M = 60.0
"""No opening is as near as this to a junction."""

_CIRCLE_CORNERS = 24


def draw_arteries(plan: Plan) -> None:
    """Draw all main streets: each piece between two junctions becomes a street of its own."""
    lines = [line for artery in ARTERIES for line in _carriageways(artery)]
    lines += [_circle(square) for square in SQUARES]
    lines += [line for artery in ARTERIES for line in _openings(artery, lines)]
    _meet(lines)
    junctions = _shared(lines)
    pieces = [piece for line in lines for piece in _pieces(line, junctions)]
    pieces = [piece for piece in pieces if piece.closed or not _inside_square(piece)]
    for piece in _without_stubs(_without_twins(pieces)):
        plan.add(_bridged(piece))


def _carriageways(artery: Artery) -> Iterator[Street]:
    middle = smooth(artery.corners)
    tags = {"highway": artery.road, "name": artery.name.fa, "name:en": artery.name.en}
    tags |= dict(artery.others)
    if artery.side_m:
        one_way = {**tags, "oneway": "yes"}
        yield Street(_overshot(beside(middle, -artery.side_m)), one_way)
        yield Street(_overshot(beside(middle, artery.side_m)[::-1]), dict(one_way))
        return
    if artery.oneway:
        tags["oneway"] = "yes"
    yield Street(_overshot(middle, last=not artery.leaves), tags)


def _openings(artery: Artery, lines: Sequence[Street]) -> Iterator[Street]:
    """Yield ways across the middle of a boulevard, for turning back, away from junctions."""
    if not 0 < artery.side_m < BANK_M:
        return
    middle = smooth(artery.corners)
    crossing = [line.points for line in lines if line.tags["name"] != artery.name.fa]
    others = shapely.MultiLineString(crossing)
    whole_m = length_m(middle)
    count = int(whole_m / U_TURN_M)
    for nth in range(1, count + 1):
        centre, (east, north) = along(middle, whole_m * nth / (count + 1))
        if shapely.distance(others, shapely.Point(centre)) < NO_U_TURN_M:
            continue
        ends = [
            beside([centre, point(centre[0] + east, centre[1] + north)], side)[0]
            for side in (-artery.side_m - 4, artery.side_m + 4)
        ]
        yield Street(ends, {"highway": f"{artery.road}_link"})


def _overshot(line: list[Point], *, last: bool = True) -> list[Point]:
    longer = [_beyond(line[1], line[0]), *line]
    return [*longer, _beyond(line[-2], line[-1])] if last else longer


def _beyond(inner: Point, end: Point) -> Point:
    scale = OVERSHOOT_M / dist(inner, end)
    return point(end[0] + (end[0] - inner[0]) * scale, end[1] + (end[1] - inner[1]) * scale)


def _circle(square: Square) -> Street:
    angles = [2 * pi * nth / _CIRCLE_CORNERS for nth in range(_CIRCLE_CORNERS)]
    ring = [
        point(square.x_m + square.radius_m * cos(a), square.y_m + square.radius_m * sin(a))
        for a in angles
    ]
    tags = {"highway": "primary", "junction": "roundabout"}
    tags |= {"name": square.name.fa, "name:en": square.name.en, "lanes": "2"}
    return Street([*ring, ring[0]], tags)


def _meet(lines: Sequence[Street]) -> None:
    """Put a corner into both lines wherever two of them cross."""
    shapes = [shapely.LineString(line.points) for line in lines]
    corners: list[Point] = []
    for (a, one), (b, other) in combinations(zip(lines, shapes, strict=True), 2):
        for crossing in shapely.get_coordinates(shapely.intersection(one, other)).tolist():
            near = (corner for corner in corners if dist(corner, crossing) < ONE_JUNCTION_M)
            corner = next(near, point(*crossing))
            corners.append(corner)
            _insert(a, corner)
            _insert(b, corner)


def _insert(line: Street, corner: Point) -> None:
    if corner in line.points:
        return
    away = [_detour_m(a, corner, b) for a, b in pairwise(line.points)]
    line.points.insert(away.index(min(away)) + 1, corner)


def _detour_m(a: Point, via: Point, b: Point) -> float:
    return dist(a, via) + dist(via, b) - dist(a, b)


def _shared(lines: Sequence[Street]) -> set[Point]:
    once: set[Point] = set()
    twice: set[Point] = set()
    for line in lines:
        for corner in set(line.points):
            (twice if corner in once else once).add(corner)
    return twice


def _pieces(line: Street, junctions: set[Point]) -> Iterator[Street]:
    if line.closed:
        first = next(i for i, corner in enumerate(line.points) if corner in junctions)
        yield replace(line, points=[*line.points[first:-1], *line.points[: first + 1]])
        return
    piece = [line.points[0]]
    for corner in line.points[1:]:
        piece.append(corner)
        if corner in junctions:
            yield replace(line, points=piece, tags=dict(line.tags))
            piece = [corner]
    if len(piece) > 1:
        yield replace(line, points=piece, tags=dict(line.tags))


def _inside_square(piece: Street) -> bool:
    (x, y), _ = along(piece.points, length_m(piece.points) / 2)
    return any(hypot(x - s.x_m, y - s.y_m) < s.radius_m - 1.5 for s in SQUARES)


def _without_twins(pieces: Iterable[Street]) -> list[Street]:
    """Leave out where one street runs over another: between the same junctions, as long."""
    found: dict[tuple[Point, Point, int], Street] = {}
    for piece in pieces:
        a, b = sorted((piece.points[0], piece.points[-1]))
        found.setdefault((a, b, round(length_m(piece.points) / 5)), piece)
    return list(found.values())


def _without_stubs(pieces: list[Street]) -> list[Street]:
    while True:
        ends = _ends(pieces)
        kept = [piece for piece in pieces if not _is_stub(piece, ends)]
        if len(kept) == len(pieces):
            return kept
        pieces = kept


def _ends(pieces: Iterable[Street]) -> dict[Point, int]:
    found: dict[Point, int] = {}
    for piece in pieces:
        for end in set(piece.points) if piece.closed else (piece.points[0], piece.points[-1]):
            found[end] = found.get(end, 0) + 1
    return found


def _is_stub(piece: Street, ends: dict[Point, int]) -> bool:
    loose = ends[piece.points[0]] == 1 or ends[piece.points[-1]] == 1
    return not piece.closed and loose and length_m(piece.points) < STUB_M


def _bridged(piece: Street) -> Street:
    middle, _ = along(piece.points, length_m(piece.points) / 2)
    river = shapely.LineString(smooth(RIVER_CORNERS))
    if not piece.closed and shapely.distance(river, shapely.Point(middle)) < BANK_M / 2:
        piece.tags |= {"bridge": "yes", "layer": "1"}
    return piece
