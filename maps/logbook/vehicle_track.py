"""A vehicle's day on a map: its positions with blade and spreader, and the entries of its log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import Position
from fleet.logbook.trips import Doing, Entry

MOST_FIXES = 8000
"""Positions that a map shows; of more, every second or third one and so on."""

DEGREES_DIGITS = 6

UNKNOWN, OFF, ON = -1, 0, 1


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """An entry of the log, in seconds after the beginning, and where it ended."""

    doing: Doing
    from_s: int
    to_s: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class DayTrack:
    """Positions over time, each at one index of all lists: seconds, degrees, km/h and equipment.

    `blade` is 1 where it was down, 0 where it was up and -1 where nobody knows; so is `spreader`
    where it was on or off. A speed that nobody knows is -1.
    """

    since: datetime
    at_s: list[int]
    lon: list[float]
    lat: list[float]
    speed_kmh: list[int]
    blade: list[int]
    spreader: list[int]
    entries: list[TrackEntry]


def track_view(since: datetime, fixes: Sequence[Position], entries: Iterable[Entry]) -> DayTrack:
    """Return a vehicle's track from its positions in order of time, and its log."""
    shown = list(_thinned(fixes))

    def seconds(at: datetime) -> int:
        return int((at - since).total_seconds())

    return DayTrack(
        since=since,
        at_s=[seconds(fix.fixed_at) for fix in shown],
        lon=[round(fix.location.lon, DEGREES_DIGITS) for fix in shown],
        lat=[round(fix.location.lat, DEGREES_DIGITS) for fix in shown],
        speed_kmh=[-1 if fix.speed_mps is None else round(fix.speed_mps * 3.6) for fix in shown],
        blade=[_flag(fix.blade) for fix in shown],
        spreader=[_flag(fix.spreader) for fix in shown],
        entries=[
            TrackEntry(
                one.doing,
                seconds(one.starts_at),
                seconds(one.ends_at),
                round(one.place.lon, DEGREES_DIGITS),
                round(one.place.lat, DEGREES_DIGITS),
            )
            for one in entries
        ],
    )


def _thinned(fixes: Sequence[Position]) -> Iterator[Position]:
    """Yield every so many fixes, and each where blade or spreader change."""
    step = max(1, -(-len(fixes) // MOST_FIXES))
    before: tuple[bool | None, bool | None] | None = None
    for i, fix in enumerate(fixes):
        now = (fix.blade, fix.spreader)
        if i % step == 0 or now != before or i == len(fixes) - 1:
            yield fix
        before = now


def _flag(on: bool | None) -> int:
    if on is None:
        return UNKNOWN
    return ON if on else OFF
