"""Depots, vehicles and who is in service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import (
    BlockageId,
    DepotId,
    LonLat,
    MachineLimitId,
    ReloadSiteId,
    ShiftId,
    StormId,
    UserId,
    VehicleId,
)
from data.model.streets import DirectedSegment
from data.model.work import Treatment

OWN = "own"
"""Owner of the machines that need no call."""

VEHICLE_TYPES = (
    "dump_truck",
    "blade_truck",
    "grader",
    "loader",
    "mini_loader",
    "backhoe",
    "salt_spreader",
    "tractor",
    "pickup",
)

YARD_RADIUS_M = 100.0
"""How far a depot reaches where nobody said it: a yard with its gate."""

RELOAD_RADIUS_M = 60.0
"""How far a reload site reaches where nobody said it: a heap and the loader's space."""


@dataclass(frozen=True, slots=True)
class Depot:
    """Where vehicles start and end; `assumed` when Barfrub chose it for want of a better.

    Who stands within `radius_m` of it is in its yard, or within `polygon` where that is drawn.
    """

    id: DepotId
    name: str
    location: LonLat
    assumed: bool = False
    radius_m: float = YARD_RADIUS_M
    polygon: tuple[LonLat, ...] = ()


@dataclass(frozen=True, slots=True)
class ReloadSite:
    """Where hoppers are filled; its area is `polygon`, or what lies within `radius_m`."""

    id: ReloadSiteId
    name: str
    location: LonLat
    fill_s: float
    materials: tuple[str, ...] = ("salt",)
    radius_m: float = RELOAD_RADIUS_M
    polygon: tuple[LonLat, ...] = ()


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A machine. `work_speed_mps` has one entry per treatment it is able to do.

    A reserve or contractor's machine belongs to a `company` that `contact` reaches, and needs
    `arrive_s` from a call until it stands in its depot. An hour of any machine costs `rate_h`, in
    the city's money.
    """

    id: VehicleId
    name: str
    type: str
    owner: str
    capabilities: tuple[Treatment, ...]
    blade_m: float
    min_street_m: float
    hopper_kg: float
    drive_speed_mps: float
    work_speed_mps: Mapping[Treatment, float]
    depot_id: DepotId
    shift_h: float
    assumed: bool = False
    company: str = ""
    contact: str = ""
    arrive_s: float = 0.0
    rate_h: float = 0.0

    @property
    def owned(self) -> bool:
        """Whether it is the city's own and comes without a call."""
        return self.owner == OWN


class ShiftState(StrEnum):
    """A shift begins once and ends once; `CANCELLED` is one that was taken back before it began."""

    PLANNED = "planned"
    DRIVING = "driving"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Shift:
    """A vehicle in service for some hours."""

    id: ShiftId
    storm_id: StormId
    vehicle_id: VehicleId
    driver_id: UserId | None
    starts_at: datetime
    ends_at: datetime
    state: ShiftState = ShiftState.PLANNED

    @property
    def over(self) -> bool:
        """Whether it ended or was cancelled."""
        return self.state in (ShiftState.ENDED, ShiftState.CANCELLED)


class LimitState(StrEnum):
    """What became of a limit, or an order of streets, that a driver or a storm proposed."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class MachineLimit:
    """A street or a turn that some types of machines are to be kept off.

    A driver called it impossible (`blockage_id`), or storms showed that so many `drivers` with so
    many `chances` never took it. `ways` are the streets as they were to be driven; `both_ways`
    holds for their other direction too. A turn has the street `came` before it, and one way. It is
    heeded while `ACCEPTED`, until `until_at`, over storms; `note` is what the planner wrote.
    """

    id: MachineLimitId
    storm_id: StormId
    blockage_id: BlockageId | None
    vehicle_id: VehicleId
    ways: tuple[DirectedSegment, ...]
    types: tuple[str, ...]
    proposed_at: datetime
    proposed_by: str
    came: DirectedSegment | None = None
    both_ways: bool = False
    state: LimitState = LimitState.PROPOSED
    note: str = ""
    until_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    chances: int = 0
    drivers: int = 0

    def holds_at(self, moment: datetime) -> bool:
        """Whether plans heed it at a moment."""
        ended = self.until_at is not None and self.until_at <= moment
        return self.state is LimitState.ACCEPTED and not ended


@dataclass(frozen=True, slots=True)
class WayLimit:
    """A way that some types of machines cannot drive, or cannot turn into out of `came`."""

    types: frozenset[str]
    way: DirectedSegment
    came: DirectedSegment | None = None
