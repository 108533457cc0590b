"""A log of fixes as a table, and the same table with the street of each line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.model import DeviceId, DirectedSegment, Match, Position, VehicleId
from data.network import StreetNetwork
from fleet.log_files import table_lines
from fleet.log_fixes import LoggedFix, fix_from
from fleet.matching import StreetMatcher, Trail
from fleet.steps import filtered

HEAD = "vehicle,time,lon,lat,segment_id,osm_way_id,forward,offset_m,confidence"
"""Columns of the answer."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log as it was written, and the fix that it means."""

    vehicle: str
    time: str
    fix: Position


def read_gps_log(path: Path) -> list[LogLine]:
    """Return the lines of a table (.csv, .csv.gz) in its order.

    Columns as in `fleet.log_files`. Raises `InvalidError` that names the line and the field of the
    first mistake.
    """
    numbers: dict[str, int] = {}
    lines = []
    for where, cells in table_lines(path):
        fix = fix_from(where, cells)
        number = numbers.setdefault(fix.vehicle, len(numbers) + 1)
        lines.append(LogLine(cells["vehicle"], cells["time"], _position(fix, number)))
    return lines


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


def _position(fix: LoggedFix, number: int) -> Position:
    return Position(
        DeviceId(number),
        VehicleId(number),
        "file",
        fix.fixed_at,
        fix.fixed_at,
        fix.location,
        fix.speed_mps,
        fix.heading_deg,
    )


def _cell(text: str) -> str:
    """Return a cell of a table, in quotes where it needs them."""
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
