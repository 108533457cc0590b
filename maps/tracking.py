"""The page of trackers: registered ones with faults and commands, and unknown ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from data.model import (
    Device,
    DeviceCommand,
    DeviceFault,
    DeviceId,
    LonLat,
    Position,
    TrackerMessage,
    UnknownTracker,
    Vehicle,
)
from fleet.tracking.live_fleet import SILENT_AFTER
from fleet.tracking.phone_trackers import is_phone

FAULTS = (
    "future",
    "early",
    "no_fix",
    "no_place",
    "jump",
    "inaccurate",
    "encrypted",
    "set_aside",
    "body",
)
"""Reasons that have words of their own; any other one is the name of a field."""

BATTERY = "batteryLevel"
"""Attribute of positions with the level of the tracker's battery in percent, as Traccar's."""

FULL = 100

TRACCAR_CLIENT = {
    "accuracy": "highest",
    "interval": 5,
    "distance": 10,
    "angle": 30,
    "heartbeat": 60,
    "buffer": "true",
    "wakelock": "true",
    "stop_detection": "false",
}
"""Settings of the app, in seconds, metres and degrees."""

PHONES_SHOWN = timedelta(days=1)
"""Phones of drivers are listed for so long after they spoke."""

COMMANDS_SHOWN = 3
"""Texts shown of one tracker, the latest first."""


@dataclass(frozen=True, slots=True)
class FaultView:
    """Number of a tracker's fixes that were rejected for a reason."""

    reason: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class InputView:
    """Equipment that a digital input of a tracker reports."""

    key: str
    equipment: str
    inverted: bool


@dataclass(frozen=True, slots=True)
class CommandView:
    """A text for a tracker, with the time at which the tracker got it."""

    id: int
    text: str
    asked_by: str
    asked_at: datetime
    sent_at: datetime | None


class TrackerState(StrEnum):
    """Whether a tracker sends."""

    HEARD = "heard"
    SILENT = "silent"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class TrackerView:
    """A tracker as a row of the list; `word` is its last message that is no position.

    `battery` is in percent, where its last position told it.
    """

    id: int
    name: str
    vehicle_id: int
    vehicle: str
    state: TrackerState
    heard_at: datetime | None
    phone: bool
    trusted: bool
    shows_texts: bool
    speed_unit: str
    inputs: tuple[InputView, ...]
    faults: tuple[FaultView, ...]
    commands: tuple[CommandView, ...]
    word: str
    word_at: datetime | None
    location: LonLat | None
    located_at: datetime | None
    battery: int | None


@dataclass(frozen=True, slots=True)
class UnknownTrackerView:
    """An unknown tracker; `device_id` is a registered one of its name and another token."""

    name: str
    protocol: str
    fault: str
    address: str
    first_at: datetime
    last_at: datetime
    times: int
    location: LonLat | None
    device_id: int | None


@dataclass(frozen=True, slots=True)
class TrackedMachineView:
    """A machine that a tracker can be assigned to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class TrackersView:
    """The page of trackers."""

    trackers: tuple[TrackerView, ...]
    unknown_trackers: tuple[UnknownTrackerView, ...]
    machines: tuple[TrackedMachineView, ...]


@dataclass(frozen=True, slots=True)
class TrackerKnowledge:
    """Records of trackers: when each last sent, faults, texts, messages, last positions."""

    heard: Mapping[DeviceId, datetime]
    faults: tuple[DeviceFault, ...]
    commands: tuple[DeviceCommand, ...]
    words: tuple[TrackerMessage, ...]
    last: tuple[Position, ...]


def traccar_client_address(address: str, token: str) -> str:
    """Return what the app Traccar Client takes over when it scans a code (its version 9 and later).

    It sends to the address without the query. A plow that creeps or waits must not count as parked,
    so the app never stops by itself, and keeps what it cannot send.
    """
    return f"{address}?{urlencode({'id': token, **TRACCAR_CLIENT})}"


def trackers_view(
    devices: Iterable[Device],
    told: TrackerKnowledge,
    vehicles: Sequence[Vehicle],
    unknown_trackers: Iterable[UnknownTracker],
    now: datetime,
) -> TrackersView:
    """Return the page of trackers; `vehicle` is empty for one that left the fleet."""
    known, shown, grouped = list(devices), list[TrackerView](), _grouped(told)
    names = {one.id: one.name for one in vehicles}
    for device in known:
        heard_at = told.heard.get(device.id)
        if is_shown(device, heard_at, now):
            vehicle = names.get(device.vehicle_id, "")
            shown.append(_tracker(device, vehicle, heard_at, grouped[device.id], now))
    ids = {device.name: device.id for device in known}
    return TrackersView(
        trackers=tuple(sorted(shown, key=lambda one: (one.phone, one.vehicle, one.name))),
        unknown_trackers=tuple(_unknown_tracker(one, ids) for one in unknown_trackers),
        machines=tuple(TrackedMachineView(one.id, one.name) for one in vehicles),
    )


def is_shown(device: Device, heard_at: datetime | None, now: datetime) -> bool:
    """Whether the page lists a tracker: every one but phones that have been silent for a day."""
    recent = heard_at is not None and now - heard_at <= PHONES_SHOWN
    return recent or not is_phone(device)


@dataclass(slots=True)
class _OfOne:
    """Records of one tracker; texts and messages with the latest first."""

    faults: list[DeviceFault] = field(default_factory=list)
    commands: list[DeviceCommand] = field(default_factory=list)
    words: list[TrackerMessage] = field(default_factory=list)
    last: Position | None = None


def _grouped(told: TrackerKnowledge) -> dict[DeviceId, _OfOne]:
    grouped: dict[DeviceId, _OfOne] = defaultdict(_OfOne)
    for fault in told.faults:
        grouped[fault.device_id].faults.append(fault)
    for command in told.commands:
        grouped[command.device_id].commands.append(command)
    for word in told.words:
        grouped[word.device_id].words.append(word)
    for fix in told.last:
        grouped[fix.device_id].last = fix
    return grouped


def _tracker(
    device: Device, vehicle: str, heard_at: datetime | None, told: _OfOne, now: datetime
) -> TrackerView:
    word = told.words[0] if told.words else None
    return TrackerView(
        id=device.id,
        name=device.name,
        vehicle_id=device.vehicle_id,
        vehicle=vehicle,
        state=_state(heard_at, now),
        heard_at=heard_at,
        phone=is_phone(device),
        trusted=device.trusted,
        shows_texts=device.shows_texts,
        speed_unit=device.speed_unit,
        inputs=tuple(InputView(one.key, one.equipment, one.inverted) for one in device.inputs),
        faults=tuple(FaultView(one.reason, one.times, one.last_at) for one in told.faults),
        commands=tuple(_command(one) for one in told.commands[:COMMANDS_SHOWN]),
        word=word.kind if word else "",
        word_at=word.told_at if word else None,
        location=told.last.location if told.last else None,
        located_at=told.last.fixed_at if told.last else None,
        battery=_battery(told.last),
    )


def _battery(fix: Position | None) -> int | None:
    told = fix.attributes.get(BATTERY) if fix else None
    return round(told) if isinstance(told, int | float) and 0 <= told <= FULL else None


def _state(heard_at: datetime | None, now: datetime) -> TrackerState:
    if heard_at is None:
        return TrackerState.NEVER
    return TrackerState.SILENT if now - heard_at > SILENT_AFTER else TrackerState.HEARD


def _command(one: DeviceCommand) -> CommandView:
    return CommandView(one.id, one.text, one.asked_by, one.asked_at, one.sent_at)


def _unknown_tracker(one: UnknownTracker, ids: Mapping[str, int]) -> UnknownTrackerView:
    return UnknownTrackerView(
        name=one.name,
        protocol=one.protocol,
        fault=one.fault,
        address=one.address,
        first_at=one.first_at,
        last_at=one.last_at,
        times=one.times,
        location=one.location,
        device_id=ids.get(one.name),
    )
