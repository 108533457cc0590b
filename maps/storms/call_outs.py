"""Reserve and contractors' machines and their call-outs, as their page shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import CallOut, CallOutState, Vehicle, VehicleId
from data.setup.fleet_tables import OWNERS
from fleet.storms.call_outs import Hire
from maps.pages.i18n import Translator
from maps.pages.tables import currency_text


@dataclass(frozen=True, slots=True)
class CallOutView:
    """A call-out in the API."""

    id: int
    storm_id: int
    vehicle_id: int
    vehicle: str
    state: CallOutState
    called_at: datetime
    called_by: str
    rate_h: float
    note: str
    answered_at: datetime | None
    expected_at: datetime | None
    arrived_at: datetime | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReserveRow:
    """A machine that may be called, as a row; `call` is its newest call-out in the storm."""

    vehicle: Vehicle
    kind: str
    owner: str
    rate: str
    arrives_in: str
    call: CallOut | None
    state_word: str
    when: str
    hours: str
    open: bool


def call_out_view(call: CallOut, vehicle: str) -> CallOutView:
    """Return a call-out for the API."""
    return CallOutView(
        id=call.id,
        storm_id=call.storm_id,
        vehicle_id=call.vehicle_id,
        vehicle=vehicle,
        state=call.state,
        called_at=call.called_at,
        called_by=call.called_by,
        rate_h=call.rate_h,
        note=call.note,
        answered_at=call.answered_at,
        expected_at=call.expected_at,
        arrived_at=call.arrived_at,
        released_at=call.released_at,
    )


def reserve_rows(
    vehicles: Iterable[Vehicle],
    calls: Sequence[CallOut],
    came: Iterable[Hire],
    currency: str,
    t: Translator,
) -> list[ReserveRow]:
    """Return rows of the machines that are not the city's own; those at work or coming first."""
    newest = {one.vehicle_id: one for one in calls}
    hours: dict[VehicleId, float] = {}
    for hire in came:
        hours[hire.vehicle.id] = hours.get(hire.vehicle.id, 0.0) + hire.hours_h
    rows = [
        _row(vehicle, newest.get(vehicle.id), hours, currency, t)
        for vehicle in vehicles
        if not vehicle.owned
    ]
    return sorted(rows, key=lambda row: (not row.open, row.vehicle.name))


def _row(
    vehicle: Vehicle,
    call: CallOut | None,
    hours: Mapping[VehicleId, float],
    currency: str,
    t: Translator,
) -> ReserveRow:
    worked = hours.get(vehicle.id, 0.0)
    money = currency_text(currency, t)
    rate = t("{price} {currency} an hour", price=t.number(vehicle.rate_h), currency=money)
    return ReserveRow(
        vehicle=vehicle,
        kind=t(f"machine:{vehicle.type}"),
        owner=owner_text(vehicle.company or vehicle.owner, t),
        rate=rate if vehicle.rate_h else "",
        arrives_in=t("{value} min", value=round(vehicle.arrive_s / 60)) if vehicle.arrive_s else "",
        call=call,
        state_word=t(f"call_out:{call.state}") if call else t("Not called out in this storm"),
        when=_when(call, t) if call else "",
        hours=t("{value} h", value=round(worked, 1)) if worked else "",
        open=call is not None and not call.state.over,
    )


def _when(call: CallOut, t: Translator) -> str:
    """Return the time that belongs to the state of a call-out."""
    match call.state:
        case CallOutState.ACCEPTED if call.expected_at:
            return t("expected {time}", time=t.day_time(call.expected_at))
        case CallOutState.ARRIVED if call.arrived_at:
            return t("since {time}", time=t.day_time(call.arrived_at))
        case CallOutState.RELEASED if call.released_at:
            return t.day_time(call.released_at)
        case CallOutState.CALLED:
            return t(
                "called out {time} by {name}", time=t.day_time(call.called_at), name=call.called_by
            )
    return t.day_time(call.answered_at) if call.answered_at else ""


def owner_text(owner: str, t: Translator) -> str:
    """Return the owner of machines: the company's name, else the kind of owner."""
    return t(f"owner:{owner}") if owner in OWNERS else owner
