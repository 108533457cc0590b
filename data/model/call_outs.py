"""Machines that do not belong to the city, called for a storm."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import CallOutId, StormId, VehicleId


class CallOutState(StrEnum):
    """From the call to the end of the hire; a declined or cancelled call comes to nothing."""

    CALLED = "called"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ARRIVED = "arrived"
    RELEASED = "released"

    @property
    def over(self) -> bool:
        """Whether the machine may be called again."""
        return self in {CallOutState.DECLINED, CallOutState.CANCELLED, CallOutState.RELEASED}


@dataclass(frozen=True, slots=True)
class CallOut:
    """A machine that was called for a storm, what was answered, and when it came and went.

    `rate_h` is the price of an hour that was agreed when it was called.
    """

    id: CallOutId
    storm_id: StormId
    vehicle_id: VehicleId
    state: CallOutState
    called_at: datetime
    called_by: str
    rate_h: float
    note: str = ""
    answered_at: datetime | None = None
    expected_at: datetime | None = None
    arrived_at: datetime | None = None
    released_at: datetime | None = None
