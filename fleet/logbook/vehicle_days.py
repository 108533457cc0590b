"""Vehicles' work in a shift, a day or a storm, with hours of service of their drivers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.model import Position, Shift, ShiftId, User, UserId, Vehicle, VehicleId
from data.model.periods import Period
from data.model.roster import DriverRest, VehicleCheck
from data.policy.city_policy import Policy
from data.policy.hours_rules import HoursRules
from data.store.accounts.accounts import list_users
from data.store.database.engine import Tx
from data.store.setup.machines import get_vehicle, list_depots, list_reload_sites, list_vehicles
from data.store.shifts.driver_rests import list_rests_of_shifts
from data.store.shifts.shifts import list_shifts_between
from data.store.shifts.vehicle_checks import list_checks_of_shifts
from data.store.tracking.positions import list_between
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.trips import Duty, VehicleLog, duty_of, log_of
from fleet.tracking.geofences import sites_of
from fleet.work.totals import Sums, added


class Known(StrEnum):
    """Source of a material amount, the best first."""

    SENSOR = "sensor"
    RATE = "rate"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """A shift, the login of who drove it ("" for nobody), and the hours of service in it.

    `over` where they are more than the vehicle's shift may have.
    """

    shift: Shift
    driver: str
    duty: Duty
    over: bool


@dataclass(frozen=True, slots=True)
class VehicleDay:
    """One vehicle's work in a time, and what its drivers found when they checked it."""

    vehicle: Vehicle
    log: VehicleLog
    shifts: tuple[ShiftHours, ...]
    checks: tuple[VehicleCheck, ...] = ()

    @property
    def drivers(self) -> tuple[str, ...]:
        """Logins of who drove it, each once."""
        return tuple(dict.fromkeys(one.driver for one in self.shifts if one.driver))


def vehicle_days(
    tx: Tx,
    memory: LogMemory,
    period: Period,
    rules: HoursRules,
    vehicle_id: VehicleId | None = None,
) -> list[VehicleDay]:
    """Return the work of vehicles with any data in a time, by name.

    Raises `NotFoundError` for a `vehicle_id` that nobody has; a known one is always there.
    """
    since, until = period.since, period.until
    sites = sites_of(list_depots(tx), list_reload_sites(tx))
    logs = memory.logs(tx, sites, since, until, vehicle_id)
    if vehicle_id is not None:
        logs.setdefault(vehicle_id, log_of((), sites, since, until))
    vehicles = {one.id: one for one in list_vehicles(tx)}
    vehicles |= {one: get_vehicle(tx, one) for one in logs.keys() - vehicles.keys()}
    shifts, users = list_shifts_between(tx, since, until), {one.id: one for one in list_users(tx)}
    of_shifts = [one.id for one in shifts]
    checks, rests = list_checks_of_shifts(tx, of_shifts), list_rests_of_shifts(tx, of_shifts)
    days = []
    for each, log in logs.items():
        vehicle = vehicles[each]
        if log.entries or vehicle_id is not None:
            mine = [shift for shift in shifts if shift.vehicle_id == each]
            hours = _hours(vehicle, mine, log, users, rests, rules)
            days.append(VehicleDay(vehicle, log, tuple(hours), tuple(checks.get(each, ()))))
    return sorted(days, key=lambda day: _natural(day.vehicle.name))


def vehicle_fixes(tx: Tx, vehicle_id: VehicleId, period: Period) -> list[Position]:
    """Return a vehicle's positions in a time, oldest first, those without faults."""
    return list_between(tx, vehicle_id, period.since, period.until)


def material_kg(sums: Sums, policy: Policy) -> dict[str, float]:
    """Return spread kilograms by material: counted, by rate, else by the policy's rate."""
    assumed = {name: m2 * policy.salt_gm2 / 1000 for name, m2 in sums.spread_m2.items()}
    return added((sums.counted_kg, sums.rated_kg, assumed))


def material_known(sums: Sums) -> tuple[Known, ...]:
    """Return the sources of these amounts."""
    ways = ((Known.SENSOR, sums.counted_kg), (Known.RATE, sums.rated_kg))
    return tuple(way for way, kg in (*ways, (Known.POLICY, sums.spread_m2)) if kg)


def _hours(
    vehicle: Vehicle,
    shifts: Iterable[Shift],
    log: VehicleLog,
    users: Mapping[UserId, User],
    rests: Mapping[ShiftId, Sequence[DriverRest]],
    rules: HoursRules,
) -> Iterable[ShiftHours]:
    for shift in shifts:
        taken = [(one.begun_at, one.ended_at or shift.ends_at) for one in rests.get(shift.id, ())]
        duty = duty_of(log.entries, shift.starts_at, shift.ends_at, taken, rules.rest)
        driver = users.get(shift.driver_id) if shift.driver_id is not None else None
        over = duty.service_s > vehicle.shift_h * 3600
        yield ShiftHours(shift, driver.login if driver else "", duty, over)


def _natural(name: str) -> list[tuple[bool, float, str]]:
    """Return a sort key that puts machine 9 before machine 10, in any digits."""
    words = name.split()
    return [
        (not word.isdecimal(), float(word) if word.isdecimal() else 0.0, word) for word in words
    ]
