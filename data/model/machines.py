"""Depots, vehicles and who is in service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model.ids import DepotId, LonLat, ReloadSiteId, ShiftId, StormId, UserId, VehicleId
from data.model.work import Treatment


@dataclass(frozen=True, slots=True)
class Depot:
    """Where vehicles start and end; `assumed` when Barfrub chose it for want of a better."""

    id: DepotId
    name: str
    location: LonLat
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class ReloadSite:
    """Where hoppers are filled."""

    id: ReloadSiteId
    name: str
    location: LonLat
    fill_s: float
    materials: tuple[str, ...] = ("salt",)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A machine. `work_speed_mps` has one entry per treatment it is able to do."""

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


@dataclass(frozen=True, slots=True)
class Shift:
    """A vehicle in service for some hours."""

    id: ShiftId
    storm_id: StormId
    vehicle_id: VehicleId
    driver_id: UserId | None
    starts_at: datetime
    ends_at: datetime
    state: str = "planned"
