"""Set-up of trackers: added or adopted, changed, given new tokens; and texts for them."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need, NotFoundError
from data.model import (
    Actor,
    ActorKind,
    CommandId,
    Device,
    DeviceCommand,
    DeviceId,
    DeviceInput,
    SpeedUnit,
    TrackerMessage,
    Vehicle,
    VehicleId,
)
from data.store.accounts.accounts import (
    add_device,
    find_device_by_name,
    get_device,
    list_devices,
    save_device,
    set_token_hash,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.messages.messages import commands_of_messages
from data.store.setup.machines import get_vehicle
from data.store.tracking.tracker_state import (
    add_command,
    add_tracker_message,
    clear_faults,
    find_next_command,
    remove_command,
    set_sent,
)
from data.store.tracking.unknown_trackers import forget_unknown_tracker
from fleet.accounts.accounts import TOKEN_BYTES, add_tracker, token_digest

MOST_INPUTS = 8
KEY_LETTERS = 40
COMMAND_LETTERS = 200

ON_THE_ROAD = Actor(ActorKind.SYSTEM, "door")
"""Who the audit log names where a text was handed over."""

OWN = Actor(ActorKind.SYSTEM, "replay")
"""Who the audit log names for trackers of simulations and recorded logs."""


def adopt(
    tx: Tx,
    actor: Actor,
    name: str,
    vehicle_id: VehicleId,
    now: datetime,
    *,
    trusted: bool = False,
    listed_as: str = "",
) -> tuple[Device, str]:
    """Add a tracker for a vehicle and return it with its token, which is not kept anywhere.

    The sender that was `listed_as` unknown is known from now on.
    """
    vehicle = get_vehicle(tx, vehicle_id)
    added = add_tracker(tx, actor, name.strip(), vehicle.name, now, trusted=trusted)
    forget_unknown_tracker(tx, listed_as or name.strip())
    return added


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Settings of a tracker: its vehicle and how its fields are read.

    A `trusted` one needs no token; `shows_texts` says that its screen shows what is sent to it.
    """

    vehicle_id: VehicleId
    speed_unit: SpeedUnit
    inputs: Collection[DeviceInput]
    trusted: bool
    shows_texts: bool = False


def set_tracker(
    tx: Tx,
    actor: Actor,
    device_id: DeviceId,
    settings: TrackerSettings,
    now: datetime,
) -> Device:
    """Change a tracker's settings, from its next message on."""
    device, vehicle = get_device(tx, device_id), get_vehicle(tx, settings.vehicle_id)
    changed = replace(
        device,
        vehicle_id=vehicle.id,
        speed_unit=settings.speed_unit,
        inputs=_checked_inputs(settings.inputs),
        trusted=settings.trusted,
        shows_texts=settings.shows_texts,
    )
    if changed != device:
        save_device(tx, changed)
        add_event(tx, now, actor, "device.set", _subject(device), _facts(device), _facts(changed))
    return changed


def renew_token(tx: Tx, actor: Actor, device_id: DeviceId, now: datetime) -> tuple[Device, str]:
    """Return the tracker with a new token; the old one is invalid from now on."""
    device = get_device(tx, device_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    set_token_hash(tx, device.id, token_digest(token))
    forget_unknown_tracker(tx, device.name)
    add_event(tx, now, actor, "device.token_renewed", _subject(device))
    return device, token


def queue_command(
    tx: Tx, actor: Actor, device_id: DeviceId, text: str, now: datetime
) -> DeviceCommand:
    """Queue a text for a tracker; it is sent once, with the answer to its next message."""
    device, words = get_device(tx, device_id), text.strip()
    if not words or len(words) > COMMAND_LETTERS or not words.isprintable():
        raise InvalidError("text", text, Need("1 to {count} characters", count=COMMAND_LETTERS))
    command = add_command(tx, device.id, words, actor.id, now)
    after = {"text": words, "command": command.id}
    add_event(tx, now, actor, "device.command_queued", _subject(device), after=after)
    return command


def take_back_command(
    tx: Tx, actor: Actor, device_id: DeviceId, command_id: CommandId, now: datetime
) -> None:
    """Remove a queued text; raise `ConflictError` where its tracker has got it."""
    device = get_device(tx, device_id)
    if not remove_command(tx, device.id, command_id):
        raise ConflictError(
            f"{device.name} has got it already", reason="command_sent", device=device.name
        )
    after = {"command": command_id}
    add_event(tx, now, actor, "device.command_taken_back", _subject(device), after=after)


def take_command(tx: Tx, device_id: DeviceId, now: datetime) -> str | None:
    """Return the oldest queued text for a tracker, marked as sent; `None` without one.

    Once the transaction is committed nobody gets it again, whatever becomes of the answer. The
    audit log does not repeat the words of a message to a driver.
    """
    command = find_next_command(tx, device_id)
    if command is None:
        return None
    set_sent(tx, command.id, now)
    private = commands_of_messages(tx, [command.id])
    after = {"command": command.id} | ({} if private else {"text": command.text})
    add_event(tx, now, ON_THE_ROAD, "device.command_sent", f"device:{device_id}", after=after)
    return command.text


def _checked_inputs(inputs: Collection[DeviceInput]) -> tuple[DeviceInput, ...]:
    if len(inputs) > MOST_INPUTS:
        raise InvalidError("inputs", len(inputs), Need("at most {most}", most=MOST_INPUTS))
    for one in inputs:
        if not one.key or len(one.key) > KEY_LETTERS or not one.key.isprintable():
            raise InvalidError("key", one.key, Need("1 to {count} characters", count=KEY_LETTERS))
    return tuple(inputs)


def _facts(device: Device) -> dict[str, object]:
    return {
        "vehicle": device.vehicle_id,
        "speed_unit": device.speed_unit,
        "inputs": [f"{one.key}={one.equipment}{'!' * one.inverted}" for one in device.inputs],
        "trusted": device.trusted,
        "shows_texts": device.shows_texts,
    }


def _subject(device: Device) -> str:
    return f"device:{device.id}"


def all_devices(tx: Tx) -> list[Device]:
    """Return all trackers of the city."""
    return list_devices(tx)


def forget_sender(tx: Tx, name: str) -> None:
    """Remove an unknown sender from the list; raise `NotFoundError` for one not on it."""
    if not forget_unknown_tracker(tx, name):
        raise NotFoundError("unknown_tracker", name)


def save_tracker_message(tx: Tx, word: TrackerMessage) -> None:
    """Store a tracker's message that is no position."""
    add_tracker_message(tx, word)


def reset_fault_counts(tx: Tx, device_id: DeviceId) -> None:
    """Reset a tracker's fault counts."""
    clear_faults(tx, device_id)


def own_trackers(
    tx: Tx, vehicles: Iterable[Vehicle], kind: str, now: datetime
) -> dict[VehicleId, str]:
    """Return a fresh token for a tracker of ours in every vehicle, for simulations and logs.

    The trackers are named after their kind; one line of the audit log tells of them all.
    """
    tokens: dict[VehicleId, str] = {}
    for vehicle in vehicles:
        name, token = f"{kind} {vehicle.name}", secrets.token_urlsafe(TOKEN_BYTES)
        device = find_device_by_name(tx, name)
        if device is None:
            add_device(tx, name, vehicle.id, token_digest(token))
        else:
            set_token_hash(tx, device.id, token_digest(token))
        tokens[vehicle.id] = token
    if tokens:
        after = {"kind": kind, "vehicles": list(tokens)}
        add_event(tx, now, OWN, "device.own_tokens_renewed", f"devices:{kind}", after=after)
    return tokens
