"""Reads GeoJSON features with OpenStreetMap tags into a draft of a city.

Without node ids in the file, two ways meet wherever they share an exact coordinate; bridges then
separate by themselves.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from data.errors import CityFileError, NotFoundError
from data.model import LonLat, Place
from data.osm import tags as osm_tags
from data.osm.addresses import Corner, interpolated_houses
from data.osm.places import Gate, OutlinedPlace, gate_at, places_of, places_within
from data.osm.tags import Tags
from data.osm.ways import CityDraft, OsmWay, draft_of

GEOJSON_SUFFIXES = (".geojson", ".json")


def node_of(point: LonLat) -> int:
    """Return the node id of a coordinate: a hash of 63 bits, equal for equal coordinates."""
    digest = blake2b(f"{point.lon!r},{point.lat!r}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def read_geojson(path: Path, *, services: bool = False) -> CityDraft:
    """Return the streets and places of a collection; service ways are streets with `services`.

    Lines become streets, points and polygons places. Raises `CityFileError` for a file that is no
    GeoJSON or has no streets.
    """
    if not path.is_file():
        raise NotFoundError("file", str(path))
    ways: list[OsmWay] = []
    nodes: dict[int, LonLat] = {}
    places: list[Place] = []
    areas: list[OutlinedPlace] = []
    gates: list[Gate] = []
    interpolations: list[tuple[Tags, list[LonLat]]] = []
    for number, feature in enumerate(_features(path), 1):
        try:
            geometry, tags = feature["geometry"], _tags(feature)
            if geometry is None:
                continue
            places += _points(geometry, tags)
            areas += _areas(geometry, tags)
            gates += _gates(geometry, tags)
            if "addr:interpolation" in tags:
                lines = [[_point(each) for each in line] for line in _lines(geometry)]
                interpolations += [(tags, line) for line in lines]
            way = _way(feature, number, tags)
            if way is not None:
                runs = tuple(_run(line, nodes) for line in _lines(geometry))
                ways.append(OsmWay(way.id, runs, tags, way.road))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CityFileError(f"{path.name}: feature {number} is no GeoJSON: {error}") from error
    places += places_within(areas, gates)
    numbered = {node_of(place.location): place for place in places if place.number}
    for tags, line in interpolations:
        places += interpolated_houses(tags, [_corner(point, numbered) for point in line])
    return draft_of(ways, nodes, (), places, 0, services=services)


def _corner(point: LonLat, numbered: Mapping[int, Place]) -> Corner:
    place = numbered.get(node_of(point))
    return Corner(point, place.street, place.number) if place else Corner(point)


def _features(path: Path) -> list[Any]:
    try:
        collection = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CityFileError(f"{path.name} is empty, damaged or no GeoJSON: {error}") from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise CityFileError(f"{path.name} is no GeoJSON feature collection")
    return features


def _tags(feature: Mapping[str, Any]) -> Tags:
    properties = feature.get("properties") or {}
    return {key: str(value) for key, value in properties.items() if value is not None}


def _way(feature: Mapping[str, Any], number: int, tags: Tags) -> OsmWay | None:
    road = osm_tags.road_class(tags)
    if road is None:
        return None
    named = re.search(r"\d+$", tags.get("@id") or str(feature.get("id", "")))
    return OsmWay(int(named[0]) if named else number, (), tags, road)


def _lines(geometry: Mapping[str, Any]) -> list[Any]:
    if geometry["type"] == "LineString":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry["type"] == "MultiLineString" else []


def _point(coordinate: Sequence[float]) -> LonLat:
    lon, lat = float(coordinate[0]), float(coordinate[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"expected degrees, got {coordinate}")
    return LonLat(lon, lat)


def _run(line: Iterable[Sequence[float]], nodes: dict[int, LonLat]) -> tuple[int, ...]:
    run = []
    for coordinate in line:
        point = _point(coordinate)
        node = node_of(point)
        nodes[node] = point
        run.append(node)
    return tuple(run)


def _points(geometry: Mapping[str, Any], tags: Tags) -> Iterator[Place]:
    if geometry["type"] == "Point" and osm_tags.may_be_place(tags):
        yield from places_of(tags, _point(geometry["coordinates"]))


def _areas(geometry: Mapping[str, Any], tags: Tags) -> Iterator[OutlinedPlace]:
    if geometry["type"] == "Polygon" and osm_tags.may_be_place(tags):
        yield OutlinedPlace(tags, [[_point(each) for each in geometry["coordinates"][0]]])


def _gates(geometry: Mapping[str, Any], tags: Tags) -> Iterator[Gate]:
    if geometry["type"] == "Point" and osm_tags.is_gate(tags):
        yield gate_at(tags, _point(geometry["coordinates"]))
