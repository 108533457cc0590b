"""Recorded tracks as files - CSV, GPX, GeoJSON - read into fixes."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from data.errors import InvalidError, NotFoundError
from fleet.log_fixes import ALIASES, SPEEDS, LoggedFix, fix_from
from fleet.log_geojson import fixes_from_geojson
from fleet.log_gpx import fixes_from_gpx

NEEDED = ("vehicle", "time", "lat", "lon")

KINDS = ".csv, .csv.gz, .gpx, .gpx.gz, .geojson, .geojson.gz or .json"


def read_log(path: Path) -> list[LoggedFix]:
    """Return the fixes of a file in its order; the end of its name says what it is.

    CSV has columns vehicle, time, lat, lon in any order, and perhaps speed (m/s; `speed_kmh`,
    `speed_kn`), heading, accuracy, blade, spreader, material, rate; others are ignored. A time
    without zone is UTC. Raises `InvalidError` that names line and field of the first mistake.
    """
    if not path.is_file():
        raise NotFoundError("file", str(path))
    name = path.name.lower().removesuffix(".gz")
    kind = next((end for end in (".csv", ".gpx", ".geojson", ".json") if name.endswith(end)), "")
    try:
        with (
            gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as file
        ):
            if kind == ".csv":
                text = file.read().decode("utf-8-sig")
                return list(_from_csv(csv.reader(text.splitlines(keepends=True), strict=True)))
            if kind == ".gpx":
                return list(fixes_from_gpx(file.read(), name.removesuffix(kind)))
            if kind:
                return list(fixes_from_geojson(file.read(), name.removesuffix(kind)))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidError("file", path.name, f"a whole file, text in UTF-8 ({error})") from error
    raise InvalidError("file", path.name, KINDS)


def _from_csv(rows: Iterator[list[str]]) -> Iterator[LoggedFix]:
    head = next(rows, [])
    names = [name.strip().lower() for name in head]
    column = {ALIASES.get(name, name): i for i, name in enumerate(names)}
    for name in NEEDED:
        if name not in column:
            raise InvalidError("line 1", ",".join(head), f"the column {name}")
    used = {*NEEDED, *SPEEDS, "heading", "accuracy", "blade", "spreader", "material", "rate"}
    wanted = [(name, i) for name, i in column.items() if name in used]
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(head):
            raise InvalidError(f"line {line}", ",".join(row), f"{len(head)} fields")
        yield fix_from(line, {name: row[i].strip() for name, i in wanted})
