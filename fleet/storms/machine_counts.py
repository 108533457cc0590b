"""How many machines of a city are on the road and how many could go."""

from dataclasses import dataclass

from data.model import ShiftState, Storm
from data.store.database.engine import Tx
from data.store.setup.loans import list_loans_away
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_conditions import list_machines_out


@dataclass(frozen=True, slots=True)
class MachineCounts:
    """Machines on the road (`out`), those in service that are not (`ready`), and those `lent`.

    The city's own are in service unless they were taken out of it, others with a shift.
    """

    out: int
    ready: int
    lent: int


def machine_counts(tx: Tx, storm: Storm | None) -> MachineCounts:
    """Return the counts in a storm that goes on, or without one."""
    lent = {each.vehicle_id for each in list_loans_away(tx)}
    own = {each.id for each in list_vehicles(tx) if each.owned} - lent
    if storm is None:
        return MachineCounts(0, len(own), len(lent))
    shifts = [each for each in list_shifts(tx, storm.id) if not each.over]
    driving = {each.vehicle_id for each in shifts if each.state is ShiftState.DRIVING}
    waiting = {each.vehicle_id for each in shifts} | own
    ready = waiting - driving - list_machines_out(tx, storm.id)
    return MachineCounts(len(driving), len(ready), len(lent))
