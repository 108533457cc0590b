"""A vehicle's log, pure: trips, stops, yard and reload visits, idling and breaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import LonLat
from data.streets.projection import distance_m
from fleet.logbook.activities import Activity, Spell, clipped
from fleet.tracking.geofences import Geofence, site_at
from fleet.work.totals import Sums, summed

STOP = timedelta(minutes=3)
"""Shorter, a vehicle waits at a light or for another car."""

SAME_PLACE_M = 60.0
"""Two places of standing so near are one."""

SHUFFLE = timedelta(seconds=90)
"""So short a move between two stands at one place is part of the stop."""

IN_YARD = timedelta(minutes=5)
"""So is driving about in a yard for so long."""

IN_YARD_M = 500.0
"""And so far."""

SILENCE = timedelta(seconds=60)
"""A shorter silence on the way is not told of."""

TRIP_M = 100.0
"""A shorter way between two stops is no trip."""

BREAK = timedelta(minutes=15)
"""Who stands so long, not loading, may rest (Regulation (EC) 561/2006, article 7)."""


class Doing(StrEnum):
    """Kind of a line of the log."""

    WORK = "work"
    DRIVE = "drive"
    STOP = "stop"
    YARD = "yard"
    RELOAD = "reload"
    SILENT = "silent"


type Span = tuple[datetime, datetime]
"""From a moment to another one."""

MOVING = frozenset({Doing.WORK, Doing.DRIVE})
RESTING = frozenset({Doing.STOP, Doing.YARD})


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a vehicle's log.

    `start` and `place` are where it began and ended; `site` names the yard or reload site. `idle_s`
    is how long the engine ran for nothing, as far as that is known.
    """

    doing: Doing
    starts_at: datetime
    ends_at: datetime
    start: LonLat
    place: LonLat
    sums: Sums
    site: str = ""
    idle_s: float = 0.0

    @property
    def seconds(self) -> float:
        """Duration."""
        return (self.ends_at - self.starts_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Trip:
    """Driving between two stops."""

    starts_at: datetime
    ends_at: datetime
    start: LonLat
    place: LonLat
    sums: Sums


@dataclass(frozen=True, slots=True)
class LogFigures:
    """Totals of a log; `visits` counts stops, yard and reload visits, `stood_s` their time."""

    sums: Sums
    visits: dict[Doing, int]
    stood_s: dict[Doing, float]
    idle_s: float
    silent_s: float
    first_moved_at: datetime | None
    last_moved_at: datetime | None

    @property
    def knows_work(self) -> bool:
        """Whether work was reported at all: by sensor, driver or speed."""
        return self.sums.sensed_s > 0.0 or self.sums.work_s > 0.0


@dataclass(frozen=True, slots=True)
class VehicleLog:
    """A vehicle's log of a time: lines, trips and totals."""

    entries: tuple[Entry, ...]
    trips: tuple[Trip, ...]
    figures: LogFigures


@dataclass(frozen=True, slots=True)
class Duty:
    """Hours of service: from the first move to the last, without breaks; longest between breaks.

    `since_break_s` is from the last break to the last move.
    """

    first_at: datetime | None
    last_at: datetime | None
    drive_s: float
    work_s: float
    break_s: float
    service_s: float
    longest_s: float
    since_break_s: float = 0.0


@dataclass(slots=True)
class _Run:
    """Consecutive spells that make one line; in `silent_s` of them no fix arrived."""

    activity: Activity | None
    starts_at: datetime
    ends_at: datetime
    start: LonLat
    place: LonLat
    parts: list[Sums] = field(default_factory=list)
    silent_s: float = 0.0
    site: Geofence | None = None

    @property
    def lasts(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def moves(self) -> bool:
        return self.activity in (Activity.WORK, Activity.DRIVE)

    @property
    def stands(self) -> bool:
        return self.activity is Activity.STAND

    @property
    def waits(self) -> bool:
        return self.stands and self.site is None and self.lasts < STOP

    def take(self, later: "_Run") -> None:
        """Append the spells of a following run."""
        self.ends_at = later.ends_at
        self.parts += later.parts
        self.silent_s += later.silent_s
        if self.moves:
            self.place = later.place


def log_of(
    spells: Iterable[Spell], sites: Sequence[Geofence], since: datetime, until: datetime
) -> VehicleLog:
    """Return the log of a time from the spells that touch it, in any order."""
    inside = [clipped(spell, since, until) for spell in spells]
    known = sorted((one for one in inside if one is not None), key=lambda one: one.starts_at)
    runs = _with_stops(_with_silences([_run(spell) for spell in known]), sites)
    entries = _entries(_moves_joined(runs))
    return VehicleLog(entries, tuple(_trips(entries)), _figures(entries))


def duty_of(
    entries: Sequence[Entry],
    since: datetime,
    until: datetime,
    told: Iterable[Span] = (),
    least: timedelta = BREAK,
) -> Duty:
    """Return the hours of service within a shift, by the entries that begin in it.

    A break is a stand of at least `least` that does not load; the times of rest that the driver
    `told` count too while the vehicle stood, whatever it stood for.
    """
    mine = [one for one in entries if since <= one.starts_at < until]
    moving = [i for i, one in enumerate(mine) if one.doing in MOVING]
    if not moving:
        return Duty(None, None, 0.0, 0.0, 0.0, 0.0, 0.0)
    mine = mine[moving[0] : moving[-1] + 1]
    breaks = _breaks(mine, told, least)
    break_s = sum((end - begin).total_seconds() for begin, end in breaks)
    cuts = [mine[0].starts_at, *(at for one in breaks for at in one), mine[-1].ends_at]
    spans_s = [(b - a).total_seconds() for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return Duty(
        first_at=mine[0].starts_at,
        last_at=mine[-1].ends_at,
        drive_s=sum(one.sums.drive_s for one in mine),
        work_s=sum(one.sums.work_s for one in mine),
        break_s=break_s,
        service_s=sum(spans_s),
        longest_s=max(spans_s),
        since_break_s=spans_s[-1],
    )


def last_rest_end(
    entries: Sequence[Entry], duty: Duty, told: Iterable[Span], least: timedelta = BREAK
) -> datetime | None:
    """Return the end of a break after the last move; `None` where the driver had none since."""
    later = [one for one in entries if duty.last_at is None or one.starts_at >= duty.last_at]
    breaks = _breaks(later, told, least)
    return breaks[-1][1] if breaks else None


def _breaks(entries: Sequence[Entry], told: Iterable[Span], least: timedelta) -> list[Span]:
    """Return the breaks in a log, in order and apart from each other."""
    stands = [(one.starts_at, one.ends_at) for one in entries if one.doing not in MOVING]
    rests = [(one.starts_at, one.ends_at) for one in entries if one.doing in RESTING]
    for begin, end in told:
        rests += [(max(begin, a), min(end, b)) for a, b in stands if a < end and begin < b]
    joined: list[Span] = []
    for begin, end in sorted(rests):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return [(begin, end) for begin, end in joined if end - begin >= least]


def _run(spell: Spell) -> _Run:
    return _Run(
        spell.activity,
        spell.starts_at,
        spell.ends_at,
        spell.start,
        spell.place,
        [spell.sums],
    )


def _with_silences(runs: Sequence[_Run]) -> list[_Run]:
    """Fill gaps without fixes between runs: standing where the vehicle is at the same place."""
    whole: list[_Run] = []
    for run in runs:
        before = whole[-1] if whole else None
        gap = run.starts_at - before.ends_at if before else timedelta()
        if before is not None and gap > timedelta():
            near = distance_m(before.place, run.start) <= SAME_PLACE_M
            gone = _Run(None, before.ends_at, run.starts_at, before.place, run.start)
            if near:
                gone.activity, gone.silent_s = Activity.STAND, gap.total_seconds()
            if near or gap >= SILENCE:
                whole.append(gone)
        whole.append(run)
    return whole


def _with_stops(runs: Iterable[_Run], sites: Sequence[Geofence]) -> list[_Run]:
    """Merge what is one stop: standing, a little maneuvering, and standing again."""
    joined: list[_Run] = []
    for run in runs:
        run.site = site_at(sites, run.place) if run.stands else None
        if run.stands and joined and joined[-1].stands and _one_place(joined[-1], run):
            joined[-1].take(run)
        elif run.stands and len(joined) > 1 and _shuffled(joined[-2], joined[-1], run):
            shuffle = joined.pop()
            joined[-1].take(shuffle)
            joined[-1].take(run)
        else:
            joined.append(run)
    return joined


def _one_place(a: _Run, b: _Run) -> bool:
    if a.site is not None and a.site == b.site:
        return True
    return distance_m(a.place, b.place) <= SAME_PLACE_M


def _shuffled(a: _Run, moved: _Run, b: _Run) -> bool:
    if not a.stands or not moved.moves or not _one_place(a, b):
        return False
    way_m = sum(part.moved_m for part in moved.parts)
    if a.site is not None and a.site == b.site:
        return moved.lasts <= IN_YARD and way_m <= IN_YARD_M
    return moved.lasts <= SHUFFLE and way_m <= 2 * SAME_PLACE_M


def _moves_joined(runs: Iterable[_Run]) -> list[_Run]:
    """Merge moves of one kind; standing too short for a stop belongs to the move beside it."""
    joined: list[_Run] = []
    for run in runs:
        before = joined[-1] if joined else None
        if before is not None and before.moves and (run.waits or run.activity is before.activity):
            before.take(run)
        elif before is not None and before.waits and run.moves:
            run.starts_at, run.start = before.starts_at, before.start
            run.parts = [*before.parts, *run.parts]
            joined[-1] = run
        else:
            joined.append(run)
    return joined


def _entries(runs: Iterable[_Run]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    spread = False
    for run in runs:
        sums = summed(run.parts)
        doing = _doing(run, spread=spread)
        spread = doing is not Doing.RELOAD and (spread or sums.spread)
        entries.append(
            Entry(
                doing,
                run.starts_at,
                run.ends_at,
                run.start,
                run.place,
                sums,
                site=run.site.name if run.site else "",
                idle_s=_idle_s(run, sums) if run.stands else 0.0,
            )
        )
    return tuple(entries)


def _doing(run: _Run, *, spread: bool) -> Doing:
    """Return the kind of a run; where a yard also loads, a vehicle that spread comes to load."""
    if run.activity is None:
        return Doing.SILENT
    if run.moves:
        return Doing(run.activity)
    if run.site is None:
        return Doing.STOP
    return Doing.RELOAD if run.site.reload and (spread or not run.site.yard) else Doing.YARD


def _idle_s(run: _Run, sums: Sums) -> float:
    """Return idling seconds: by ignition, else all of a stop outside the yards."""
    if sums.running_s + sums.off_s > 0.0:
        return sums.running_s
    if run.site is not None:
        return 0.0
    return max(run.lasts.total_seconds() - run.silent_s, 0.0)


def _trips(entries: Sequence[Entry]) -> Iterable[Trip]:
    moves: list[Entry] = []
    for entry in (*entries, None):
        if entry is not None and entry.doing in MOVING:
            moves.append(entry)
            continue
        whole = summed(one.sums for one in moves)
        if moves and whole.moved_m >= TRIP_M:
            first, last = moves[0], moves[-1]
            yield Trip(first.starts_at, last.ends_at, first.start, last.place, whole)
        moves = []


def _figures(entries: Sequence[Entry]) -> LogFigures:
    kinds = (Doing.STOP, Doing.YARD, Doing.RELOAD)
    by_kind = {kind: [one for one in entries if one.doing is kind] for kind in Doing}
    moving = [one for one in entries if one.doing in MOVING]
    return LogFigures(
        sums=summed(one.sums for one in entries),
        visits={kind: len(by_kind[kind]) for kind in kinds},
        stood_s={kind: sum(one.seconds for one in by_kind[kind]) for kind in kinds},
        idle_s=sum(one.idle_s for one in entries),
        silent_s=sum(one.seconds for one in by_kind[Doing.SILENT]),
        first_moved_at=moving[0].starts_at if moving else None,
        last_moved_at=moving[-1].ends_at if moving else None,
    )
