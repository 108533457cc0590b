"""Points of interest and house numbers of a file: points, and areas with their gates."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from data.model import LonLat, Place
from data.osm import tags as osm_tags
from data.osm.tags import Tags
from data.streets.projection import Projection, distance_m

BESIDE_M = 6.0
"""Distance from an outline up to which a gate is one of its area: walls are drawn carelessly."""

MOST_GATES = 6
"""An area with more entrances is a row of shops, say: none of them tells where it is entered."""


class OutlinedPlace(NamedTuple):
    """An outlined object; `lines` are the parts of its outline, closed or in pieces."""

    tags: Tags
    lines: Sequence[Sequence[LonLat]]


class Gate(NamedTuple):
    """A way into an area; `main` where the map calls it the main one."""

    location: LonLat
    main: bool


def gate_at(tags: Tags, location: LonLat) -> Gate:
    """Return a gate or an entrance at a point."""
    return Gate(location, osm_tags.is_main_entrance(tags))


def places_of(
    tags: Tags, location: LonLat, reach_m: float = 0.0, gates: tuple[LonLat, ...] = ()
) -> Iterator[Place]:
    """Yield the point of interest and the house number that an object is, if any."""
    kind = osm_tags.place_kind(tags)
    street = tags.get("addr:street") or tags.get("addr:place") or ""
    number = tags.get("addr:housenumber", "")
    if kind is not None:
        yield Place(kind, location, osm_tags.names(tags), street, number, reach_m, gates)
    if number:
        yield Place("address", location, {}, street, number)


def places_within(areas: Sequence[OutlinedPlace], gates: Sequence[Gate]) -> Iterator[Place]:
    """Yield the points of interest and house numbers that areas are, with the gates of each."""
    gates_of = _gates_by_area(areas, gates)
    for at, area in enumerate(areas):
        corners = list(dict.fromkeys(point for line in area.lines for point in line))
        middle = centroid(corners)
        reach_m = round(max(distance_m(middle, corner) for corner in corners), 1)
        yield from places_of(area.tags, middle, reach_m, gates_of.get(at, ()))


def centroid(corners: Sequence[LonLat]) -> LonLat:
    """Return the mean of an outline's corners."""
    return LonLat(
        sum(p.lon for p in corners) / len(corners), sum(p.lat for p in corners) / len(corners)
    )


def _gates_by_area(
    areas: Sequence[OutlinedPlace], gates: Sequence[Gate]
) -> dict[int, tuple[LonLat, ...]]:
    """Return where each area that has gates on its outline is entered, by its index."""
    lines = [
        (at, line)
        for at, area in enumerate(areas)
        for line in area.lines
        if len(line) > 1 and osm_tags.place_kind(area.tags) is not None
    ]
    if not gates or not lines:
        return {}
    plane = Projection(gates[0].location)
    points = shapely.points(plane.planes(np.array([gate.location for gate in gates])))
    drawn = [shapely.LineString(plane.planes(np.array(line))) for _, line in lines]
    near = shapely.STRtree(points).query(drawn, predicate="dwithin", distance=BESIDE_M)
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for line, gate in sorted(near.T.tolist()):
        found[lines[line][0]][gate] = None
    return {at: _public([gates[each] for each in own]) for at, own in found.items()}


def _public(gates: Sequence[Gate]) -> tuple[LonLat, ...]:
    """Return where the main gates of an area are, else all of its gates; none of too many."""
    chosen = [gate.location for gate in gates if gate.main] or [gate.location for gate in gates]
    return tuple(dict.fromkeys(chosen)) if len(chosen) <= MOST_GATES else ()
