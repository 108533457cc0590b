"""A log of fixes as a table, and the same table with the street of each line."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from data.errors import InvalidError, NotFoundError
from data.model import DeviceId, DirectedSegment, LonLat, Match, Position, VehicleId
from data.network import StreetNetwork
from fleet.matching import StreetMatcher, Trail
from fleet.steps import filtered

NEEDED = ("vehicle", "time", "lat", "lon")
ALIASES = {"truck": "vehicle", "time_utc": "time"}

HEAD = "vehicle,time,lon,lat,segment_id,osm_way_id,forward,offset_m,confidence"
"""Columns of the answer."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log as it was written, and the fix that it means."""

    vehicle: str
    time: str
    fix: Position


def read_gps_log(path: Path) -> list[LogLine]:
    """Return the lines of a CSV file (.csv, .csv.gz) in its order.

    Columns `vehicle, time, lat, lon` in any order, and perhaps `speed` in m/s and `heading` in
    degrees; others are ignored. A time without zone is UTC. Raises `InvalidError` that names the
    line and the field of the first mistake.
    """
    if not path.is_file():
        raise NotFoundError("file", str(path))
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            return list(_lines(rows))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidError("file", path.name, f"CSV in UTF-8 ({error})") from error


def matched_table(network: StreetNetwork, lines: Sequence[LogLine]) -> Iterator[str]:
    """Yield the head and a line for every line of the log, in its order, each with its end.

    Off every street, or where a fix cannot be believed, the fields of the street are empty.
    """
    matcher = StreetMatcher(network)
    by_vehicle: dict[VehicleId, list[Position]] = defaultdict(list)
    for line in lines:
        by_vehicle[line.fix.vehicle_id].append(line.fix)
    streets = {
        vehicle_id: _streets(matcher, network, fixes) for vehicle_id, fixes in by_vehicle.items()
    }
    yield HEAD + "\n"
    for line in lines:
        street = streets[line.fix.vehicle_id].get(line.fix.fixed_at, ",,,,,,")
        yield f"{_cell(line.vehicle)},{_cell(line.time)},{street}\n"


def match_all(matcher: StreetMatcher, fixes: Sequence[Position]) -> list[Match]:
    """Return the matches of one vehicle's fixes in any order, those believed, by time."""
    kept, _ = filtered(fixes)
    trail = Trail()
    return matcher.match(trail, kept) + matcher.settle(trail)


def _streets(
    matcher: StreetMatcher, network: StreetNetwork, fixes: Sequence[Position]
) -> Mapping[datetime, str]:
    """Return the fields of the street by time of the fix."""
    matches = [match for match in match_all(matcher, fixes) if match.segment is not None]
    rows = zip(matches, matcher.places(matches).tolist(), strict=True)
    return {
        match.fixed_at: _fields(network, match, match.segment, *place)
        for match, place in rows
        if match.segment is not None
    }


def _fields(
    network: StreetNetwork, match: Match, street: DirectedSegment, lon: float, lat: float
) -> str:
    segment = network.segment(street.segment_id)
    forward = "true" if street.forward else "false"
    return (
        f"{lon:.7f},{lat:.7f},{segment.id},{segment.key.osm_way_id},{forward},"
        f"{match.offset_m:.1f},{match.confidence:.3f}"
    )


def _lines(rows: Iterator[list[str]]) -> Iterator[LogLine]:
    head = next(rows, [])
    names = [name.strip().lower() for name in head]
    column = {ALIASES.get(name, name): i for i, name in enumerate(names)}
    for name in NEEDED:
        if name not in column:
            raise InvalidError("line 1", ",".join(head), f"the column {name}")
    numbers: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != len(head):
            raise InvalidError(f"line {line}", ",".join(row), f"{len(head)} fields")
        cells = {name: row[i].strip() for name, i in column.items()}
        vehicle = cells["vehicle"]
        if not vehicle:
            raise InvalidError(f"line {line}, vehicle", "", "a name")
        number = numbers.setdefault(vehicle, len(numbers) + 1)
        yield LogLine(vehicle, cells["time"], _fix(line, number, cells))


def _fix(line: int, number: int, cells: Mapping[str, str]) -> Position:
    at = _moment(line, cells["time"])
    place = LonLat(_number(line, cells, "lon", -180, 180), _number(line, cells, "lat", -90, 90))
    speed = _number(line, cells, "speed", 0, 1000) if cells.get("speed") else None
    heading = _number(line, cells, "heading", -360, 360) if cells.get("heading") else None
    return Position(DeviceId(number), VehicleId(number), "file", at, at, place, speed, heading)


def _moment(line: int, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        expected = "a time such as 2026-01-10T06:00:00Z"
        raise InvalidError(f"line {line}, time", text, expected) from None


def _number(line: int, cells: Mapping[str, str], name: str, least: float, most: float) -> float:
    try:
        number = float(cells[name])
    except ValueError:
        number = float("nan")
    if isfinite(number) and least <= number <= most:
        return number
    expected = f"a number from {least:g} to {most:g}"
    raise InvalidError(f"line {line}, {name}", cells[name], expected)


def _cell(text: str) -> str:
    """Return a cell of a table, in quotes where it needs them."""
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
