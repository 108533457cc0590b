"""How many machines of a city are on the road and how many could go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import ShiftState, Storm, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.setup.loans import list_loans_away
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_conditions import list_machines_out
from fleet.routes.truck_states import TruckStatus, on_the_road, shift_states


@dataclass(frozen=True, slots=True)
class MachineCounts:
    """Machines on the road (`out`), those in service that are not (`ready`), and those `lent`.

    The city's own are in service unless they were taken out of it, others with a shift that is not
    over. Who is on the road is told by evidence, as in the roster.
    """

    out: int
    ready: int
    lent: int


def driving_machines(
    tx: Tx, storm_id: StormId, trucks: Iterable[TruckStatus], now: datetime
) -> set[VehicleId]:
    """Return which machines are on the road in a storm, by evidence."""
    return on_the_road(list_shifts(tx, storm_id), trucks, now)


def machine_counts(
    tx: Tx, storm: Storm | None, trucks: Iterable[TruckStatus], now: datetime
) -> MachineCounts:
    """Return the counts in a storm that goes on, or without one."""
    lent = {each.vehicle_id for each in list_loans_away(tx)}
    own = {each.id for each in list_vehicles(tx) if each.owned} - lent
    if storm is None:
        return MachineCounts(0, len(own), len(lent))
    shifts = list_shifts(tx, storm.id)
    states = shift_states(shifts, trucks, now)
    driving = {each.vehicle_id for each in shifts if states[each.id] is ShiftState.DRIVING}
    planned = {each.vehicle_id for each in shifts if states[each.id] is ShiftState.PLANNED}
    waiting = planned | own
    ready = waiting - driving - list_machines_out(tx, storm.id)
    return MachineCounts(len(driving), len(ready), len(lent))
