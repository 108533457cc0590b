"""Vehicle logs by quarters of an hour: read from positions once, again when late ones arrive.

Reading is slow and writes nothing; only noting and storing are writes, and they are short.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Any

from data.model import EvidenceKind, LonLat, Pass, VehicleId
from data.store.coverage.coverage import list_work_of
from data.store.database.engine import Tx
from data.store.logbook import (
    LogPart,
    find_oldest_stale,
    find_oldest_unnoted_at,
    list_spells,
    list_stale,
    list_unnoted,
    note_parts,
    reread_parts,
    save_parts,
)
from data.store.tracking.positions import list_between
from data.streets.network import StreetNetwork
from fleet.coverage.street_coverage import union
from fleet.coverage.tap_rules import UNSEEN
from fleet.logbook.activities import Activity, Spell, spells_of
from fleet.matching.map_matching import Matcher
from fleet.tracking.fix_filters import FORGET_AFTER
from fleet.work.totals import Sums

PART = timedelta(minutes=15)
"""Time of one part."""

BEFORE = timedelta(minutes=2)
"""Fixes before a part that help to place its first ones."""

AFTER = FORGET_AFTER + timedelta(minutes=1)
"""Fixes after a part: its last step may end there, and standing shows only later."""

NOTED_AT_ONCE = 20_000
"""Fixes looked at in one go."""

NOTED_PARTS = 100
"""Parts noted in one transaction: positions wait meanwhile."""

READ_AT_ONCE = 50
"""Parts stored in one transaction."""

FRESH = timedelta(seconds=60)
"""A part that goes on is not read again sooner."""


@dataclass(frozen=True, slots=True)
class LogAccess:
    """Access to log parts: transactions that read and write, and the matcher."""

    reading: Callable[[], AbstractContextManager[Tx]]
    writing: Callable[[], AbstractContextManager[Tx]]
    network: StreetNetwork
    matcher: Matcher


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Log parts of a time, of some vehicles or of all."""

    since: datetime | None
    until: datetime
    vehicle_ids: Collection[VehicleId] | None = None


def note_fixes(access: LogAccess) -> int:
    """Mark the parts of new fixes as stale, and return how many fixes were new."""
    noted = 0
    while True:
        with access.reading() as tx:
            fixes = list_unnoted(tx, NOTED_AT_ONCE)
        if not fixes:
            return noted
        newest: dict[tuple[VehicleId, datetime], int] = {}
        for position_id, vehicle_id, fixed_at in fixes:
            for starts_at in _touched(fixed_at):
                newest[vehicle_id, starts_at] = position_id
        # By their newest fixes: where only some are noted, the others' fixes are newer than those.
        in_order = sorted(newest.items(), key=lambda item: item[1])
        for some in batched(in_order, NOTED_PARTS, strict=False):
            with access.writing() as tx:
                note_parts(tx, dict(some))
        noted += len(fixes)


def read_parts(access: LogAccess, wanted: LogFilter, now: datetime, most: int) -> int:
    """Read stale parts, at `most` so many, and return how many were read."""
    read = 0
    while read < most:
        limit = min(READ_AT_ONCE, most - read)
        with access.reading() as tx:
            stale = list_stale(
                tx, wanted.since, wanted.until, now - FRESH, limit, wanted.vehicle_ids
            )
            found = [(part, _read(tx, access, part)) for part in stale]
        if not stale:
            return read
        with access.writing() as tx:
            save_parts(tx, found, now)
        read += len(stale)
        if len(stale) < limit:
            return read
    return read


def read_until(tx: Tx, now: datetime) -> datetime:
    """Return until when all logs are read, `now` at most."""
    stale, fix_at = find_oldest_stale(tx), find_oldest_unnoted_at(tx)
    unnoted = None if fix_at is None else _touched(fix_at)[0]
    return min(one for one in (now, stale, unnoted) if one is not None)


def spells_between(
    tx: Tx, since: datetime, until: datetime, vehicle_ids: Collection[VehicleId]
) -> Iterator[tuple[VehicleId, list[Spell]]]:
    """Yield each vehicle's activities in the parts that touch a time, as far as read."""
    for each, lines in list_spells(tx, first_part(since), until, vehicle_ids):
        yield each, [_spell(line) for line in lines]


def read_again(tx: Tx, passes: Iterable[Pass]) -> None:
    """Mark the parts that these passes of vehicles touch as stale."""
    spans: dict[VehicleId, tuple[datetime, datetime]] = {}
    for one in passes:
        if one.vehicle_id is not None:
            since, until = spans.get(one.vehicle_id, (one.started_at, one.ended_at))
            spans[one.vehicle_id] = min(since, one.started_at), max(until, one.ended_at)
    reread_parts(tx, ((who, part_of(since), until) for who, (since, until) in spans.items()))


def first_part(since: datetime) -> datetime:
    """Return the start of the first part that may reach into a time."""
    return part_of(since - FORGET_AFTER)


def part_of(moment: datetime) -> datetime:
    """Return the start of the part that holds a moment."""
    seconds = int(PART.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def _touched(fixed_at: datetime) -> Sequence[datetime]:
    first, last = part_of(fixed_at - AFTER), part_of(fixed_at + BEFORE)
    return [first + n * PART for n in range((last - first) // PART + 1)]


def _read(tx: Tx, access: LogAccess, part: LogPart) -> list[Any]:
    since, until = part.starts_at, part.starts_at + PART
    fixes = list_between(tx, part.vehicle_id, since - BEFORE, until + AFTER)
    reported = _reported_times(tx, part.vehicle_id, since, until + AFTER)
    spells = spells_of(fixes, access.matcher, access.network, since, until, reported)
    return [_line(spell) for spell in spells]


def _reported_times(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime
) -> list[tuple[float, float]]:
    """Return a vehicle's working times by its driver or its speed, in seconds since 1970.

    What a driver tells counts where positions show the vehicle on the street: else nobody knows
    when that was.
    """
    work = list_work_of(tx, vehicle_id, since, until)
    return union(
        (started_at.timestamp(), ended_at.timestamp())
        for started_at, ended_at, evidence in work
        if evidence.kind is EvidenceKind.SPEED
        or (evidence.kind is EvidenceKind.DRIVER and evidence.confidence > UNSEEN)
    )


def _line(spell: Spell) -> list[Any]:
    sums = spell.sums
    numbers = (
        sums.work_s,
        sums.drive_s,
        sums.stand_s,
        sums.running_s,
        sums.off_s,
        sums.work_m,
        sums.drive_m,
        sums.sensed_s,
    )
    amounts = (sums.counted_kg, sums.rated_kg, sums.spread_m2)
    return [
        spell.activity,
        spell.starts_at.timestamp(),
        spell.ends_at.timestamp(),
        [round(each, 6) for each in (*spell.start, *spell.place)],
        [round(each, 2) for each in numbers],
        [{name: round(kg, 3) for name, kg in each.items()} for each in amounts],
    ]


def _spell(line: Sequence[Any]) -> Spell:
    activity, starts_s, ends_s, places, numbers, amounts = line
    return Spell(
        activity=Activity(activity),
        starts_at=datetime.fromtimestamp(starts_s, UTC),
        ends_at=datetime.fromtimestamp(ends_s, UTC),
        start=LonLat(*places[:2]),
        place=LonLat(*places[2:]),
        sums=Sums(*numbers, *amounts),
    )
