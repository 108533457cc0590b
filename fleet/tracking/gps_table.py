"""GPS logs as tables, and the same tables with the matched street of each line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.errors import InvalidError
from data.model import DeviceId, DirectedSegment, Match, Position, SegmentId, VehicleId
from data.streets.network import StreetNetwork
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.tracking.fix_filters import filtered
from fleet.tracking.track_files import NEEDED, table_lines
from fleet.tracking.track_fixes import LoggedFix, fix_from

HEAD = "vehicle,time,lon,lat,segment_id,osm_way_id,forward,offset_m,confidence"
"""Columns of the answer."""


UNMATCHED = "," * 6
"""The fields of the street where there is none."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log as written, and its fix or why it has none."""

    vehicle: str
    time: str
    fix: Position | None
    mistake: InvalidError | None = None


def read_gps_log(path: Path) -> list[LogLine]:
    """Return the lines of a table (.csv, .csv.gz) in its order.

    Columns as in `track_files`. A line that tells no vehicle, time or place has its mistake,
    which names line and field; what else cannot be is unknown. Raises `InvalidError` where the file
    is no such table.
    """
    numbers: dict[str, int] = {}
    return [_line(where, cells, numbers) for where, cells in table_lines(path)]


def _line(where: str, cells: Mapping[str, str], numbers: dict[str, int]) -> LogLine:
    try:
        fix = _fix(where, cells)
    except InvalidError as mistake:
        return LogLine(cells["vehicle"], cells["time"], None, mistake)
    number = numbers.setdefault(fix.vehicle, len(numbers) + 1)
    return LogLine(cells["vehicle"], cells["time"], _position(fix, number))


def _fix(where: str, cells: Mapping[str, str]) -> LoggedFix:
    """Return the fix of a line; values such as a speed of -1 are unknown."""
    try:
        return fix_from(where, cells)
    except InvalidError:
        return fix_from(where, {name: cells[name] for name in NEEDED})


def matched_table(network: StreetNetwork, lines: Sequence[LogLine]) -> Iterator[str]:
    """Yield the head and a line for every line of the log, in its order, each with its end.

    Off every street, where a fix cannot be believed, and where a line tells none, the fields of the
    street are empty; on a service way that is no street of the city only its `segment_id` is.
    """
    matcher = StreetMatcher(network)
    osm_way_ids = {street.id: street.key.osm_way_id for street in network.segments}
    osm_way_ids |= {way.id: way.osm_way_id for way in network.service_ways}
    by_vehicle: dict[VehicleId, list[Position]] = defaultdict(list)
    for line in lines:
        if line.fix is not None:
            by_vehicle[line.fix.vehicle_id].append(line.fix)
    streets = {
        vehicle_id: _streets(matcher, osm_way_ids, fixes)
        for vehicle_id, fixes in by_vehicle.items()
    }
    yield HEAD + "\n"
    for line in lines:
        fix = line.fix
        street = None if fix is None else streets[fix.vehicle_id].get(fix.fixed_at)
        yield f"{_cell(line.vehicle)},{_cell(line.time)},{street or UNMATCHED}\n"


def match_all(matcher: StreetMatcher, fixes: Sequence[Position]) -> list[Match]:
    """Return the matches of one vehicle's fixes in any order, plausible ones only, by time."""
    kept, _ = filtered(fixes)
    trail = Trail()
    return matcher.match(trail, kept) + matcher.settle(trail)


def _streets(
    matcher: StreetMatcher, osm_way_ids: Mapping[SegmentId, int], fixes: Sequence[Position]
) -> Mapping[datetime, str]:
    """Return the fields of the street by time of the fix."""
    matches = [match for match in match_all(matcher, fixes) if match.way is not None]
    rows = zip(matches, matcher.places(matches).tolist(), strict=True)
    return {
        match.fixed_at: _fields(osm_way_ids, match, match.way, *place)
        for match, place in rows
        if match.way is not None
    }


def _fields(
    osm_way_ids: Mapping[SegmentId, int],
    match: Match,
    way: DirectedSegment,
    lon: float,
    lat: float,
) -> str:
    street = "" if match.segment is None else match.segment.segment_id
    forward = "true" if way.forward else "false"
    return (
        f"{lon:.7f},{lat:.7f},{street},{osm_way_ids[way.segment_id]},{forward},"
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
