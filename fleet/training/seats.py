"""Seats of a rehearsal: who plays a role himself; what nobody plays, the simulation does."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need, NotFoundError
from data.model import Actor, ActorKind, Role, Shift, ShiftState, User, VehicleId
from data.model.training.live_training import TrainingSeat
from data.store.accounts.accounts import get_user, list_users
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.shifts import list_shifts, list_shifts_of_driver, save_shift
from data.store.storms.storms import find_active_storm
from data.store.training.rehearsal import find_training
from data.store.training.seats import (
    add_seat,
    find_seat,
    find_seat_in,
    list_seats,
    remove_seat,
    set_controls,
)
from fleet.setup.machine_list import known_machine
from fleet.shifts.shift_handover import find_current_shift_of_machine, is_past
from fleet.simulation.truck_path import Controls

PLAYED = (Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.DRIVER)
"""Roles that trainees play."""

INSTRUCTORS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
"""Roles that may lead a rehearsal; `may_lead` says who of them does now."""


def seats_of(tx: Tx) -> list[TrainingSeat]:
    """Return the seats that are taken."""
    return list_seats(tx)


def seats_at_work(tx: Tx) -> list[TrainingSeat]:
    """Return the seats whose people still play: of drivers, those who have not ended their shift.

    The simulation drives home who has.
    """
    storm = find_active_storm(tx)
    shifts = list_shifts(tx, storm.id) if storm else []
    return [one for one in list_seats(tx) if not has_ended(one, shifts)]


def has_ended(seat: TrainingSeat, shifts: Iterable[Shift]) -> bool:
    """Whether the driver of a seat has ended all of these shifts that were his on his machine."""
    mine = (seat.user_id, seat.vehicle_id)
    over = [one.over for one in shifts if (one.driver_id, one.vehicle_id) == mine]
    return bool(over) and all(over)


def open_roles(user: User) -> tuple[Role, ...]:
    """Return the roles that somebody may play: those he has, and the desks' where he has all."""
    all_desks = Role.ADMINISTRATOR in user.roles
    return tuple(
        role for role in PLAYED if role in user.roles or (all_desks and role is not Role.DRIVER)
    )


def may_lead(tx: Tx, user: User) -> bool:
    """Whether an instructor leads: administrators and who started it; others, unless they play."""
    training = find_training(tx)
    if Role.ADMINISTRATOR in user.roles or (training and training.started_by == user.login):
        return True
    return all(seat.user_id != user.id for seat in list_seats(tx))


def is_played(seats: Iterable[TrainingSeat], role: Role) -> bool:
    """Whether a person plays a role, so that the simulation lets it be."""
    return any(one.role is role for one in seats)


def take_seat(
    tx: Tx, actor: Actor, user: User, role: Role, vehicle_id: VehicleId | None, now: datetime
) -> TrainingSeat:
    """Let somebody play a role from now on; a driver his vehicle's, with its present shift.

    Who changes to another vehicle leaves the one before. Raises `ConflictError` where another
    drives the vehicle, and for a role that somebody does not have.
    """
    if role not in open_roles(user):
        raise ConflictError(
            f"{user.login} may not play {role}", reason="seat_not_yours", login=user.login
        )
    if (role is Role.DRIVER) != (vehicle_id is not None):
        raise InvalidError("vehicle_id", vehicle_id, Need("a machine, for drivers alone"))
    before = find_seat(tx, user.id, role)
    if before is not None and before.vehicle_id == vehicle_id:
        _give_shift(tx, user, vehicle_id, now)
        return before
    if vehicle_id is not None:
        known_machine(tx, vehicle_id)
        _require_free(tx, vehicle_id)
    if before is not None:
        remove_seat(tx, user.id, role)
    seat = TrainingSeat(user.id, role, now, vehicle_id)
    add_seat(tx, seat)
    _give_shift(tx, user, vehicle_id, now)
    _write(tx, actor, "training.seat_taken", user, seat, now)
    return seat


def taken_over_at(tx: Tx, shift: Shift) -> datetime:
    """Return since when somebody drives a shift himself; its start where nobody has the seat."""
    seat = None if shift.driver_id is None else find_seat(tx, shift.driver_id, Role.DRIVER)
    if seat is None or seat.vehicle_id != shift.vehicle_id:
        return shift.starts_at
    return max(seat.taken_at, shift.starts_at)


def leave_seat(tx: Tx, actor: Actor, user: User, role: Role, now: datetime) -> None:
    """Let the simulation play a role again that somebody has played; nothing where nobody did."""
    seat = find_seat(tx, user.id, role)
    if seat is None:
        return
    remove_seat(tx, user.id, role)
    _write(tx, actor, "training.seat_left", user, seat, now)


def seat_again(tx: Tx, seats: Iterable[TrainingSeat], now: datetime) -> None:
    """Let people keep their seats in a rehearsal that was set back to a moment.

    Who had none then takes it at that moment. Seats that others had then are left first, so that
    two who have changed vehicles since keep those they drive.
    """
    people = {one.id: one for one in list_users(tx)}
    wanted = {(one.user_id, one.role): one for one in seats if one.user_id in people}
    for one in list_seats(tx):
        new, user = wanted.get((one.user_id, one.role)), people[one.user_id]
        if new is None:
            leave_seat(tx, Actor(ActorKind.USER, user.login), user, one.role, now)
        elif new.vehicle_id != one.vehicle_id:
            remove_seat(tx, user.id, one.role)
    for one in wanted.values():
        user = people[one.user_id]
        with suppress(ConflictError, NotFoundError):
            take_seat(tx, Actor(ActorKind.USER, user.login), user, one.role, one.vehicle_id, now)


def drive_truck(tx: Tx, user: User, controls: Controls) -> TrainingSeat:
    """Set what somebody does with the truck that he drives; raise `NotFoundError` without one.

    No line of the audit log: what a truck does, its tracker tells.
    """
    seat = find_seat(tx, user.id, Role.DRIVER)
    if seat is None or seat.vehicle_id is None:
        raise NotFoundError("training_seat", user.login)
    set_controls(tx, seat.vehicle_id, going=controls.going, blade=controls.blade)
    return replace(seat, going=controls.going, blade=controls.blade)


def plays(tx: Tx, user: User, role: Role) -> bool:
    """Whether somebody plays a role."""
    return find_seat(tx, user.id, role) is not None


def require_seat(tx: Tx, user: User, role: Role) -> None:
    """Raise `ConflictError` where somebody does not play a role."""
    if not plays(tx, user, role):
        raise ConflictError(f"{user.login} has no seat as {role}", reason="seat_needed")


def drivers_seat(tx: Tx, user: User) -> TrainingSeat | None:
    """Return the seat of somebody who drives."""
    return find_seat(tx, user.id, Role.DRIVER)


def _require_free(tx: Tx, vehicle_id: VehicleId) -> None:
    other = find_seat_in(tx, vehicle_id)
    if other is None:
        return
    login = get_user(tx, other.user_id).login
    raise ConflictError(f"{login} drives vehicle {vehicle_id}", reason="seat_taken", login=login)


def _give_shift(tx: Tx, user: User, vehicle_id: VehicleId | None, now: datetime) -> None:
    """Give the present shift of a vehicle to its driver, so that his phone shows its route.

    Shifts of other vehicles that he had are nobody's then, also that of one he has left before. One
    that somebody else has begun is begun anew, so that he checks the vehicle that he takes.
    """
    if vehicle_id is None:
        return
    for other in list_shifts_of_driver(tx, user.id):
        if other.vehicle_id != vehicle_id and not is_past(other, now):
            save_shift(tx, replace(other, driver_id=None))
    shift = _shift_now(tx, vehicle_id, now)
    if shift is None or shift.driver_id == user.id:
        return
    begun = shift.state is ShiftState.DRIVING
    state = ShiftState.PLANNED if begun else shift.state
    save_shift(tx, replace(shift, driver_id=user.id, state=state))


def _shift_now(tx: Tx, vehicle_id: VehicleId, now: datetime) -> Shift | None:
    shift = find_current_shift_of_machine(tx, find_active_storm(tx), vehicle_id, now)
    return None if shift is None or is_past(shift, now) else shift


def _write(tx: Tx, actor: Actor, verb: str, user: User, seat: TrainingSeat, now: datetime) -> None:
    after: dict[str, object] = {"role": seat.role}
    if seat.vehicle_id is not None:
        after["vehicle"] = seat.vehicle_id
    add_event(tx, now, actor, verb, f"user:{user.id}", after=after)
