"""Roster records: machines in service, drivers' answers to routes, handover notes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from data.model.ids import (
    ByLanguage,
    HandoverNoteId,
    PlanId,
    ShiftId,
    StormId,
    VehicleCheckId,
    VehicleId,
)


class OutReason(StrEnum):
    """Why a machine is out of service in a storm."""

    BROKEN = "broken"
    MAINTENANCE = "maintenance"
    NO_DRIVER = "no_driver"
    NO_EQUIPMENT = "no_equipment"
    ELSEWHERE = "elsewhere"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MachineService:
    """Whether a machine is in service in a storm; out of it for a reason, with words."""

    in_service: bool
    reason: OutReason | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class MachineOut:
    """A machine that somebody took out of service; `reason` is `None` where nobody asked for it."""

    vehicle_id: VehicleId
    reason: OutReason | None
    note: str
    since: datetime
    by: str


class AnswerState(StrEnum):
    """What a driver said of the route that was published for him."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why a driver cannot drive a route."""

    MACHINE_FAULT = "machine_fault"
    HOURS = "hours"
    TOO_NARROW = "too_narrow"
    UNWELL = "unwell"
    NOT_MY_MACHINE = "not_my_machine"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """An answer to one shift's route in a published plan, when, and by whom.

    `reason` is `None` where the route was accepted.
    """

    plan_id: PlanId
    shift_id: ShiftId
    state: AnswerState
    reason: DeclineReason | None
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """A note of one dispatcher to the next; `read_at` is `None` until acknowledged.

    `texts` says the same by language, where whoever wrote it did.
    """

    id: HandoverNoteId
    storm_id: StormId
    written_at: datetime
    written_by: str
    text: str
    salt: bytes
    read_at: datetime | None = None
    read_by: str = ""
    texts: ByLanguage = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VehicleFault:
    """A fault that a driver found: at which point, as it was called then, and his words.

    A machine with a `grave` one is not to go out.
    """

    code: str
    names: ByLanguage
    grave: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class VehicleCheck:
    """A check of a machine for a shift: when, by whom, of how many points, and what was found."""

    id: VehicleCheckId
    shift_id: ShiftId
    vehicle_id: VehicleId
    checked_at: datetime
    checked_by: str
    points: int
    faults: tuple[VehicleFault, ...] = ()

    @property
    def grave(self) -> bool:
        """Whether the machine is not to go out."""
        return any(fault.grave for fault in self.faults)


@dataclass(frozen=True, slots=True)
class DriverRest:
    """A rest that a driver told; `ended_at` is `None` while it goes on."""

    shift_id: ShiftId
    begun_at: datetime
    ended_at: datetime | None

    def until(self, rest: timedelta, now: datetime) -> datetime:
        """Return when it ended, or will: a rest that goes on lasts `rest` at least."""
        return self.ended_at or max(self.begun_at + rest, now)
