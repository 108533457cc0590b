"""The roster: shifts added, moved and assigned to drivers, and their conflicts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.errors import ConflictError, InvalidError, Need, NotFoundError
from data.model import (
    Actor,
    CodeKind,
    Role,
    Shift,
    ShiftId,
    ShiftState,
    Storm,
    StormId,
    User,
    UserId,
    VehicleId,
)
from data.policy.hours_rules import WITHIN, HoursRules
from data.store.accounts.accounts import find_user_by_login, list_users
from data.store.accounts.sign_in_codes import extend_codes, remove_codes
from data.store.audit.audit_log import add_event, last_times
from data.store.coverage.work_sums import find_last_work_of
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import (
    add_shift,
    get_shift,
    list_shifts,
    list_shifts_of_driver,
    save_shift,
)
from data.store.storms.storm_conditions import list_machines_out
from data.store.storms.storms import list_storms, open_storm
from fleet.context import CityContext
from fleet.shifts.shift_handover import overlap

NOT_YET = ShiftId(0)
"""Id of a shift that the database has not numbered yet."""

LONGEST = timedelta(hours=24)
AHEAD = timedelta(days=14)
"""How far ahead a shift may be planned."""

_HOUR = timedelta(hours=1)


class ConflictKind(StrEnum):
    """Kind of conflict in a roster."""

    OVERLAP = "overlap"
    DRIVER_TWICE = "driver_twice"
    DRIVER_HOURS = "driver_hours"
    DRIVER_REST = "driver_rest"
    DRIVER_OUT = "driver_out"


TIRING = frozenset({ConflictKind.DRIVER_HOURS, ConflictKind.DRIVER_REST})
"""Conflicts that a dispatcher may take upon himself."""


@dataclass(frozen=True, slots=True)
class RosterConflict:
    """A conflict of a shift; `other` is the shift that it clashes with.

    `hours_h` are more hours on duty than the `limit_h` of the city, or fewer off duty.
    """

    clash: ConflictKind
    shift: Shift
    other: Shift | None = None
    driver: str = ""
    hours_h: float = 0.0
    limit_h: float = 0.0


@dataclass(frozen=True, slots=True)
class ShiftWish:
    """A shift to add: its times, and the login of its driver, "" for nobody yet.

    `long_hours` takes more hours of service than the limit upon oneself.
    """

    starts_at: datetime
    ends_at: datetime
    driver: str = ""
    long_hours: bool = False


def plan_shift(
    city: CityContext, actor: Actor, storm_id: StormId, vehicle_id: VehicleId, wish: ShiftWish
) -> Shift:
    """Add a shift to a storm, such as that of the next driver of a vehicle.

    Raises `ConflictError` for a machine out of service and for what does not fit.
    """
    tx, now = city.tx, city.now
    storm = open_storm(tx, storm_id)
    vehicle = next((each for each in list_vehicles(tx) if each.id == vehicle_id), None)
    if vehicle is None:
        raise NotFoundError("vehicle", vehicle_id)
    if vehicle_id in list_machines_out(tx, storm_id):
        raise ConflictError(
            f"{vehicle.name} is out of service", reason="machine_out", name=vehicle.name
        )
    if wish.ends_at <= now:
        raise InvalidError("ends_at", wish.ends_at.isoformat(), Need("a time that is to come"))
    driver_id = _driver_id(tx, wish.driver)
    new = Shift(NOT_YET, storm_id, vehicle_id, driver_id, wish.starts_at, wish.ends_at)
    _require_fit(city, storm, new, wish)
    added = add_shift(tx, new)
    after = _facts(added, wish.driver) | {"storm": storm_id, "vehicle": vehicle_id}
    add_event(tx, now, actor, "shift.planned", _subject(added), after=after)
    return added


def change_shift(city: CityContext, actor: Actor, shift_id: ShiftId, wish: ShiftWish) -> Shift:
    """Assign a driver to a shift, or move its start or end; once driving only its end.

    A driver who loses a shift loses the code that let him in. Raises `ConflictError` for a shift
    that is over and for what does not fit.
    """
    tx, now = city.tx, city.now
    before = get_shift(tx, shift_id)
    storm = open_storm(tx, before.storm_id)
    driver_id = _driver_id(tx, wish.driver)
    wanted = replace(
        before,
        driver_id=driver_id,
        starts_at=_unmoved(before.starts_at, wish.starts_at),
        ends_at=_unmoved(before.ends_at, wish.ends_at),
    )
    if wanted == before:
        return before
    _require_open(before, wanted, now)
    _require_fit(city, storm, wanted, wish)
    save_shift(tx, wanted)
    if before.driver_id is not None and before.driver_id != driver_id:
        remove_codes(tx, before.driver_id, CodeKind.DRIVER)
    extend_codes(tx, shift_id, wanted.ends_at)
    logins = {user.id: user.login for user in list_users(tx)}
    was = logins.get(before.driver_id, "") if before.driver_id is not None else ""
    change = _facts(before, was), _facts(wanted, wish.driver)
    add_event(tx, now, actor, "shift.changed", _subject(wanted), *change)
    return wanted


def cancel_shift(tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime) -> Shift:
    """Cancel a shift that nobody began; it stays in the records as cancelled.

    Where the machine was seen at work in its hours, the shift has ended instead.
    """
    before = get_shift(tx, shift_id)
    open_storm(tx, before.storm_id)
    if before.over:
        raise ConflictError(
            f"shift {shift_id} is {before.state}", reason="shift_state", shift=shift_id
        )
    if before.state is ShiftState.DRIVING:
        raise ConflictError(
            f"shift {shift_id} is on the road", reason="shift_on_road", shift=shift_id
        )
    last = find_last_work_of(tx, before.storm_id, before.vehicle_id)
    worked = last is not None and last.ended_at >= before.starts_at
    over = replace(
        before,
        state=ShiftState.ENDED if worked else ShiftState.CANCELLED,
        ends_at=max(before.starts_at, min(before.ends_at, now)),
    )
    save_shift(tx, over)
    if before.driver_id is not None:
        remove_codes(tx, before.driver_id, CodeKind.DRIVER)
    change = {"state": before.state}, {"state": over.state}
    add_event(tx, now, actor, "shift.cancelled", _subject(over), *change)
    return over


def roster_conflicts(
    shifts: Sequence[Shift], users: Mapping[UserId, User], rules: HoursRules
) -> list[RosterConflict]:
    """Return the conflicts among shifts that are not over, each once, by shift.

    Hours of shifts that are over count too, until their `with_real_ends`.
    """
    open_ones = sorted(
        (one for one in shifts if not one.over),
        key=lambda one: (one.starts_at, one.id),
    )
    found: list[RosterConflict] = []
    for i, shift in enumerate(open_ones):
        found += _misfits_of(shift, open_ones[:i], shifts, users, rules)
    return found


def with_real_ends(tx: Tx, shifts: Collection[Shift]) -> list[Shift]:
    """Return shifts of which those that have ended do so when they did, not as planned."""
    ended = [one for one in shifts if one.state is ShiftState.ENDED]
    at = last_times(tx, [_subject(one) for one in ended], "shift.ended")
    storms = {one.id: one.ended_at for one in list_storms(tx)}
    ends = {
        one.id: at.get(_subject(one)) or min(one.ends_at, storms.get(one.storm_id) or one.ends_at)
        for one in ended
    }
    return [replace(one, ends_at=ends.get(one.id, one.ends_at)) for one in shifts]


def hours_of(driver_id: UserId, until: datetime, shifts: Iterable[Shift]) -> float:
    """Return a driver's hours of service in the 24 hours until a time."""
    since = until - WITHIN
    nothing = timedelta(0)
    parts = (
        max(min(one.ends_at, until) - max(one.starts_at, since), nothing)
        for one in shifts
        if one.driver_id == driver_id
    )
    return sum(parts, nothing) / _HOUR


def may_be_given(user: User) -> bool:
    """Whether somebody may be assigned to a shift."""
    return Role.DRIVER in user.roles and not user.disabled


def _misfits_of(
    shift: Shift,
    others: Iterable[Shift],
    known: Sequence[Shift],
    users: Mapping[UserId, User],
    rules: HoursRules,
) -> list[RosterConflict]:
    found = [
        RosterConflict(ConflictKind.OVERLAP, shift, other)
        for other in others
        if other.vehicle_id == shift.vehicle_id and overlap(shift, other)
    ]
    if shift.driver_id is None:
        return found
    driver = users[shift.driver_id]
    if not may_be_given(driver):
        found.append(RosterConflict(ConflictKind.DRIVER_OUT, shift, driver=driver.login))
    found += [
        RosterConflict(ConflictKind.DRIVER_TWICE, shift, other, driver.login)
        for other in others
        if other.driver_id == shift.driver_id
        and other.vehicle_id != shift.vehicle_id  # else that the machine has two says it all
        and overlap(shift, other)
    ]
    ended = (one for one in known if one.state is ShiftState.ENDED)
    found += _short_rests(shift, [*others, *ended], driver.login, rules)
    hours_h = hours_of(shift.driver_id, shift.ends_at, known)
    if hours_h * _HOUR > rules.on_duty:
        found.append(
            RosterConflict(
                ConflictKind.DRIVER_HOURS,
                shift,
                driver=driver.login,
                hours_h=hours_h,
                limit_h=rules.on_duty / _HOUR,
            )
        )
    return found


def _short_rests(
    shift: Shift, others: Iterable[Shift], login: str, rules: HoursRules
) -> Iterable[RosterConflict]:
    """Yield the other shifts of a driver from which a shift is too near, but not without a gap."""
    for other in others:
        gap = max(shift.starts_at - other.ends_at, other.starts_at - shift.ends_at)
        if other.driver_id == shift.driver_id and timedelta(0) < gap < rules.between:
            kind, hours_h, limit_h = ConflictKind.DRIVER_REST, gap / _HOUR, rules.between / _HOUR
            yield RosterConflict(kind, shift, other, login, hours_h, limit_h)


def _require_fit(city: CityContext, storm: Storm, wanted: Shift, wish: ShiftWish) -> None:
    if not timedelta(0) < wanted.ends_at - wanted.starts_at <= LONGEST:
        need = Need("after the start and at most {hours} h later", hours=LONGEST // _HOUR)
        raise InvalidError("ends_at", wanted.ends_at.isoformat(), need)
    if wanted.starts_at > city.now + AHEAD:
        raise InvalidError("starts_at", wanted.starts_at.isoformat(), "within the next 14 days")
    tx = city.tx
    same = {one.id: one for one in list_shifts(tx, storm.id)}
    if wanted.driver_id is not None:
        same |= {one.id: one for one in list_shifts_of_driver(tx, wanted.driver_id)}
    same.pop(wanted.id, None)
    others = [one for one in same.values() if not one.over]
    known = [*with_real_ends(tx, same.values()), wanted]
    users = {user.id: user for user in list_users(tx)}
    for misfit in _misfits_of(wanted, others, known, users, city.policy.hours):
        if misfit.clash in TIRING and wish.long_hours:
            continue
        raise _refusal(tx, misfit)


def _refusal(tx: Tx, misfit: RosterConflict) -> ConflictError:
    names = {one.id: one.name for one in list_vehicles(tx)}
    name, driver = names.get((misfit.other or misfit.shift).vehicle_id, ""), misfit.driver
    match misfit.clash:
        case ConflictKind.OVERLAP:
            return ConflictError(
                f"{name} has another shift at that time", reason="roster_overlap", name=name
            )
        case ConflictKind.DRIVER_TWICE:
            return ConflictError(
                f"{driver} drives {name} at that time",
                reason="roster_driver_twice",
                driver=driver,
                name=name,
            )
        case ConflictKind.DRIVER_HOURS:
            return ConflictError(
                f"{driver} would be on duty for {misfit.hours_h:.1f} of 24 hours",
                reason="roster_driver_hours",
                driver=driver,
                hours=round(misfit.hours_h, 1),
                limit=misfit.limit_h,
            )
        case ConflictKind.DRIVER_REST:
            return ConflictError(
                f"{driver} would have {misfit.hours_h:.1f} h off duty between two shifts",
                reason="roster_driver_rest",
                driver=driver,
                name=name,
                hours=round(misfit.hours_h, 1),
                limit=misfit.limit_h,
            )
        case ConflictKind.DRIVER_OUT:
            return ConflictError(
                f"{driver} may not drive", reason="roster_driver_out", driver=driver
            )


def _require_open(before: Shift, wanted: Shift, now: datetime) -> None:
    if before.over:
        raise ConflictError(f"shift {before.id} is over", reason="shift_state", shift=before.id)
    moved = (before.starts_at, before.driver_id) != (wanted.starts_at, wanted.driver_id)
    if before.state is ShiftState.DRIVING and moved:
        raise ConflictError(
            f"shift {before.id} is on the road", reason="shift_on_road", shift=before.id
        )
    if wanted.ends_at <= now and wanted.ends_at != before.ends_at:
        raise InvalidError("ends_at", wanted.ends_at.isoformat(), Need("a time that is to come"))


def _unmoved(before: datetime, wished: datetime) -> datetime:
    """Return the wished time; one within the same minute counts as unchanged."""
    return before if before.replace(second=0, microsecond=0) == wished else wished


def _driver_id(tx: Tx, login: str) -> UserId | None:
    if not login:
        return None
    user = find_user_by_login(tx, login)
    if user is None:
        raise NotFoundError("user", login)
    return user.id


def _facts(shift: Shift, driver: str) -> dict[str, object]:
    return {
        "driver": driver,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
    }


def _subject(shift: Shift) -> str:
    return f"shift:{shift.id}"
