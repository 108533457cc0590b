"""Which machines are on duty now, and which have no shift left."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Shift, ShiftState, VehicleId
from fleet.shifts.shift_handover import is_past

SOON = timedelta(minutes=30)
"""A shift that begins so soon counts as one that has begun: its route is wanted now."""


@dataclass(frozen=True, slots=True)
class DutyRoster:
    """Shifts that are now or begin soon, and machines in service whose last shift is over."""

    on: tuple[Shift, ...]
    past: tuple[VehicleId, ...]
    past_since: datetime | None

    @property
    def all_over(self) -> bool:
        """Whether there were shifts, and none is left that helps now."""
        return bool(self.past) and not self.on


def duty_of(current: Iterable[Shift], out: Collection[VehicleId], now: datetime) -> DutyRoster:
    """Return who is on duty by the current shift of each machine; `out` are out of service."""
    shifts = [
        one
        for one in current
        if one.vehicle_id not in out and one.state is not ShiftState.CANCELLED
    ]
    past = [one for one in shifts if is_past(one, now)]
    return DutyRoster(
        on=tuple(one for one in shifts if one.starts_at <= now + SOON and one not in past),
        past=tuple(one.vehicle_id for one in past),
        past_since=max((min(one.ends_at, now) for one in past), default=None),
    )
