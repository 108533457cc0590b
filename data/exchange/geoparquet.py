"""Writes street layers as GeoParquet, for programs that read tables by column."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import shapely
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet

GEOMETRY = "geometry"

_VERSION = "1.1.0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_NUMBER = re.compile(r"_[hm]$")
"""Columns of hours and metres: numbers also where none is known."""

_TYPES = {
    bool: DataType.bool(),
    int: DataType.int64(),
    str: DataType.utf8(),
}


def write_geoparquet(
    attributes: Mapping[str, Sequence[object]],
    times: frozenset[str],
    lines: Sequence[shapely.LineString],
    path: Path,
    licence: str,
) -> None:
    """Write columns and a line each, in degrees; `times` are the names of columns of moments.

    A licence, where there is one, is a member of the key `geo`. Equal columns make equal bytes.
    GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/
    """
    columns = {
        name: _moments(values) if name in times else _values(name, values)
        for name, values in attributes.items()
    }
    columns[GEOMETRY] = Array([bytes(one) for one in shapely.to_wkb(lines)], DataType.binary())
    table = Table.from_arrays(list(columns.values()), names=list(columns))
    # One key: the writer has no order for several. The schema's own metadata would hide it.
    told = {"geo": json.dumps(_geo(lines, licence))}
    write_parquet(table, path, compression="zstd(3)", key_value_metadata=told)


def _geo(lines: Sequence[shapely.LineString], licence: str) -> dict[str, object]:
    """Return what a reader must know of the lines; without `crs` they are longitude, latitude."""
    column = {
        "encoding": "WKB",
        "geometry_types": ["LineString"],
        "bbox": shapely.total_bounds(lines).tolist(),
    }
    allowed = {"licence": licence} if licence else {}
    columns = {GEOMETRY: column}
    return {"version": _VERSION, "primary_column": GEOMETRY, "columns": columns, **allowed}


def _moments(values: Sequence[object]) -> Array:
    since = [
        (value - _EPOCH) // _MILLISECOND if isinstance(value, datetime) else None
        for value in values
    ]
    return Array(since, DataType.int64()).cast(DataType.timestamp("ms", tz="UTC"))


def _values(name: str, values: Sequence[object]) -> Array:
    kinds = {type(value) for value in values} - {type(None)}
    if float in kinds or (not kinds and _NUMBER.search(name)):
        return Array(values, DataType.float64())
    return Array(values, _TYPES[kinds.pop()] if kinds else DataType.utf8())
