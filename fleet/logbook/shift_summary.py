"""What a shift came to: the figures of its vehicle's day, and what its driver reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import Shift, ShiftState
from data.model.periods import Period, PeriodKind
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.shifts.blockages import count_reports
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.trips import Duty, duty_of
from fleet.logbook.vehicle_days import material_kg, vehicle_days
from fleet.shifts.shift_progress import find_end
from fleet.work.totals import Sums


@dataclass(frozen=True, slots=True)
class ShiftSummary:
    """Figures of a shift until a time: its end, or now while it goes on."""

    until: datetime
    sums: Sums
    duty: Duty
    material_kg: Mapping[str, float]
    reports: int


def shift_summary(
    tx: Tx, memory: LogMemory, shift: Shift, policy: Policy, since: datetime, now: datetime
) -> ShiftSummary:
    """Return what a shift came to, as the vehicle's day counts it; cancelled, to nothing.

    `since` is when its driver took it over, where somebody drove before him.
    """
    end = shift.ends_at if shift.state is ShiftState.CANCELLED else find_end(tx, shift)
    until = min(end or now, now)
    begin = max(since, shift.starts_at)
    nothing = duty_of((), begin, until)
    if until <= begin:
        return ShiftSummary(until, Sums(), nothing, {}, count_reports(tx, shift.id))
    period = Period(PeriodKind.SHIFT, begin, until)
    (day,) = vehicle_days(tx, memory, period, policy.hours, shift.vehicle_id)
    sums = day.log.figures.sums
    return ShiftSummary(
        until=until,
        sums=sums,
        duty=next((one.duty for one in day.shifts if one.shift.id == shift.id), nothing),
        material_kg=material_kg(sums, policy),
        reports=count_reports(tx, shift.id),
    )
