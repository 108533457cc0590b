"""Small OpenStreetMap files for tests, written with pyosmium."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

STREET = {"highway": "residential"}
CROSS = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1)}
"""Nodes of a crossing in thousandths of a degree about 45.07, 37.55."""


def a_node(number: int, east: float, north: float, tags: Mapping[str, str] | None = None) -> Node:
    place = (45.07 + east / 1000, 37.55 + north / 1000)
    return Node(id=number, location=place, tags=dict(tags or {}))


def nodes(places: Mapping[int, tuple[float, float]] = CROSS) -> list[Node]:
    return [a_node(number, *place) for number, place in places.items()]


def a_way(number: int, refs: Sequence[int], tags: Mapping[str, str] = STREET, **more: str) -> Way:
    return Way(id=number, nodes=list(refs), tags={**tags, **more})


def a_sign(number: int, kind: str, *members: tuple[str, int, str]) -> Relation:
    tags = {"type": "restriction", "restriction": kind}
    return Relation(id=number, members=list(members), tags=tags)


def write_osm(path: Path, things: Sequence[Node | Way | Relation]) -> Path:
    """Write the objects in the order given."""
    writer = osmium.SimpleWriter(str(path))
    add = {Node: writer.add_node, Way: writer.add_way, Relation: writer.add_relation}
    try:
        for thing in things:
            add[type(thing)](thing)
    finally:
        writer.close()
    return path
