"""Trackers: who may send, how their fields are read, and their faults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import CommandId, DeviceId, LonLat, VehicleId


class SpeedUnit(StrEnum):
    """Unit of the speeds that a tracker sends in OsmAnd's query form."""

    KNOTS = "kn"
    KMH = "kmh"
    MPS = "mps"
    MPH = "mph"


class SensorKind(StrEnum):
    """Equipment that a sensor of a vehicle reports."""

    BLADE = "blade"
    SPREADER = "spreader"


@dataclass(frozen=True, slots=True)
class DeviceInput:
    """A digital input: the equipment of its `key`; `inverted` where "on" means not at work."""

    key: str
    equipment: SensorKind
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A tracker that may send positions for a vehicle.

    Of a `trusted` one the name is enough, as for trackers that can send nothing but a number. One
    that `shows_texts` shows its driver what it is sent, and takes none of it for an order.
    """

    id: DeviceId
    name: str
    vehicle_id: VehicleId
    token_hash: str
    speed_unit: SpeedUnit = SpeedUnit.KNOTS
    inputs: tuple[DeviceInput, ...] = ()
    trusted: bool = False
    shows_texts: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFault:
    """Number of rejected reports of a tracker, for one reason."""

    device_id: DeviceId
    reason: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class TrackerMessage:
    """A tracker's message that is no position, as sent: a last will, a transition."""

    device_id: DeviceId
    kind: str
    told_at: datetime
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DeviceCommand:
    """A text for a tracker, sent once with the answer to its next message."""

    id: CommandId
    device_id: DeviceId
    text: str
    asked_by: str
    asked_at: datetime
    sent_at: datetime | None = None


class UnknownTrackerFault(StrEnum):
    """Why a sender was rejected: an unknown name, or a wrong token for it."""

    NAME = "name"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class UnknownTracker:
    """A sender without a registered tracker; `location` is where it last claimed to be."""

    name: str
    protocol: str
    fault: UnknownTrackerFault
    address: str
    first_at: datetime
    last_at: datetime
    times: int
    location: LonLat | None = None
