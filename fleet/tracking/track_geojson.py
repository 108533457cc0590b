"""Tracks of a GeoJSON file: points with a time each, or lines with a time for every place."""

import json
from collections.abc import Iterator, Mapping, Sequence

from data.errors import InvalidError
from fleet.tracking.track_fixes import ALIASES, LoggedFix, fix_from

TIMES = ("times", "coordTimes", "timestamps")
"""Properties of a line that list the time of each of its places."""

NAMES = ("vehicle", "truck", "name", "id")
"""Properties that name the vehicle, the best first."""


def fixes_from_geojson(content: bytes, name: str) -> Iterator[LoggedFix]:
    """Yield the fixes of all features; `name` is the vehicle of one without a name.

    A line has its times as the property `times` (or `coordTimes`), or as seconds since 1970 in the
    fourth number of each place.
    """
    try:
        top = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidError("file", name, f"well-formed GeoJSON ({error})") from None
    features = _features(top)
    if not isinstance(features, list):
        raise InvalidError("features", type(features).__name__, "a list of GeoJSON features")
    for index, feature in enumerate(features, start=1):
        yield from _of_feature(index, feature, name)


def _features(top: object) -> object:
    """Return the features of a collection, or the one that is the whole file."""
    if isinstance(top, dict) and top.get("type") == "Feature":
        return [top]
    return top.get("features") if isinstance(top, dict) else None


def _of_feature(index: int, feature: object, name: str) -> Iterator[LoggedFix]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    told = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or not isinstance(told or {}, dict):
        raise InvalidError(f"feature {index}", feature, "a geometry and properties")
    properties: Mapping[str, object] = told or {}
    cells = {
        ALIASES.get(key.lower(), key.lower()): _word(value) for key, value in properties.items()
    }
    cells["vehicle"] = next((_word(properties[key]) for key in NAMES if properties.get(key)), name)
    kind, places = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        yield _fix(index, cells, places, cells.get("time", ""))
    elif kind in ("LineString", "MultiLineString", "MultiPoint") and isinstance(places, list):
        yield from _of_line(index, cells, properties, places, nested=kind == "MultiLineString")
    else:
        raise InvalidError(f"feature {index}, geometry", kind, "points or lines")


def _of_line(
    index: int,
    cells: Mapping[str, str],
    properties: Mapping[str, object],
    places: Sequence[object],
    *,
    nested: bool,
) -> Iterator[LoggedFix]:
    times = _times(properties)
    if nested:
        places = [place for part in places if isinstance(part, list) for place in part]
        if isinstance(times, list) and times and isinstance(times[0], list):
            times = [at for part in times for at in part]
    if times is None:
        times = [place[3] if isinstance(place, list) and len(place) > 3 else "" for place in places]
    if not isinstance(times, list) or len(times) != len(places):
        got = len(times) if isinstance(times, list) else type(times).__name__
        raise InvalidError(f"feature {index}, times", got, f"{len(places)} times, one a place")
    for place, at in zip(places, times, strict=True):
        yield _fix(index, cells, place, _word(at))


def _times(properties: Mapping[str, object]) -> object:
    """Return the times of a line's points, under any of the usual keys."""
    inner = properties.get("coordinateProperties")
    told = {**(inner if isinstance(inner, dict) else {}), **properties}
    return next((told[key] for key in TIMES if key in told), None)


def _fix(index: int, cells: Mapping[str, str], place: object, at: str) -> LoggedFix:
    if not isinstance(place, list) or len(place) < 2:
        raise InvalidError(f"feature {index}, coordinates", place, "longitude and latitude")
    return fix_from(
        f"feature {index}", {**cells, "lon": _word(place[0]), "lat": _word(place[1]), "time": at}
    )


def _word(value: object) -> str:
    return "" if value is None else str(value)
