"""One order for several machines: longer hours, cancelled, back to the yard, or to a place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from data.errors import BarfrubError, ConflictError, InvalidError, Need
from data.model import Actor, Shift, ShiftState, StormId, UserId, VehicleId
from data.store.accounts.accounts import list_users
from data.store.audit.audit_log import add_event, list_last_events
from data.store.database.engine import Tx
from data.store.shifts.shifts import list_shifts
from fleet.context import CityContext
from fleet.shifts.roster import ShiftWish, cancel_shift, change_shift, plan_shift
from fleet.shifts.shift_handover import OVERTIME, current_shift_by_vehicle, is_past

HOME_WITHIN = timedelta(minutes=30)
"""Time that a truck which is called back has until its shift ends."""

RECALLED = "shift.recalled"

MOST_HOURS = timedelta(hours=12)


class FleetOrderKind(StrEnum):
    """What is ordered of several machines; `STAGE` sends them to wait and leaves their hours."""

    EXTEND = "extend"
    CANCEL = "cancel"
    RECALL = "recall"
    STAGE = "stage"


TOLD = frozenset({FleetOrderKind.RECALL, FleetOrderKind.STAGE})
"""Orders that drivers are told of, whether their hours change or not."""


@dataclass(frozen=True, slots=True)
class FleetOrder:
    """An order; `EXTEND` is `until` a time, or for `more` time than before.

    `long_hours` takes more hours of service than the limit upon oneself.
    """

    kind: FleetOrderKind
    until: datetime | None = None
    more: timedelta = timedelta(0)
    long_hours: bool = False

    def __post_init__(self) -> None:
        """Reject an extension by nothing, and one that nobody means."""
        if self.kind is not FleetOrderKind.EXTEND or self.until is not None:
            return
        if not timedelta(0) < self.more <= MOST_HOURS:
            hours = self.more / timedelta(hours=1)
            need = Need(
                "more than 0 and at most {hours} hours", hours=MOST_HOURS // timedelta(hours=1)
            )
            raise InvalidError("hours", hours, need)


@dataclass(frozen=True, slots=True)
class OrderResult:
    """Shifts on which the order was carried out, and why it was not on the other machines'.

    Of orders about hours alone, `changed` has only those that are different now.
    """

    changed: tuple[Shift, ...]
    refused: Mapping[VehicleId, BarfrubError]


def order_shifts(
    city: CityContext,
    actor: Actor,
    storm_id: StormId,
    vehicle_ids: Iterable[VehicleId],
    order: FleetOrder,
) -> OrderResult:
    """Carry out an order on the current shift of each machine.

    A machine for which it does not fit keeps its shift; the others do not wait for it.
    """
    now = city.now
    current = current_shift_by_vehicle(list_shifts(city.tx, storm_id), now)
    logins = {user.id: user.login for user in list_users(city.tx)}
    changed: list[Shift] = []
    refused: dict[VehicleId, BarfrubError] = {}
    for vehicle_id in dict.fromkeys(vehicle_ids):
        shift = current.get(vehicle_id)
        try:
            after = _ordered(city, actor, _present(vehicle_id, shift, order, now), logins, order)
        except (ConflictError, InvalidError) as refusal:
            refused[vehicle_id] = refusal
            continue
        if after != shift or order.kind in TOLD:
            changed.append(after)
    return OrderResult(tuple(changed), refused)


def list_called_back(tx: Tx, shifts: Iterable[Shift]) -> set[VehicleId]:
    """Return the machines that were called back to the yard, and got no other hours since."""
    trucks = {f"shift:{shift.id}": shift.vehicle_id for shift in shifts if not shift.over}
    last = list_last_events(tx, trucks, {RECALLED, "shift.changed"})
    return {trucks[event.subject] for event in last if event.verb == RECALLED}


def next_ends(
    hours: Sequence[time], timezone: str, now: datetime, count: int = 2
) -> list[datetime]:
    """Return the next times at which shifts of the city usually end, by its clock."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=day) for day in range(3))
    moments = (datetime.combine(day, hour, zone) for day in days for hour in hours)
    return [moment for moment in sorted(moments) if moment > now][:count]


def _present(vehicle_id: VehicleId, shift: Shift | None, order: FleetOrder, now: datetime) -> Shift:
    """Return a machine's current shift; raise `ConflictError` where there is none to order."""
    past = shift is None or shift.over or is_past(shift, now)
    if shift is None or (past and order.kind is not FleetOrderKind.EXTEND):
        raise ConflictError(
            f"vehicle {vehicle_id} has no shift that is not over",
            reason="vehicle_off_duty",
            vehicle=vehicle_id,
        )
    return shift


def _ordered(
    city: CityContext,
    actor: Actor,
    shift: Shift,
    logins: Mapping[UserId, str],
    order: FleetOrder,
) -> Shift:
    now = city.now
    if order.kind is FleetOrderKind.CANCEL:
        return cancel_shift(city.tx, actor, shift.id, now)
    if order.kind is FleetOrderKind.STAGE:
        _require_begun(shift, now)
        return shift
    driver = logins.get(shift.driver_id, "") if shift.driver_id is not None else ""
    if order.kind is FleetOrderKind.RECALL:
        ends_at = min(shift.ends_at, now + HOME_WITHIN)
        _require_begun(shift, now)
        wish = ShiftWish(shift.starts_at, ends_at, driver, long_hours=True)
        called = change_shift(city, actor, shift.id, wish)
        add_event(city.tx, now, actor, RECALLED, f"shift:{shift.id}")
        return called
    ends_at = max(shift.ends_at, order.until or max(shift.ends_at, now) + order.more)
    if shift.over or shift.ends_at + OVERTIME <= now:
        wish = ShiftWish(now, ends_at, driver, order.long_hours)
        return plan_shift(city, actor, shift.storm_id, shift.vehicle_id, wish)
    wish = ShiftWish(shift.starts_at, ends_at, driver, order.long_hours)
    return change_shift(city, actor, shift.id, wish)


def _require_begun(shift: Shift, now: datetime) -> None:
    """Raise `ConflictError` before the shift's hours, unless its driver has begun."""
    if shift.state is ShiftState.PLANNED and shift.starts_at > now:
        raise ConflictError(
            f"shift {shift.id} has not begun", reason="shift_not_begun", shift=shift.id
        )
