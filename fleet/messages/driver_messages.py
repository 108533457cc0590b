"""Messages between the dispatchers and the drivers of a storm, to one truck or to many.

They come to the page of the shift that drives the truck. Where nobody has a phone for it, they go
to a tracker of the truck that shows texts. The audit log has salted digests of them.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from data.errors import ConflictError, InvalidError, Need
from data.languages import in_language
from data.model import (
    Actor,
    ByLanguage,
    Device,
    DeviceId,
    Message,
    MessageId,
    Shift,
    ShiftId,
    Storm,
    VehicleId,
)
from data.policy.message_rules import (
    BLADE_IS_DOWN,
    FROM_DRIVER,
    MESSAGE_LETTERS,
    TO_DRIVER,
    MessageRules,
    words_of,
)
from data.store.accounts.accounts import list_devices
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.messages.messages import (
    add_message,
    get_message,
    list_messages_of_shift,
    list_unseen,
    set_delivered,
    set_seen,
)
from data.store.setup.machines import get_vehicle
from data.store.shifts.shifts import list_shifts
from data.store.tracking.tracker_state import add_command
from fleet.requests.intake import SALT_BYTES, salted_digest
from fleet.shifts.shift_handover import current_shift_by_vehicle

THREAD = 200
"""Messages of a shift that are shown; older ones are of no use on the road."""

NOT_YET = MessageId(0)
"""Id of a message that the database has not numbered yet."""


@dataclass(frozen=True, slots=True)
class SentMessages:
    """Result of a message to trucks: the messages, and the trucks that have no recipient.

    Texts wait for the trackers of `queued`.
    """

    messages: tuple[Message, ...]
    queued: tuple[DeviceId, ...]
    unreached: tuple[VehicleId, ...]


class MessageToDrivers(NamedTuple):
    """A text, or one in several languages, for the drivers of some trucks, or of all of them.

    Screens of trackers show it in `language`.
    """

    vehicle_ids: Sequence[VehicleId]
    text: str | ByLanguage
    language: str


def message_to_drivers(
    tx: Tx,
    actor: Actor,
    storm: Storm,
    message: MessageToDrivers,
    rules: MessageRules,
    now: datetime,
) -> SentMessages:
    """Send a message to drivers; raise `ConflictError` where none of them can be reached."""
    vehicle_ids, text, language = message
    if isinstance(text, str):
        words = words_of(checked_text(text), (*rules.to_driver, *TO_DRIVER))
    else:
        words = {code: checked_text(one) for code, one in text.items()}
    shifts = _open_shifts(tx, storm, now)
    screens = _screens(tx)
    wanted = list(dict.fromkeys(vehicle_ids)) or sorted(shifts)
    for vehicle_id in vehicle_ids:
        get_vehicle(tx, vehicle_id)
    messages: list[Message] = []
    queued: list[DeviceId] = []
    unreached: list[VehicleId] = []
    for vehicle_id in wanted:
        shift, screen = shifts.get(vehicle_id), screens.get(vehicle_id)
        if shift is None and screen is None:
            unreached.append(vehicle_id)
            continue
        command_id = None
        if screen is not None and (shift is None or shift.driver_id is None):
            shown = in_language(words, language)
            command_id = add_command(tx, screen.id, shown, actor.id, now).id
            queued.append(screen.id)
        about = (storm.id, vehicle_id, shift.id if shift else None)
        new = Message(NOT_YET, *about, False, words, actor.id, now, command_id=command_id)
        messages.append(store_message(tx, actor, new, now))
    if not messages:
        raise ConflictError("no driver can be reached", reason="nobody_hears")
    return SentMessages(tuple(messages), tuple(queued), tuple(unreached))


def message_from_driver(
    tx: Tx, actor: Actor, shift: Shift, text: str, rules: MessageRules, now: datetime
) -> Message:
    """Send a message to the dispatchers as the driver of a shift."""
    words = words_of(checked_text(text), (*rules.from_driver, *FROM_DRIVER, BLADE_IS_DOWN))
    new = Message(
        NOT_YET, shift.storm_id, shift.vehicle_id, shift.id, True, words, actor.id, now, now
    )
    return store_message(tx, actor, new, now)


def mark_delivered_to_driver(
    tx: Tx,
    actor: Actor,
    shift_id: ShiftId,
    delivered: Collection[MessageId],
    seen: Collection[MessageId],
    now: datetime,
) -> list[Message]:
    """Mark messages as delivered to and seen on a driver's phone; return those that changed.

    Ids that are none of his messages are left out: a phone may have kept them from another shift.
    """
    thread = list_messages_of_shift(tx, shift_id, THREAD)
    return mark_heard(tx, actor, thread, delivered, seen, now)


def mark_heard(
    tx: Tx,
    actor: Actor,
    thread: Iterable[Message],
    delivered: Collection[MessageId],
    seen: Collection[MessageId],
    now: datetime,
) -> list[Message]:
    """Mark messages of a phone's thread as delivered and as seen; return those that changed."""
    to_him = {one.id: one for one in thread if not one.from_driver}
    came = {key for key in {*delivered, *seen} & to_him.keys() if not to_him[key].delivered_at}
    looked = {key for key in set(seen) & to_him.keys() if not to_him[key].seen_at}
    set_delivered(tx, came, now)
    set_seen(tx, looked, now)
    for key in sorted(looked):
        add_event(tx, now, actor, "message.seen", f"message:{key}")
    return [get_message(tx, key) for key in sorted(came | looked)]


def mark_seen_by_dispatcher(
    tx: Tx, actor: Actor, storm: Storm, vehicle_id: VehicleId, now: datetime
) -> list[Message]:
    """Mark a truck's messages as seen by a dispatcher; return those that changed."""
    fresh = list_unseen(tx, storm.id, vehicle_id)
    set_seen(tx, [one.id for one in fresh], now)
    for one in fresh:
        add_event(tx, now, actor, "message.seen", f"message:{one.id}")
    return [get_message(tx, one.id) for one in fresh]


def checked_text(text: str) -> str:
    """Return a text as one line; raise `InvalidError` where it is empty or too long."""
    words = " ".join(text.split())
    if not words or len(words) > MESSAGE_LETTERS or not words.replace("\u200c", "").isprintable():
        raise InvalidError("text", text, Need("1 to {count} characters", count=MESSAGE_LETTERS))
    return words


def store_message(tx: Tx, actor: Actor, new: Message, now: datetime) -> Message:
    """Store a message; the audit log gets a salted digest of its words."""
    salt = secrets.token_bytes(SALT_BYTES)
    added = add_message(tx, new, salt)
    after = {
        "storm": added.storm_id,
        "vehicle": added.vehicle_id,
        "shift": added.shift_id,
        "crew_shift": added.crew_shift_id,
        "from_driver": added.from_driver,
        "words_digest": salted_digest(salt, _all_words(added.words)),
    }
    add_event(tx, now, actor, "message.sent", f"message:{added.id}", after=after)
    return added


def _all_words(words: ByLanguage) -> str:
    return "\n".join(words.values())


def _open_shifts(tx: Tx, storm: Storm, now: datetime) -> dict[VehicleId, Shift]:
    """Return the current shift of each vehicle that has one which is not over."""
    shifts = (one for one in list_shifts(tx, storm.id) if not one.over)
    return current_shift_by_vehicle(shifts, now)


def _screens(tx: Tx) -> dict[VehicleId, Device]:
    """Return a tracker of each vehicle that shows texts to its driver."""
    return {one.vehicle_id: one for one in list_devices(tx) if one.shows_texts}
