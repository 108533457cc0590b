"""Decisions for single streets as a file: CSV for spreadsheets, GeoJSON for maps."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from math import isfinite
from typing import ClassVar

import shapely
from shapely.errors import GEOSException

from data.errors import InvalidError, Need
from data.files.csv_sheet import Mistake, guarded, number_of, sheet_rows
from data.geocode.text.normalization import normal
from data.model import Override, Segment, SegmentId, ServiceClass
from data.policy.city_policy import Policy
from data.policy.street_finder import StreetFinder
from data.policy.street_rules import WEEK_H
from data.streets.network import StreetNetwork

COLUMNS = ("segment_id", "osm_way_id", "street", "lon", "lat", "class", "cycle_h", "note")
"""Heads of a file that we write; one that is read needs `class` and one way to find a street."""

SUFFIXES = (".csv", ".geojson", ".json")
NOTE_LETTERS = 200
LEAST_CYCLE_H = 0.5

_MOST_LINES = 20_000
_NAMING = ("segment_id", "osm_way_id", "street", "lon")

_HEADS: Mapping[str, tuple[str, ...]] = {
    "segment_id": ("segment", "id", "شناسه"),
    "osm_way_id": ("osm id", "way", "شناسه راه"),
    "street": ("name", "street name", "خیابان", "نام", "نام خیابان"),
    "lon": ("lng", "longitude", "طول جغرافیایی", "طول"),
    "lat": ("latitude", "عرض جغرافیایی", "عرض"),
    "class": ("service class", "درجه", "درجه خدمت"),
    "cycle_h": ("cycle", "hours", "دوره", "دوره (ساعت)", "دور"),
    "note": ("reason", "comment", "توضیح", "دلیل", "یادداشت"),
}
_COLUMN_OF = {
    normal(head.replace("_", " ")): column
    for column, heads in _HEADS.items()
    for head in (column, *heads)
}

type Decisions = dict[SegmentId, Override]


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """A line of a sheet or a feature of a collection, by column; `shape` is drawn in degrees."""

    number: int
    cells: Mapping[str, str]
    shape: shapely.Geometry | None = None


type OverrideLines = tuple[list[OverrideLine], list[Mistake]]
"""The lines of a file, and what is wrong in it as a whole."""


def read_lines(name: str, content: bytes) -> OverrideLines:
    """Return the lines of a file by the end of its name, which must be one of `SUFFIXES`."""
    lines, mistakes = _sheet(content) if is_sheet(name) else _collection(content)
    if not mistakes and not lines:
        mistakes = [Mistake(0, "", "", "at least one street")]
    return (lines, mistakes) if len(lines) <= _MOST_LINES else _too_many(len(lines))


def is_sheet(name: str) -> bool:
    """Whether a name is that of a table."""
    return name.lower().endswith(".csv")


def overrides_from_file(
    name: str,
    content: bytes,
    network: StreetNetwork,
    policy: Policy,
    read: Callable[[str, bytes], OverrideLines] = read_lines,
) -> tuple[Decisions, list[Mistake]]:
    """Return what a file decides, and everything that is wrong in it.

    The decisions count only while there is no mistake. A class stands by its code, its name in any
    language or its place in the order, from 1. A line names its streets by `segment_id`,
    `osm_way_id`, `street` (all of this name), `lon` and `lat`, or by what is drawn: a point, a line
    along them or an area around them. A server reads the lines in another process by `read`. Raises
    `InvalidError` for a name of another ending.
    """
    if not name.lower().endswith(SUFFIXES):
        raise InvalidError(
            "file", name, Need("a name that ends in {ends}", ends=" ".join(SUFFIXES))
        )
    lines, mistakes = read(name, content)
    return ({}, mistakes) if mistakes else _Reader(network, policy).read(lines)


def csv_from_overrides(overrides: Iterable[Override], network: StreetNetwork) -> str:
    """Return the spreadsheet that `overrides_from_file` reads back; digits are Latin."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for one in overrides:
        segment = network.segment(one.segment_id)
        middle = network.point_at(segment.id, segment.length_m / 2)
        values = _values(one, segment)
        texts = {key: guarded(str(values[key])) for key in ("street", "note")}
        writer.writerow(values | texts | {"lon": round(middle.lon, 6), "lat": round(middle.lat, 6)})
    return sheet.getvalue()


def geojson_from_overrides(overrides: Iterable[Override], network: StreetNetwork) -> str:
    """Return the feature collection that `overrides_from_file` reads back."""
    features = [
        {
            "type": "Feature",
            "properties": _values(one, segment),
            "geometry": {"type": "LineString", "coordinates": segment.geometry},
        }
        for one in overrides
        for segment in [network.segment(one.segment_id)]
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _values(one: Override, segment: Segment) -> dict[str, object]:
    return {
        "segment_id": segment.id,
        "osm_way_id": segment.key.osm_way_id,
        "street": segment.main_name,
        "class": str(one.service_class),
        "cycle_h": None if one.cycle is None else one.cycle / timedelta(hours=1),
        "note": one.note,
    }


def _sheet(content: bytes) -> OverrideLines:
    rows = sheet_rows(content)
    if not rows:
        return [], [Mistake(0, "", "", "a table with headers and a line for each street")]
    number, head = rows[0]
    columns = [_column(cell) for cell in head]
    mistakes = [
        Mistake(number, "", cell, "a known column")
        for cell, column in zip(head, columns, strict=True)
        if cell and not column
    ]
    if "class" not in columns:
        mistakes.append(Mistake(number, "class", "", "a column"))
    lines = [OverrideLine(n, dict(zip(columns, cells, strict=False))) for n, cells in rows[1:]]
    return lines, mistakes


def _collection(content: bytes) -> OverrideLines:
    try:
        collection = json.loads(content)
        features = collection["features"]
        if len(features) > _MOST_LINES:
            return _too_many(len(features))
        return [_feature(n, each) for n, each in enumerate(features, 1)], []
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, GEOSException):
        return [], [Mistake(0, "", "", "a GeoJSON feature collection in degrees")]


def _too_many(count: int) -> OverrideLines:
    need = Need("at most {count} streets", count=_MOST_LINES)
    return [], [Mistake(0, "", str(count), need)]


def _column(head: str) -> str:
    return _COLUMN_OF.get(normal(head.replace("_", " ")), "")


def _feature(number: int, feature: Mapping[str, object]) -> OverrideLine:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise TypeError("properties: expected an object")
    known = ((_column(key), value) for key, value in properties.items())
    cells = {column: str(value).strip() for column, value in known if column and value is not None}
    drawn = feature.get("geometry")
    shape = None if drawn is None else shapely.from_geojson(json.dumps(drawn))
    return OverrideLine(number, cells, shape)


class _Reader:
    """Turns lines into decisions and collects what is wrong in them."""

    def __init__(self, network: StreetNetwork, policy: Policy) -> None:
        self._finder = StreetFinder(network)
        self._classes = _class_spellings(policy)
        self._decisions: Decisions = {}
        self._mistakes: list[Mistake] = []

    def read(self, lines: Iterable[OverrideLine]) -> tuple[Decisions, list[Mistake]]:
        """Return what the lines decide, and what is wrong in them."""
        for line in lines:
            decided = self._decided(line)
            streets = self._streets(line)
            if decided is not None:
                self._take(line, streets, decided)
        return self._decisions, self._mistakes

    def _take(self, line: OverrideLine, streets: Iterable[SegmentId], decided: Override) -> None:
        for segment_id in streets:
            new = replace(decided, segment_id=segment_id)
            if self._decisions.setdefault(segment_id, new) != new:
                self._refuse(line, _named_by(line), "a street that no other line decides")
                return

    def _refuse(self, line: OverrideLine, column: str, need: str) -> None:
        self._mistakes.append(Mistake(line.number, column, line.cells.get(column, ""), need))

    def _decided(self, line: OverrideLine) -> Override | None:
        before = len(self._mistakes)
        code = self._classes.get(normal(line.cells.get("class", "")))
        if code is None:
            known = dict.fromkeys(self._classes.values())
            self._refuse(line, "class", Need("one of {expected}", expected=", ".join(known)))
        cycle_h = self._number(line, "cycle_h") if line.cells.get("cycle_h") else None
        if cycle_h is not None and not LEAST_CYCLE_H <= cycle_h <= WEEK_H:
            self._refuse(line, "cycle_h", Need("{low} to {high}", low=LEAST_CYCLE_H, high=WEEK_H))
        note = line.cells.get("note", "")
        if len(note) > NOTE_LETTERS:
            self._refuse(
                line, "note", Need("at most {max_length} characters", max_length=NOTE_LETTERS)
            )
        if code is None or len(self._mistakes) > before:
            return None
        cycle = None if cycle_h is None else timedelta(hours=cycle_h)
        return Override(SegmentId(0), code, cycle, note)

    def _streets(self, line: OverrideLine) -> list[SegmentId]:
        column = _named_by(line)
        if not column:
            self._refuse(
                line, "", "a way to find the street: segment_id, osm_way_id, street, lon with lat"
            )
            return []
        before = len(self._mistakes)
        found = self._FIND[column](self, line)
        if not found and len(self._mistakes) == before:
            self._refuse(line, column, "a street of this city")
        return found

    def _by_id(self, line: OverrideLine) -> list[SegmentId]:
        """Return the street of an id; where the line names its way too, the two must agree."""
        found = self._finder.by_id(self._whole(line, "segment_id"))
        way = self._whole(line, "osm_way_id") if line.cells.get("osm_way_id") else None
        if found and way is not None and self._finder.way_of(found[0]) != way:
            self._refuse(line, "segment_id", Need("a part of way {way}", way=str(way)))
            return []
        return found

    def _by_way(self, line: OverrideLine) -> list[SegmentId]:
        return self._finder.by_way(self._whole(line, "osm_way_id"))

    def _by_name(self, line: OverrideLine) -> list[SegmentId]:
        return self._finder.called(line.cells["street"])

    def _by_place(self, line: OverrideLine) -> list[SegmentId]:
        lon, lat = self._number(line, "lon"), self._number(line, "lat")
        if lon is None or lat is None:
            return []
        point = shapely.Point(lon, lat)
        return self._finder.drawn(point) if _in_degrees(point) else []

    def _by_shape(self, line: OverrideLine) -> list[SegmentId]:
        shape = line.shape
        return self._finder.drawn(shape) if shape is not None and _in_degrees(shape) else []

    _FIND: ClassVar[Mapping[str, Callable[["_Reader", OverrideLine], list[SegmentId]]]] = {
        "segment_id": _by_id,
        "osm_way_id": _by_way,
        "street": _by_name,
        "lon": _by_place,
        "geometry": _by_shape,
    }

    def _number(self, line: OverrideLine, column: str) -> float | None:
        value = number_of(line.cells.get(column, ""))
        if isinstance(value, str) or not isfinite(value):
            self._refuse(line, column, "a number")
            return None
        return value

    def _whole(self, line: OverrideLine, column: str) -> int:
        value = self._number(line, column)
        if value is not None and not value.is_integer():
            self._refuse(line, column, "a whole number")
        return 0 if value is None else int(value)


def _class_spellings(policy: Policy) -> dict[str, ServiceClass]:
    """Return every way to write a class: its code, its names, its place in the order from 1."""
    spellings: dict[str, ServiceClass] = {}
    for place, code in enumerate(policy.rules, 1):
        label = policy.class_label(code)
        names = (*label.shorts.values(), *label.names.values())
        spellings |= {normal(word): code for word in (code, *names, str(place), f"class {place}")}
    return spellings


def _named_by(line: OverrideLine) -> str:
    """Return the column that names a line's streets, or "" where none does."""
    named = next((column for column in _NAMING if line.cells.get(column)), "")
    return named or ("geometry" if line.shape is not None else "")


def _in_degrees(shape: shapely.Geometry) -> bool:
    west, south, east, north = map(float, shape.bounds)
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90
