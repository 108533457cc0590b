"""The drawn town as OpenStreetMap objects in a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, degrees, radians
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

from data.model import LonLat
from data.osm.tags import DRAWN_BY_US
from data.streets.projection import EARTH_M
from tools.town.features import Feature
from tools.town.layout.geometry import Point
from tools.town.layout.planar_graph import Street
from tools.town.sample_town import Town
from tools.town.traffic import BusLine, TurnSign

CENTRE = LonLat(46.52, 37.18)
"""Where the main square is: a place without a real town."""


def lonlat(place: Point) -> LonLat:
    """Return where a place of the plan is on the globe."""
    lat = CENTRE.lat + degrees(place[1] / EARTH_M)
    lon = CENTRE.lon + degrees(place[0] / EARTH_M / cos(radians(CENTRE.lat)))
    return LonLat(round(lon, 7), round(lat, 7))


@dataclass(slots=True)
class _Objects:
    """Nodes, ways and relations, numbered from 1 in the order in which they are first needed."""

    nodes: list[Node] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    corners: dict[Point, int] = field(default_factory=dict)
    streets: dict[int, int] = field(default_factory=dict)
    dots: dict[int, int] = field(default_factory=dict)

    def corner(self, place: Point) -> int:
        """Return the node that all streets share at a place."""
        if place not in self.corners:
            self.corners[place] = self.node(place, {})
        return self.corners[place]

    def node(self, place: Point, tags: dict[str, str]) -> int:
        self.nodes.append(Node(id=len(self.nodes) + 1, location=lonlat(place), tags=tags))
        return len(self.nodes)

    def way(self, corners: Sequence[int], tags: dict[str, str]) -> int:
        self.ways.append(Way(id=len(self.ways) + 1, nodes=list(corners), tags=tags))
        return len(self.ways)

    def relation(self, members: Sequence[tuple[str, int, str]], tags: dict[str, str]) -> None:
        number = len(self.relations) + 1
        self.relations.append(Relation(id=number, members=list(members), tags=tags))


def write_town(town: Town, path: Path) -> None:
    """Write the town in the format that the file's name ends in; an older file is replaced."""
    objects = _Objects()
    for street in town.plan.streets:
        _add_street(objects, street)
    for feature in town.features:
        _add_feature(objects, feature)
    for line in town.buses:
        _add_bus_line(objects, line)
    for sign in town.signs:
        _add_sign(objects, sign)
    header = osmium.io.Header()
    header.set("generator", DRAWN_BY_US)
    writer = osmium.SimpleWriter(str(path), header=header, overwrite=True)
    try:
        for node in objects.nodes:
            writer.add_node(node)
        for way in objects.ways:
            writer.add_way(way)
        for relation in objects.relations:
            writer.add_relation(relation)
    finally:
        writer.close()


def _add_street(objects: _Objects, street: Street) -> None:
    corners = [objects.corner(place) for place in street.points]
    objects.streets[id(street)] = objects.way(corners, street.tags)


def _add_feature(objects: _Objects, feature: Feature) -> None:
    if len(feature.points) == 1:
        objects.dots[id(feature)] = objects.node(feature.points[0], feature.tags)
        return
    if not feature.hole:
        objects.way(_outline(objects, feature.points), feature.tags)
        return
    outer = objects.way(_outline(objects, feature.points), {})
    inner = objects.way(_outline(objects, feature.hole), {})
    members = [("w", outer, "outer"), ("w", inner, "inner")]
    objects.relation(members, {"type": "multipolygon", **feature.tags})


def _outline(objects: _Objects, places: Sequence[Point]) -> list[int]:
    closed = places[0] == places[-1]
    nodes = [objects.node(place, {}) for place in (places[:-1] if closed else places)]
    return [*nodes, nodes[0]] if closed else nodes


def _add_bus_line(objects: _Objects, line: BusLine) -> None:
    for stop in line.stops:
        _add_feature(objects, stop)
    members = [("n", objects.dots[id(stop)], "platform") for stop in line.stops]
    members += [("w", objects.streets[id(street)], "") for street in line.streets]
    tags = {"type": "route", "route": "bus", "ref": line.ref, "public_transport:version": "2"}
    tags |= {"name": f"خط {line.ref}: {line.name.fa}", "name:en": line.name.en}
    objects.relation(members, tags)


def _add_sign(objects: _Objects, sign: TurnSign) -> None:
    members = [
        ("w", objects.streets[id(sign.came)], "from"),
        ("n", objects.corners[sign.via], "via"),
        ("w", objects.streets[id(sign.goes)], "to"),
    ]
    objects.relation(members, {"type": "restriction", "restriction": sign.kind})
