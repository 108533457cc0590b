"""Machines that one city of a province lends to another.

A loan is kept by its lender. While it lasts the machine is out of service there, and a reserve
machine of the lender's name in the borrower's fleet, which `receive` adds and `send_back` retires.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Actor,
    MachineService,
    OutReason,
    Storm,
    Vehicle,
    VehicleId,
)
from data.model.loans import Loan, LoanId, LoanState
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.loans import add_loan, get_loan, list_loans_to_come, set_loan
from data.store.setup.machines import find_vehicle_by_name, get_vehicle, list_depots, list_vehicles
from data.store.shifts.shifts import add_shifts, list_shifts
from data.store.storms.storms import find_active_storm, list_coming_storms
from data.streets.network import StreetNetwork
from fleet.setup.machine_register import NEW, find_last_change, remove_machine, save_machine
from fleet.storms.machines_in_service import machines_taken_out, switch_machine
from fleet.storms.storm_start import first_shifts

LONGEST = timedelta(days=366)
"""How long a machine may be lent at once: a winter, and a slip in the year is found."""

GUEST_OWNER = "reserve"


@dataclass(frozen=True, slots=True)
class LoanWish:
    """A machine to lend to the city of a folder's name, from and until."""

    vehicle_id: VehicleId
    borrower: str
    starts_at: datetime
    ends_at: datetime


def coming_loans(tx: Tx) -> list[Loan]:
    """Return the loans of a lender that are not over, by their begin."""
    return list_loans_to_come(tx)


def known_loan(tx: Tx, loan_id: LoanId) -> Loan:
    """Return a loan of a lender; raise `NotFoundError`."""
    return get_loan(tx, loan_id)


def agree_loan(tx: Tx, actor: Actor, wish: LoanWish, now: datetime) -> Loan:
    """Add a loan of one of the city's own machines, which begins at its time, or now.

    Raises `ConflictError` where it is lent at that time already, or is not the city's own.
    """
    vehicle = get_vehicle(tx, wish.vehicle_id)
    if not vehicle.owned or vehicle.id not in {each.id for each in list_vehicles(tx)}:
        raise ConflictError(f"{vehicle.name} is not ours", reason="not_ours", name=vehicle.name)
    starts_at = max(wish.starts_at, now)
    if not starts_at < wish.ends_at <= starts_at + LONGEST:
        need = Need("a time after the begin, within a year")
        raise InvalidError("ends_at", wish.ends_at.isoformat(), need)
    for other in list_loans_to_come(tx):
        apart = other.ends_at <= starts_at or wish.ends_at <= other.starts_at
        if other.vehicle_id == vehicle.id and (other.state.away or not apart):
            raise ConflictError(f"{vehicle.name} is lent", reason="machine_lent", name=vehicle.name)
    loan = add_loan(
        tx,
        {
            "vehicle_id": vehicle.id,
            "borrower": wish.borrower,
            "starts_at": starts_at,
            "ends_at": wish.ends_at,
            "state": LoanState.AGREED,
            "lent_by": actor.id,
        },
    )
    after = {"from": starts_at.isoformat(), "until": wish.ends_at.isoformat()}
    _note(tx, actor, "loan.agreed", loan, now, after)
    return loan


def begin_loan(tx: Tx, actor: Actor, loan_id: LoanId, borrower: str, now: datetime) -> Loan:
    """Take a lent machine out of service at its owner; `borrower` is what that city is called.

    It is out of the active storm and of every coming one, where its shifts of the roster end. Does
    nothing where it has begun. Raises `ConflictError` while its driver is on the road.
    """
    loan = get_loan(tx, loan_id)
    if loan.state is not LoanState.AGREED:
        return loan
    away = MachineService(in_service=False, reason=OutReason.ELSEWHERE, note=borrower)
    for storm in _open_storms(tx):
        switch_machine(tx, actor, storm.id, loan.vehicle_id, away, now)
    _note(tx, actor, "loan.begun", loan, now)
    return set_loan(tx, loan.id, {"state": LoanState.LENT})


def ask_back(tx: Tx, actor: Actor, loan_id: LoanId, now: datetime) -> Loan:
    """Let a loan end now, or not begin; raise `ConflictError` for one that is over."""
    loan = get_loan(tx, loan_id)
    if loan.state.over:
        raise ConflictError("the loan is over", reason="loan_over")
    if loan.state is LoanState.ENDING:
        return loan
    lent = loan.state is LoanState.LENT
    _note(tx, actor, "loan.ending" if lent else "loan.called_off", loan, now)
    state = LoanState.ENDING if lent else LoanState.CALLED_OFF
    return set_loan(tx, loan.id, {"state": state, "ended_at": now, "ended_by": actor.id})


def end_loan(tx: Tx, actor: Actor, loan_id: LoanId, now: datetime) -> Loan:
    """Put a machine that came back into service again, unless it was out of it before.

    Does nothing where the loan does not end.
    """
    loan = get_loan(tx, loan_id)
    if loan.state is not LoanState.ENDING:
        return loan
    ended = set_loan(tx, loan.id, {"state": LoanState.RETURNED, "ended_at": now})
    _note(tx, actor, "loan.returned", loan, now)
    back = MachineService(in_service=True)
    for storm in _open_storms(tx):
        out = machines_taken_out(tx, storm).get(loan.vehicle_id)
        if out is not None and out.reason is OutReason.ELSEWHERE:
            switch_machine(tx, actor, storm.id, loan.vehicle_id, back, now)
        elif out is None and storm.phase.on and not _has_shift(tx, storm, loan.vehicle_id):
            vehicle = get_vehicle(tx, loan.vehicle_id)  # the storm began while it was away
            add_shifts(tx, first_shifts(storm.id, [vehicle], now))
    return ended


def guest_name(vehicle: Vehicle, lender: str) -> str:
    """Return what a borrower calls a machine of another city."""
    return f"{vehicle.name} ({lender})"


def find_guest(tx: Tx, loan: Loan, vehicle: Vehicle, lender: str) -> Vehicle | None:
    """Return the machine of another city in the fleet of a borrower, `None` where it is not there.

    It is known by its id, whatever it is called by now, and before that is written by its name.
    """
    if loan.guest_id is None:
        return find_vehicle_by_name(tx, guest_name(vehicle, lender))
    return next((each for each in list_vehicles(tx) if each.id == loan.guest_id), None)


def note_guest(tx: Tx, loan_id: LoanId, guest_id: VehicleId) -> Loan:
    """Write down at the lender which machine of the borrower a lent one is."""
    return set_loan(tx, loan_id, {"guest_id": guest_id})


def receive(
    tx: Tx, actor: Actor, vehicle: Vehicle, lender: str, network: StreetNetwork, now: datetime
) -> VehicleId:
    """Add a machine of another city to the fleet of a borrower, in service in its active storm.

    It begins at the first depot. Returns its id there.
    """
    name = guest_name(vehicle, lender)
    guest = replace(
        vehicle,
        id=VehicleId(NEW),
        name=name,
        owner=GUEST_OWNER,
        company=lender,
        depot_id=list_depots(tx)[0].id,
        arrive_s=0.0,
    )
    save_machine(tx, actor, guest, _base(tx), network, now)
    (added,) = (each.id for each in list_vehicles(tx) if each.name == name)
    storm = find_active_storm(tx)
    if storm is not None:
        switch_machine(tx, actor, storm.id, added, MachineService(in_service=True), now)
    return added


def send_back(
    tx: Tx, actor: Actor, guest: VehicleId, network: StreetNetwork, now: datetime
) -> None:
    """Retire the machine of another city from the fleet of a borrower; its history stays.

    Its shifts end, those of coming storms too. Raises `ConflictError` while its driver is on the
    road.
    """
    home = MachineService(in_service=False, reason=OutReason.NOT_NEEDED)
    for storm in _open_storms(tx):
        switch_machine(tx, actor, storm.id, guest, home, now)
    remove_machine(tx, actor, guest, _base(tx), network, now)


def _open_storms(tx: Tx) -> Iterator[Storm]:
    """Yield the active storm, if there is one, and those that are expected."""
    active = find_active_storm(tx)
    if active is not None:
        yield active
    yield from list_coming_storms(tx)


def _has_shift(tx: Tx, storm: Storm, vehicle_id: VehicleId) -> bool:
    """Whether a machine has a shift in a storm that has not ended."""
    return any(
        each.vehicle_id == vehicle_id and not each.over for each in list_shifts(tx, storm.id)
    )


def _base(tx: Tx) -> int:
    last = find_last_change(tx)
    return last.id if last else 0


def _note(
    tx: Tx,
    actor: Actor,
    verb: str,
    loan: Loan,
    now: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    name = get_vehicle(tx, loan.vehicle_id).name
    after = {"loan": loan.id, "name": name, "borrower": loan.borrower, **(more or {})}
    add_event(tx, now, actor, verb, f"vehicle:{loan.vehicle_id}", after=after)
