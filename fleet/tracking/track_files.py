"""Recorded tracks as files (tables, GPX, GeoJSON), read into fixes."""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from data.errors import InvalidError, NotFoundError
from data.files.csv_sheet import sheet_rows
from fleet.tracking.track_fixes import ALIASES, SPEEDS, LoggedFix, fix_from
from fleet.tracking.track_geojson import fixes_from_geojson
from fleet.tracking.track_gpx import fixes_from_gpx

NEEDED = ("vehicle", "time", "lat", "lon")

USED = {*NEEDED, *SPEEDS, "heading", "accuracy", "blade", "spreader", "material", "rate"}
"""Columns that mean something; others are ignored."""

TABLES = (".csv", ".tsv", ".txt")

KINDS = "a log: .csv, .tsv, .txt, .gpx, .geojson or .json, each perhaps with .gz"

GZIPPED = b"\x1f\x8b"
"""How a packed file begins, whatever its name."""


def read_log(path: Path) -> list[LoggedFix]:
    """Return the fixes of a file in its order; the end of its name says what it is.

    A time without zone is UTC. Raises `InvalidError` that names line and field of the first
    mistake.
    """
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(TABLES):
        return [fix_from(where, cells) for where, cells in table_lines(path)]
    if name.endswith(".gpx"):
        return list(fixes_from_gpx(_content(path), name.removesuffix(".gpx")))
    if name.endswith((".geojson", ".json")):
        return list(fixes_from_geojson(_content(path), name.rpartition(".")[0]))
    raise InvalidError("file", path.name, KINDS)


def table_lines(path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the place of each line of a table, such as "line 7", and its fields by name.

    Columns vehicle, time, lat, lon in any order, and perhaps speed (m/s; `speed_kmh`, `speed_kn`),
    heading, accuracy, blade, spreader, material, rate. Comma, semicolon or tab between them.
    Raises `InvalidError` for a missing column or a line with other fields than the first.
    """
    rows = iter(sheet_rows(_content(path)))
    first, head = next(rows, (1, []))
    columns = _columns(first, head)
    for line, row in rows:
        if len(row) != len(head):
            raise InvalidError(f"line {line}", ",".join(row), f"{len(head)} fields")
        yield f"line {line}", {name: row[i] for name, i in columns.items()}


def _columns(line: int, head: list[str]) -> dict[str, int]:
    """Return where each column that means something stands; its own name goes before an alias."""
    columns: dict[str, int] = {}
    for i, title in enumerate(head):
        written = title.lower()
        name = ALIASES.get(written, written)
        if name in USED and (name not in columns or name == written):
            columns[name] = i
    for name in NEEDED:
        if name not in columns:
            raise InvalidError(f"line {line}", ",".join(head), f"the column {name}")
    return columns


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise NotFoundError("file", str(path))
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIPPED) else content
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidError("file", path.name, f"a whole file ({error})") from error
