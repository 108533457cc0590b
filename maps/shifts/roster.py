"""The roster as its page shows it: a row for each machine, with its shifts on a time scale."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from data.model import MachineOut, Shift, ShiftId, ShiftState, User, UserId, Vehicle, VehicleId
from fleet.shifts.roster import ConflictKind, RosterConflict
from maps.pages.i18n import Translator

_HOUR = timedelta(hours=1)
WHOLE = 100.0
"""Per cent of a bar's width."""

LATE_AFTER = timedelta(minutes=15)
"""A shift of which nothing was seen so long after its start is late."""

MARKS = 6
"""Hours between two marks of the scale, where the time shown is at most two days."""


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A shift in the API; `version` is sent back as `If-Match` with a change."""

    id: int
    storm_id: int
    vehicle_id: int
    vehicle: str
    driver: str
    state: ShiftState
    starts_at: datetime
    ends_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class MisfitView:
    """A conflict in the roster, in the API."""

    clash: ConflictKind
    shift_id: int
    other_id: int | None
    driver: str
    hours_h: float


@dataclass(frozen=True, slots=True)
class EndChoice:
    """An end of a shift to choose with one click: what it is called, and its time for the form."""

    word: str
    value: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A shift as a bar of the roster; `wrong` are its conflicts.

    `state` is its state by evidence, `late` whether nothing was seen of it though it should have
    started, without its machine being out of service. `open` is whether it may be changed, `begun`
    whether its driver tapped that he drives. `at` and `width` are per cent of the scale. `starts`
    and `ends` fill the form that changes the shift, in the city's time;
    `end_choices` are other ends.
    """

    id: int
    driver: str
    hours: str
    state: ShiftState
    state_word: str
    late: bool
    at: float
    width: float
    wrong: tuple[str, ...]
    version: int
    starts: str
    ends: str
    open: bool
    begun: bool
    end_choices: tuple[EndChoice, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A machine with its shifts as a row; `out` is the reason why it is out of service."""

    id: int
    name: str
    kind: str
    bars: tuple[Bar, ...]
    out: str
    out_note: str
    out_since: str
    next_starts: str
    next_ends: str
    next_choices: tuple[EndChoice, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """An hour of the scale, its day (if one begins), and its position in per cent."""

    word: str
    day: str
    at: float


@dataclass(frozen=True, slots=True)
class ShownTime:
    """The period that a page shows."""

    since: datetime
    until: datetime

    def place(self, moment: datetime) -> float:
        """Return the position of a time in per cent of the period, from 0 to 100."""
        share = (moment - self.since) / (self.until - self.since)
        return WHOLE * min(max(share, 0.0), 1.0)


def shift_view(shift: Shift, vehicle: str, driver: str, version: int) -> ShiftView:
    """Return a shift for the API."""
    return ShiftView(
        id=shift.id,
        storm_id=shift.storm_id,
        vehicle_id=shift.vehicle_id,
        vehicle=vehicle,
        driver=driver,
        state=shift.state,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        version=version,
    )


def misfit_view(misfit: RosterConflict) -> MisfitView:
    """Return a conflict for the API."""
    return MisfitView(
        clash=misfit.clash,
        shift_id=misfit.shift.id,
        other_id=misfit.other.id if misfit.other else None,
        driver=misfit.driver,
        hours_h=round(misfit.hours_h, 2),
    )


def span_of(shifts: Sequence[Shift], now: datetime, timezone: str) -> ShownTime:
    """Return whole hours around all shifts; a day from now on where there are none."""
    zone = ZoneInfo(timezone)
    since = min((one.starts_at for one in shifts), default=now)
    until = max((one.ends_at for one in shifts), default=now)
    first = since.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    begins = first.astimezone(UTC)
    last = max(until.astimezone(UTC), begins + 12 * _HOUR)
    return ShownTime(begins, begins + (int((last - begins) / _HOUR) + 1) * _HOUR)


def marks_of(span: ShownTime, t: Translator) -> tuple[Mark, ...]:
    """Return the marks of the scale: every second, sixth, twelfth or twenty-fourth hour."""
    hours = (span.until - span.since) / _HOUR
    step = next((each for each in (2, 4, 6, 12) if hours / each <= MARKS + 2), 24)
    zone = ZoneInfo(t.timezone)
    found = []
    for number in range(int(hours)):
        moment = span.since + number * _HOUR
        hour = moment.astimezone(zone).hour
        if hour % step == 0:
            day = t.short_day(moment) if hour == 0 else ""
            found.append(Mark(t.time(moment), day, span.place(moment)))
    return tuple(found)


class RosterRecords(NamedTuple):
    """Records that rows of the roster need beside machines and shifts.

    `states` are those of shifts by evidence, `ends` the next usual ends of shifts.
    """

    users: Mapping[UserId, User]
    out: Mapping[VehicleId, MachineOut]
    wrong: Sequence[RosterConflict]
    versions: Mapping[ShiftId, int]
    states: Mapping[ShiftId, ShiftState]
    ends: Sequence[datetime]


def roster_rows(
    vehicles: Iterable[Vehicle],
    shifts: Sequence[Shift],
    known: RosterRecords,
    span: ShownTime,
    now: datetime,
    t: Translator,
) -> tuple[Row, ...]:
    """Return a row for every machine that is in service, has a shift, or is out of service."""
    mine: dict[VehicleId, list[Shift]] = {}
    for shift in sorted(shifts, key=lambda one: (one.starts_at, one.id)):
        mine.setdefault(shift.vehicle_id, []).append(shift)
    return tuple(
        _row(each, mine.get(each.id, []), known, span, now, t)
        for each in vehicles
        if each.owned or each.id in mine or each.id in known.out
    )


def misfit_text(misfit: RosterConflict, names: Mapping[VehicleId, str], t: Translator) -> str:
    """Return a conflict as a sentence."""
    other = misfit.other
    of_one = other is not None and other.vehicle_id == misfit.shift.vehicle_id
    rests = misfit.clash is ConflictKind.DRIVER_REST
    return t(
        "misfit:driver_rest:one_machine" if of_one and rests else f"misfit:{misfit.clash}",
        driver=misfit.driver,
        name=names.get(misfit.shift.vehicle_id, ""),
        other=names.get(other.vehicle_id, "") if other else "",
        hours=round(misfit.hours_h, 1),
        limit=misfit.limit_h,
    )


def _row(
    vehicle: Vehicle,
    shifts: Sequence[Shift],
    known: RosterRecords,
    span: ShownTime,
    now: datetime,
    t: Translator,
) -> Row:
    out = known.out.get(vehicle.id)
    clashing: dict[ShiftId, list[str]] = {}
    for misfit in known.wrong:
        for one in filter(None, (misfit.shift, misfit.other)):
            clashing.setdefault(one.id, []).append(misfit.clash)
    bars = tuple(_bar(one, known, clashing.get(one.id, []), span, now, t) for one in shifts)
    open_ends = [one.ends_at for one in shifts if not one.over]
    begins = _whole_minute(max([now, *open_ends]))
    why = "" if out is None else t(f"out:{out.reason}") if out.reason else t("out:unknown")
    return Row(
        id=vehicle.id,
        name=vehicle.name,
        kind=t(f"machine:{vehicle.type}"),
        bars=bars,
        out=why,
        out_note=out.note if out else "",
        out_since=t.day_time(out.since) if out else "",
        next_starts=t.written(begins),
        next_ends=t.written(begins + vehicle.shift_h * _HOUR),
        next_choices=_end_choices(begins, (4, 8, 12), known.ends, t),
    )


def _end_choices(
    after: datetime, hours: Iterable[int], ends: Iterable[datetime], t: Translator
) -> tuple[EndChoice, ...]:
    """Return ends of a shift to choose from: some hours after a time, and the city's usual ends."""
    later = [
        EndChoice(t("+{hours} h", hours=each), t.written(after + each * _HOUR)) for each in hours
    ]
    usual = [
        EndChoice(t("until {time}", time=t.time(end)), t.written(end))
        for end in ends
        if end > after
    ]
    return (*later, *usual)


def _bar(
    shift: Shift,
    known: RosterRecords,
    clashes: Sequence[str],
    span: ShownTime,
    now: datetime,
    t: Translator,
) -> Bar:
    driver = known.users.get(shift.driver_id) if shift.driver_id is not None else None
    state = known.states[shift.id]
    due = state is ShiftState.PLANNED and now >= shift.starts_at + LATE_AFTER
    late = due and shift.vehicle_id not in known.out
    late_word = t("Late: should have started at {time}", time=t.time(shift.starts_at))
    at = span.place(shift.starts_at)
    return Bar(
        id=shift.id,
        driver=driver.login if driver else "",
        hours=t.times(shift.starts_at, shift.ends_at),
        state=state,
        state_word=late_word if late else t(f"shift:{state}"),
        late=late,
        at=at,
        width=max(span.place(shift.ends_at) - at, 0.5),
        wrong=tuple(t(f"clash:{clash}") for clash in dict.fromkeys(clashes)),
        version=known.versions.get(shift.id, 0),
        starts=t.written(shift.starts_at),
        ends=t.written(shift.ends_at),
        open=not shift.over,
        begun=shift.state is ShiftState.DRIVING,
        end_choices=_end_choices(max(shift.ends_at, now), (1, 2, 4), known.ends, t),
    )


def _whole_minute(moment: datetime) -> datetime:
    """Return a time rounded up to a minute, since form fields have no seconds."""
    minute = moment.replace(second=0, microsecond=0)
    return moment if minute == moment else minute + timedelta(minutes=1)
