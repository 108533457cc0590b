"""Downloads the streets of a named place from OpenStreetMap's servers through OSMnx.

Needs the internet, once: answers are kept in OSMnx's cache. The file that comes of it is read like
any other; it has true ids, so that a file from elsewhere can follow it. Turn signs and bus lines
are relations, which OSMnx does not bring.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import osmium
import osmnx
import shapely
from osmium.osm.mutable import Node, Way
from osmnx._errors import InsufficientResponseError

from data.errors import CityFileError
from data.languages import languages
from data.model import RoadClass
from data.osm.tags import GATE_BARRIERS, NAME_KEYS, PLACE_TAGS, place_kind, road_class

NEIGHBOURS = ("ar", "az", "ckb", "ku", "tr")
"""Languages of names that are downloaded beside those of the pages."""

WAY_TAGS = (
    "highway",
    "area",
    "access",
    "motor_vehicle",
    "vehicle",
    "service",
    "oneway",
    "junction",
    "lanes",
    "width",
    "est_width",
    "maxspeed",
    "layer",
    "bridge",
    "tunnel",
    "surface",
    "incline",
    "bus",
    "psv",
    "lanes:bus",
    "lanes:psv",
    "busway",
    "busway:left",
    "busway:right",
    "busway:both",
    "name:left",
    "name:right",
    "addr:range:l",
    "addr:range:r",
    "addr:range:left",
    "addr:range:right",
)
"""Tags of streets that are downloaded, beside their names."""


@cache
def way_tags() -> tuple[str, ...]:
    """Return the tags of streets that are downloaded: all that `osm_reader` reads."""
    spoken = dict.fromkeys((*languages(), *NEIGHBOURS))
    suffixes = ("", *(f":{code}" for code in spoken))
    return (*WAY_TAGS, *(f"{name}{suffix}" for name in NAME_KEYS for suffix in suffixes))


NUMBERS = ("addr:housenumber", "addr:interpolation")
"""Keys of house numbers and of ways between two of them, downloaded with any value."""

LANDMARKS = ("amenity", "shop", "tourism", "historic", "office")
"""Keys of places that are downloaded with any value."""

PLACE_NODES_FROM = 1 << 60
"""First id of nodes and ways that are written for places, far above OpenStreetMap's ids."""

ABSENT_NODE = PLACE_NODES_FROM - 1
"""Id of a node that the file lacks; `osm_reader` cuts ways there."""

ENTRANCE = "entrance"
"""Key of doors and gates of areas, downloaded with any value, beside barriers that open."""

_STREETS = f'["highway"~"^({"|".join([*RoadClass, "road"])})(_link)?$"]'
"""Overpass filter of the streets that are downloaded: no footways, no construction sites."""

_REVERSED = ("-1", "reverse", "T")
"""Values of `oneway` for which OSMnx reverses a way."""


class _Feature(NamedTuple):
    """A house number, place or way between house numbers, as the servers have it."""

    shape: shapely.Geometry
    tags: Mapping[str, str]


class PlaceFiles(NamedTuple):
    """Paths of the files with a place's streets (.osm.pbf) and its boundary (GeoJSON)."""

    streets: Path
    boundary: Path


def fetch_place(query: str, folder: Path) -> PlaceFiles:
    """Return files with the streets and the boundary of a place like "Urmia, Iran".

    Both are written into `folder`, where OSMnx keeps its cache too. Raises `CityFileError` where
    the servers cannot be reached or know no such place with a boundary.
    """
    slug = re.sub(r"[^\w]+", "-", query).strip("-").lower() or "place"
    folder.mkdir(parents=True, exist_ok=True)
    files = PlaceFiles(folder / f"{slug}.osm.pbf", folder / f"{slug}.geojson")
    with _asking(folder):
        try:
            outline = osmnx.geocode_to_gdf(query).union_all()
            graph = osmnx.graph_from_polygon(
                outline,
                custom_filter=_STREETS,
                simplify=False,
                retain_all=True,
                truncate_by_edge=True,
            )
            places = _places(outline)
        except (OSError, TypeError, ValueError) as error:
            raise CityFileError(
                f"OpenStreetMap does not tell the streets of {query!r}: {error}"
            ) from error
    files.boundary.write_text(json.dumps(shapely.geometry.mapping(outline)), encoding="utf-8")
    _write(files.streets, graph, places)
    return files


@contextmanager
def _asking(folder: Path) -> Iterator[None]:
    """Run OSMnx with our settings and restore its own afterwards."""
    ours = {
        "cache_folder": folder / "cache",
        "logs_folder": folder / "logs",
        "data_folder": folder,
        "useful_tags_way": list(way_tags()),
        "all_oneway": True,
        "doh_url_template": None,  # no other company needs to hear what we ask
    }
    before = {name: getattr(osmnx.settings, name) for name in ours}
    for name, value in ours.items():
        setattr(osmnx.settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)


def _places(outline: shapely.Geometry) -> list[_Feature]:
    """Return house numbers, ways between two of them, points of interest and gates, if any."""
    wanted: dict[str, bool | str | list[str]] = {
        key: list(values) for key, values in PLACE_TAGS.items()
    }
    wanted |= dict.fromkeys((*NUMBERS, *LANDMARKS, ENTRANCE), True)
    wanted |= {"barrier": sorted(GATE_BARRIERS)}
    try:
        frame = osmnx.features_from_polygon(outline, wanted)
    except InsufficientResponseError:
        return []
    rows = frame.drop(columns="geometry").to_dict("records")
    return [
        _Feature(geometry, {k: v for k, v in row.items() if isinstance(v, str)})
        for geometry, row in zip(frame.geometry, rows, strict=True)
    ]


def _write(path: Path, graph: nx.MultiDiGraph, places: Iterable[_Feature]) -> None:
    new = path.with_name(f".{path.name.removesuffix('.osm.pbf')}-new.osm.pbf")
    new.unlink(missing_ok=True)
    nodes, between = _of_places(places)
    writer = osmium.SimpleWriter(str(new))
    try:
        for node, told in graph.nodes(data=True):
            writer.add_node(Node(id=node, location=(told["x"], told["y"])))
        for node in nodes:
            writer.add_node(node)
        for way in (*_ways(graph), *between):
            writer.add_way(way)
    finally:
        writer.close()
    new.replace(path)


def _of_places(places: Iterable[_Feature]) -> tuple[list[Node], list[Way]]:
    """Return the nodes of places, and the ways between house numbers and around areas.

    A way between house numbers passes the very nodes that have them, which are found by where they
    are; areas with gates on their outlines are told apart by these outlines.
    """
    drawn = _DrawnPlaces()
    lines: list[_Feature] = []
    for place in places:
        if "addr:interpolation" in place.tags and isinstance(place.shape, shapely.LineString):
            lines.append(place)
        elif outline := _outline(place):
            drawn.add_way(outline.coords, place.tags, closed=True)
        else:
            drawn.add_point(place)
    for line in lines:
        drawn.add_way(line.shape.coords, line.tags)
    return drawn.nodes, drawn.ways


def _outline(place: _Feature) -> shapely.LinearRing | None:
    """Return the outer line of a point of interest that is an area, of several the largest.

    A building that has a number alone is none: it stays a point.
    """
    parts = [each for each in shapely.get_parts(place.shape) if isinstance(each, shapely.Polygon)]
    if not parts or place_kind(place.tags) is None or road_class(place.tags) is not None:
        return None
    return max(parts, key=lambda part: part.area).exterior


class _DrawnPlaces:
    """Nodes and ways of places, with ids of their own."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.ways: list[Way] = []
        self._ids = count(PLACE_NODES_FROM)
        self._numbered: dict[tuple[float, float], int] = {}

    def add_point(self, place: _Feature) -> None:
        point = place.shape.representative_point()
        node = self._node((point.x, point.y), place.tags)
        if "addr:housenumber" in place.tags:
            self._numbered[point.x, point.y] = node

    def add_way(
        self, coords: Iterable[Sequence[float]], tags: Mapping[str, str], *, closed: bool = False
    ) -> None:
        """Add a way along points, through the house numbers that are there, unless it is closed."""
        known = {} if closed else self._numbered
        corners = []
        for x, y in coords:
            if (x, y) not in known:
                known[x, y] = self._node((x, y), {})
            corners.append(known[x, y])
        self.ways.append(Way(id=PLACE_NODES_FROM + len(self.ways), nodes=corners, tags=tags))

    def _node(self, at: tuple[float, float], tags: Mapping[str, str]) -> int:
        number = next(self._ids)
        self.nodes.append(Node(id=number, location=at, tags=tags))
        return number


def _ways(graph: nx.MultiDiGraph) -> Iterator[Way]:
    """Yield the ways of a graph, in the order of their ids."""
    steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    tags: dict[int, dict[str, str]] = {}
    for start, end, told in graph.edges(data=True):
        steps[told["osmid"]].append((start, end))
        tags[told["osmid"]] = {k: str(told[k]) for k in way_tags() if k in told}
    for number in sorted(steps):
        nodes = [node for run in _runs(steps[number]) for node in (*run, ABSENT_NODE)][:-1]
        turned = tags[number].get("oneway") in _REVERSED
        yield Way(id=number, nodes=nodes[::-1] if turned else nodes, tags=tags[number])


def _runs(steps: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the node lists of a way; several where it leaves the place in between."""
    graph = nx.MultiDiGraph(steps)
    for nodes in nx.weakly_connected_components(graph):
        part = graph.subgraph(nodes)
        if nx.has_eulerian_path(part):
            path = list(nx.eulerian_path(part))
            yield [path[0][0], *(end for _, end in path)]
        else:  # cut where it crosses itself: its steps stay, one by one
            yield from ([start, end] for start, end in part.edges())
