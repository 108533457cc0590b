"""The check of a machine before a shift: what its driver found, kept with the shift."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from data.errors import InvalidError, Need
from data.model import Actor, Shift, ShiftId
from data.model.ids import VehicleCheckId
from data.model.roster import VehicleCheck, VehicleFault
from data.policy.check_rules import MOST_ITEMS, CheckItem, CheckRules
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.machines import get_vehicle
from data.store.shifts.shifts import get_shift
from data.store.shifts.vehicle_checks import add_check
from fleet.shifts.shift_progress import moment_of_tap

NOT_YET = VehicleCheckId(0)
"""Id of a check that the database has not numbered yet."""

TEXT_LETTERS = 200


def check_vehicle(
    tx: Tx,
    actor: Actor,
    shift_id: ShiftId,
    faults: Mapping[str, str],
    rules: CheckRules,
    now: datetime,
    tapped_at: datetime | None = None,
) -> VehicleCheck:
    """Keep what a driver found: his words, perhaps none, by the code of the point.

    A point that the city took from its list meanwhile is kept by its code. A later check of the
    same shift counts in place of an earlier one.
    """
    if len(faults) > MOST_ITEMS:
        raise InvalidError("faults", len(faults), Need("at most {most}", most=MOST_ITEMS))
    long = next((text for text in faults.values() if len(text) > TEXT_LETTERS), None)
    if long is not None:
        need = Need("at most {max_length} characters", max_length=TEXT_LETTERS)
        raise InvalidError("text", f"{len(long)} letters", need)
    shift = get_shift(tx, shift_id)
    points = rules.items_of(get_vehicle(tx, shift.vehicle_id).type)
    made = VehicleCheck(
        id=NOT_YET,
        shift_id=shift.id,
        vehicle_id=shift.vehicle_id,
        checked_at=moment_of_tap(tx, shift, tapped_at, now),
        checked_by=actor.id,
        points=len(points),
        faults=tuple(_faults(faults, points)),
    )
    add_check(tx, made)
    _write(tx, actor, shift, made, now)
    return made


def _faults(faults: Mapping[str, str], points: Iterable[CheckItem]) -> Iterable[VehicleFault]:
    known = {item.code: item for item in points}
    for code, text in faults.items():
        item = known.get(code)
        names, grave = (item.name, item.grave) if item else ({"": code}, False)
        yield VehicleFault(code, names, grave, text.strip())


def _write(tx: Tx, actor: Actor, shift: Shift, made: VehicleCheck, now: datetime) -> None:
    verb = "shift.vehicle_faulty" if made.faults else "shift.vehicle_fine"
    after: dict[str, object] = {"vehicle": shift.vehicle_id, "points": made.points}
    after |= {"faults": [fault.code for fault in made.faults]} if made.faults else {}
    if made.checked_at != now:
        after["tapped_at"] = made.checked_at.isoformat()
    add_event(tx, now, actor, verb, f"shift:{shift.id}", after=after)
