"""Rivers, canals and lakes of an OpenStreetMap file, for orientation on maps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import osmium
import shapely
from osmium.osm import Area, Way

from data.model import Language
from data.osm import tags as osm_tags

LINES = ("river", "canal", "stream")
"""Waterways that are drawn as lines; not ditches and drains."""


@dataclass(frozen=True, slots=True)
class Water:
    """A river, canal, stream or lake; `shape` is a line or an area in degrees."""

    kind: str
    names: Mapping[Language, tuple[str, ...]]
    shape: shapely.Geometry


def read_waters(path: Path) -> tuple[Water, ...]:
    """Return the waters of a file; empty where its objects are not sorted as osmium needs them.

    The streets of such a file are read all the same.
    """
    keys = osmium.filter.KeyFilter("natural", "waterway")
    things = osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys)
    try:
        return tuple(_waters(things))
    except RuntimeError:
        return ()


def _waters(things: osmium.FileProcessor) -> Iterator[Water]:
    factory = osmium.geom.WKBFactory()
    for thing in things:
        tags = {tag.k: tag.v for tag in thing.tags}
        if isinstance(thing, Area) and _is_area(tags):
            shape = shapely.from_wkb(factory.create_multipolygon(thing))
            yield Water("area", osm_tags.names(tags), shape)
        elif isinstance(thing, Way) and _is_line(tags) and _is_whole(thing):
            shape = shapely.from_wkb(factory.create_linestring(thing))
            yield Water(tags["waterway"], osm_tags.names(tags), shape)


def _is_area(tags: osm_tags.Tags) -> bool:
    return tags.get("natural") == "water" or tags.get("waterway") == "riverbank"


def _is_line(tags: osm_tags.Tags) -> bool:
    return tags.get("waterway") in LINES and tags.get("tunnel", "no") == "no"


def _is_whole(way: Way) -> bool:
    return len({node.ref for node in way.nodes}) > 1 and all(
        node.location.valid() for node in way.nodes
    )
