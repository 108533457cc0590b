"""Reads OpenStreetMap files (.osm.pbf, .osm, .osm.gz, .osm.bz2) into a draft of a city.

A file is read in passes, relations before ways before nodes: the order of its objects does not
matter, and only the nodes of streets and places are kept in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import osmium
from osmium.osm import Node, Relation, RelationMember, TagList

from data.errors import CityFileError, NotFoundError
from data.model import LonLat, Place
from data.osm import tags as osm_tags
from data.osm.addresses import Corner, interpolated_houses
from data.osm.places import Gate, OutlinedPlace, gate_at, places_of, places_within
from data.osm.tags import Tags
from data.osm.waters import read_waters
from data.osm.ways import CityDraft, OsmRestriction, OsmWay, draft_of

OSM_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

_MOST_PAIRS = 64
"""Largest number of pairs of from- and to-ways in one restriction."""


@dataclass
class _Found:
    """Objects read so far, by OSM id; an object that comes again replaces the earlier one."""

    signs: dict[int, list[OsmRestriction]] = field(default_factory=dict)
    skipped_signs: set[int] = field(default_factory=set)
    bus_ways: set[int] = field(default_factory=set)
    areas: dict[int, tuple[Tags, frozenset[int]]] = field(default_factory=dict)
    ways: dict[int, OsmWay] = field(default_factory=dict)
    outlines: dict[int, tuple[Tags, tuple[int, ...]]] = field(default_factory=dict)
    borders: dict[int, tuple[int, ...]] = field(default_factory=dict)
    interpolations: dict[int, tuple[Tags, tuple[int, ...]]] = field(default_factory=dict)
    nodes: dict[int, LonLat] = field(default_factory=dict)
    points: dict[int, list[Place]] = field(default_factory=dict)
    gates: dict[int, Gate] = field(default_factory=dict)


def read_osm(path: Path, *, services: bool = False) -> CityDraft:
    """Return the streets and places of a file; service ways and alleys are streets with `services`.

    Raises `CityFileError` for a file that is truncated, empty, foreign or without streets.
    """
    if not path.is_file():
        raise NotFoundError("file", str(path))
    if path.stat().st_size == 0:
        raise CityFileError(f"{path.name} is empty", file=path.name)
    found = _Found()
    try:
        _read_relations(path, found)
        _read_ways(path, found)
        _read_nodes(path, found)
    except (osmium.InvalidLocationError, RuntimeError, ValueError, OSError) as error:
        raise CityFileError(
            f"{path.name} is damaged or no OpenStreetMap file: {error}", file=path.name
        ) from error
    signs = [sign for several in found.signs.values() for sign in several]
    draft = draft_of(
        list(found.ways.values()),
        found.nodes,
        signs,
        list(_all_places(found)),
        len(found.skipped_signs),
        found.bus_ways,
        services=services,
    )
    return replace(draft, waters=read_waters(path), attribution=_attribution(path))


def _attribution(path: Path) -> str:
    with osmium.io.Reader(str(path)) as reader:
        drawn = reader.header().get("generator") == osm_tags.DRAWN_BY_US
    return osm_tags.DRAWN_ATTRIBUTION if drawn else osm_tags.ATTRIBUTION


def _tags(tags: TagList) -> dict[str, str]:
    return {tag.k: tag.v for tag in tags}


def _read_relations(path: Path, found: _Found) -> None:
    keys = osmium.filter.KeyFilter(
        "restriction", "route", *osm_tags.NAME_KEYS, *osm_tags.PLACE_KEYS
    )
    for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(keys):
        if not isinstance(relation, Relation) or relation.deleted:
            continue
        tags = _tags(relation.tags)
        if tags.get("type") == "restriction":
            _take_sign(found, relation, tags)
        elif osm_tags.is_bus_route(tags):
            found.bus_ways.update(m.ref for m in relation.members if _is_ridden(m))
        elif tags.get("type") in ("multipolygon", "boundary") and osm_tags.may_be_place(tags):
            ways = (m.ref for m in relation.members if m.type == "w" and m.role != "inner")
            found.areas[relation.id] = tags, frozenset(ways)


def _is_ridden(member: RelationMember) -> bool:
    """Whether a member of a bus route is a way that the bus drives, not a stop or platform."""
    return member.type == "w" and not member.role.startswith(("stop", "platform"))


def _take_sign(found: _Found, relation: Relation, tags: Tags) -> None:
    kind = tags.get("restriction", "").partition("_")[0]
    if kind not in ("no", "only"):
        return
    members: dict[str, list[int]] = {"from": [], "via": [], "to": []}
    for member in relation.members:
        fits = member.type == ("n" if member.role == "via" else "w")
        if fits and member.role in members:
            members[member.role].append(member.ref)
    # no_entry has several ways in, no_exit several out
    pairs = [(came, goes) for came in members["from"] for goes in members["to"]]
    if len(members["via"]) != 1 or not 0 < len(pairs) <= _MOST_PAIRS:
        found.skipped_signs.add(relation.id)  # most often over a way, which is not modelled
        return
    via = members["via"][0]
    found.signs[relation.id] = [OsmRestriction(came, via, goes, kind) for came, goes in pairs]


def _read_ways(path: Path, found: _Found) -> None:
    borders = {way for _, ways in found.areas.values() for way in ways}
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
        if not isinstance(way, osmium.osm.Way) or way.deleted:
            continue
        if way.id in borders:
            found.borders[way.id] = tuple(node.ref for node in way.nodes)
        tags = _tags(way.tags)
        road = osm_tags.road_class(tags)
        if road is not None:
            nodes = tuple(node.ref for node in way.nodes)
            found.ways[way.id] = OsmWay(way.id, (nodes,), tags, road)
        elif "addr:interpolation" in tags and not way.is_closed():
            found.interpolations[way.id] = tags, tuple(node.ref for node in way.nodes)
        elif way.is_closed() and osm_tags.may_be_place(tags):
            found.outlines[way.id] = tags, tuple(node.ref for node in way.nodes)


def _read_nodes(path: Path, found: _Found) -> None:
    wanted = {node for way in found.ways.values() for run in way.runs for node in run}
    wanted.update(node for _, nodes in found.outlines.values() for node in nodes)
    wanted.update(node for nodes in found.borders.values() for node in nodes)
    wanted.update(node for _, nodes in found.interpolations.values() for node in nodes)
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        if not isinstance(node, Node) or node.deleted or not node.location.valid():
            continue
        if node.id in wanted:
            found.nodes[node.id] = LonLat(node.lon, node.lat)
        if node.tags:
            _take_point(found, node.id, _tags(node.tags), LonLat(node.lon, node.lat))


def _take_point(found: _Found, node: int, tags: Tags, location: LonLat) -> None:
    places = list(places_of(tags, location))
    if places:
        found.points[node] = places
    if osm_tags.is_gate(tags):
        found.gates[node] = gate_at(tags, location)


def _all_places(found: _Found) -> Iterator[Place]:
    for places in found.points.values():
        yield from places
    for tags, nodes in found.interpolations.values():
        yield from interpolated_houses(tags, [_corner(found, n) for n in nodes if n in found.nodes])
    yield from places_within(list(_areas(found)), list(found.gates.values()))


def _areas(found: _Found) -> Iterator[OutlinedPlace]:
    outlines = [(tags, [nodes]) for tags, nodes in found.outlines.values()]
    for tags, ways in found.areas.values():
        outlines.append((tags, [found.borders.get(way, ()) for way in sorted(ways)]))
    for tags, runs in outlines:
        lines = [[found.nodes[node] for node in run if node in found.nodes] for run in runs]
        if any(lines):
            yield OutlinedPlace(tags, lines)


def _corner(found: _Found, node: int) -> Corner:
    numbered = next((place for place in found.points.get(node, ()) if place.number), None)
    where = found.nodes[node]
    return Corner(where, numbered.street, numbered.number) if numbered else Corner(where)
