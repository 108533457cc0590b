"""Writes street layers for QGIS and other GIS programs."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import geopandas
import pandas
import shapely
from pysqlite3 import dbapi2

from data.errors import InvalidError
from data.exchange.geoparquet import write_geoparquet
from data.exchange.name_columns import name_columns
from data.files.csv_sheet import guarded_row
from data.model import Segment
from data.streets.network import StreetNetwork

GEOJSON = "GeoJSON"
GEOPACKAGE = "GPKG"
DRIVERS = {".gpkg": GEOPACKAGE, ".geojson": GEOJSON}
TABLE = ".csv"
PARQUET = ".parquet"
LAYER = "streets"

_TIME = re.compile(r"^last_pass|_at$")


def write_streets(
    network: StreetNetwork,
    columns: Mapping[str, Sequence[object]],
    path: Path,
    licence: str = "",
    at: datetime | None = None,
) -> None:
    """Write a file with one line feature per segment, in the format of its suffix.

    As `.csv` it is a table without lines, which no program takes for formulas.

    Each has `id`, names (`name_columns`), `road_class, oneway, length_m, width_m, lanes, district,
    osm_way_id` and what `columns` add, in the order of `network.segments`; `None` is no value.
    Columns named `last_pass…` or `…_at` are times, with a zone, also where they are empty. A file
    that lies there is replaced, whole or not at all. A licence is a member of GeoJSON and of
    Parquet's `geo`; the other formats have no place for it. With `at`, when streets were so, equal
    columns make equal bytes: a GeoPackage says that moment, not when it was written. Raises
    `InvalidError` for another ending.
    """
    attributes = {**_attributes(network.segments), **columns}
    ending = path.suffix.lower()
    if ending == TABLE:
        return _write_table(attributes, path)
    if ending not in DRIVERS and ending != PARQUET:
        endings = " or ".join((*DRIVERS, PARQUET))
        raise InvalidError("file", path.name, f"a name that ends in {endings}")
    lines = [shapely.LineString(segment.geometry) for segment in network.segments]
    new = path.with_name(f".{path.stem}-new{ending}")
    try:
        new.unlink(missing_ok=True)
        if ending == PARQUET:
            times = frozenset(name for name in attributes if _TIME.search(name))
            write_geoparquet(attributes, times, lines, new, licence)
        else:
            _write_layer(attributes, lines, new, DRIVERS[ending], licence)
        if at is not None and DRIVERS.get(ending) == GEOPACKAGE:
            _date_layer(new, at)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return None


def _write_layer(
    attributes: Mapping[str, Sequence[object]],
    lines: Sequence[shapely.LineString],
    path: Path,
    driver: str,
    licence: str,
) -> None:
    frame = geopandas.GeoDataFrame(
        {name: _column(name, values) for name, values in attributes.items()},
        geometry=lines,
        crs="EPSG:4326",
    )
    told = _members({"licence": licence}) if driver == GEOJSON and licence else {}
    frame.to_file(path, driver=driver, layer=LAYER, engine="pyogrio", index=False, **told)


def _date_layer(path: Path, at: datetime) -> None:
    """Say of the layer of a GeoPackage that it is of a moment (`last_change`)."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(dbapi2.connect(path)) as file, file:
        file.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))


def _members(members: Mapping[str, str]) -> dict[str, str]:
    """Return the options with which GDAL writes members of a GeoJSON file itself."""
    native = json.dumps({"type": "FeatureCollection", **members})
    return {"NATIVE_DATA": native, "NATIVE_MEDIA_TYPE": "application/vnd.geo+json"}


def _write_table(attributes: Mapping[str, Sequence[object]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(attributes)
        for row in zip(*attributes.values(), strict=True):
            writer.writerow(guarded_row(map(_cell, row)))


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _attributes(segments: Sequence[Segment]) -> dict[str, Sequence[object]]:
    return {
        "id": [segment.id for segment in segments],
        **name_columns([segment.names for segment in segments]),
        "road_class": [segment.road_class.value for segment in segments],
        "oneway": [segment.oneway.value for segment in segments],
        "length_m": [round(segment.length_m, 1) for segment in segments],
        "width_m": [segment.width_m for segment in segments],
        "lanes": [segment.lanes for segment in segments],
        "district": [segment.district for segment in segments],
        "osm_way_id": [segment.key.osm_way_id for segment in segments],
    }


def _column(name: str, values: Sequence[object]) -> Sequence[object]:
    typed: Sequence[object] = values
    if _TIME.search(name):
        typed = pandas.array(values, dtype="datetime64[ms, UTC]")
    elif None in values and {type(value) for value in values} == {int, type(None)}:
        typed = pandas.array(values, dtype="Int64")  # else they become fractions
    return typed
