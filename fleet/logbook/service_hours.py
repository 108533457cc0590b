"""A driver's hours of service by now, and when the next rest is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Shift
from data.model.roster import DriverRest
from data.policy.hours_rules import HoursRules
from data.store.database.engine import Tx
from data.store.setup.machines import list_depots, list_reload_sites
from data.store.shifts.driver_rests import list_rests
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.trips import Duty, Entry, duty_of, last_rest_end
from fleet.tracking.geofences import sites_of

SOON = timedelta(minutes=30)
"""So long before a rest is due the driver and the board hear of it."""


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Hours of service in a shift by now; `rest_due_at` is when a rest is due if the truck goes on.

    `resting_until` is when the rest that goes on is long enough; `None` where the driver told none.
    """

    duty: Duty
    rest_due_at: datetime
    resting_since: datetime | None = None
    resting_until: datetime | None = None


def service_hours(
    tx: Tx, memory: LogMemory, shift: Shift, rules: HoursRules, now: datetime
) -> ServiceHours:
    """Return a driver's hours in a shift, by what was seen of his machine and his own taps."""
    sites = sites_of(list_depots(tx), list_reload_sites(tx))
    logs = memory.logs(tx, sites, shift.starts_at, now, shift.vehicle_id)
    log = logs.get(shift.vehicle_id)
    rests = list_rests(tx, shift.id)
    return hours_by_now(log.entries if log else (), rests, shift, rules, now)


def hours_by_now(
    entries: Sequence[Entry],
    rests: Sequence[DriverRest],
    shift: Shift,
    rules: HoursRules,
    now: datetime,
) -> ServiceHours:
    """Return the hours of service by a machine's log; by the clock where nothing was seen of it.

    A rest is due so long after the first move since the last one, whether or not the machine stood
    meanwhile: a stand shorter than a rest is none.
    """
    taken = [(one.begun_at, one.ended_at or now) for one in rests]
    duty = duty_of(entries, shift.starts_at, now, taken, rules.rest)
    if not entries:
        begun_at = max([shift.starts_at, *(end for at, end in taken if end - at >= rules.rest)])
    elif duty.last_at is None or last_rest_end(entries, duty, taken, rules.rest) is not None:
        begun_at = now
    else:
        begun_at = duty.last_at - timedelta(seconds=duty.since_break_s)
    going_on = next((one for one in rests if one.ended_at is None), None)
    return ServiceHours(
        duty=duty,
        rest_due_at=min(begun_at, now) + rules.without_rest,
        resting_since=going_on.begun_at if going_on else None,
        resting_until=going_on.begun_at + rules.rest if going_on else None,
    )
