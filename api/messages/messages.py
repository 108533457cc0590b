"""Messages between dispatchers and drivers, and calls for help."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from api.shifts.shifts import own_shift
from api.tracking.tracker_changes import expect_command
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext, DriverContext
from api.web.schemas import Lat, Lon, Wire, plain
from data.model import (
    Alert,
    ByLanguage,
    LonLat,
    Message,
    MessageId,
    Shift,
    ShiftId,
    VehicleId,
)
from data.policy.message_rules import MESSAGE_LETTERS
from data.store.database.engine import Tx
from data.store.messages.messages import list_messages, list_messages_of_shift
from fleet.messages.driver_messages import (
    THREAD,
    MessageToDrivers,
    SentMessages,
    mark_delivered_to_driver,
    mark_seen_by_dispatcher,
    message_from_driver,
    message_to_drivers,
)
from fleet.messages.sos import SosCall, call_for_help
from fleet.shifts.shift_progress import answered_once
from fleet.storms.storm_lookup import active_storm, wanted_storm
from maps.alerts import alert_view
from maps.messages.messages import (
    MessageView,
    SentView,
    ThreadView,
    board_thread,
    driver_thread,
    message_view,
)

SHOWN = 2_000
"""Messages of a storm that a board shows: the newest."""

MOST_TRUCKS = 1_000

router = APIRouter(route_class=CheckedRoute)

Text = Annotated[str, Field(min_length=1, max_length=4 * MESSAGE_LETTERS)]
Key = Annotated[str, Field(min_length=8, max_length=100)]
Ids = Annotated[tuple[int, ...], Field(max_length=THREAD)]


class MessageIn(Wire):
    """A message to the drivers of some vehicles, or of all where none is named."""

    text: Text
    vehicle_ids: Annotated[tuple[int, ...], Field(max_length=MOST_TRUCKS)] = ()


class SeenIn(Wire):
    """The vehicle whose messages a dispatcher has read."""

    vehicle_id: int


class DriverReplyIn(Wire):
    """A driver's message; a repeated `key` marks the same message."""

    key: Key
    text: Text


class MessageReceiptsIn(Wire):
    """Messages delivered to a phone, and those read by its driver."""

    delivered: Ids = ()
    seen: Ids = ()


class SosIn(Wire):
    """A call for help, with the phone's position where it is known."""

    key: Key
    lon: Lon | None = None
    lat: Lat | None = None
    tapped_at: AwareDatetime | None = None

    @property
    def place(self) -> LonLat | None:
        """Return where the phone is, where it knows."""
        if self.lon is None or self.lat is None:
            return None
        return LonLat(self.lon, self.lat)


@router.get("/api/messages")
def list_messages_of_storm(context: BoardContext) -> ThreadView:
    """Return the messages of the active storm and the dispatchers' preset texts."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        found = list_messages(tx, storm.id, SHOWN) if storm else []
    return board_thread(found, context.app.policy.messages)


@router.post("/api/messages", status_code=201)
def create_messages(words: MessageIn, context: DispatcherContext) -> SentView:
    """Send a message to the drivers of vehicles."""
    vehicle_ids = [VehicleId(one) for one in words.vehicle_ids]
    with context.writing() as tx:
        sent = add_messages(tx, context, vehicle_ids, words.text)
    publish_messages(context, sent)
    return SentView(tuple(message_view(one) for one in sent.messages), tuple(sent.unreached))


def add_messages(
    tx: Tx, context: Context, vehicle_ids: Sequence[VehicleId], text: str | ByLanguage
) -> SentMessages:
    """Add a message to the drivers of vehicles, of all where none is named."""
    app = context.app
    message = MessageToDrivers(vehicle_ids, text, app.city.language or context.language)
    rules, storm = app.policy.messages, active_storm(tx)
    return message_to_drivers(tx, context.actor, storm, message, rules, context.now)


def publish_messages(context: Context, sent: SentMessages) -> None:
    """Publish messages to boards, phones and trackers."""
    for device_id in sent.queued:
        expect_command(context.app, device_id)
    _publish(context, sent.messages)


@router.post("/api/messages/seen")
def mark_messages_seen(thread: SeenIn, context: DispatcherContext) -> list[MessageView]:
    """Mark a driver's messages as read by a dispatcher."""
    with context.writing() as tx:
        storm = active_storm(tx)
        vehicle_id = VehicleId(thread.vehicle_id)
        changed = mark_seen_by_dispatcher(tx, context.actor, storm, vehicle_id, context.now)
    _publish(context, changed)
    return [message_view(one) for one in changed]


@router.get("/api/shifts/{shift_id}/messages")
def list_messages_of_driver(shift_id: ShiftId, context: DriverContext) -> ThreadView:
    """Return the messages of a shift and its driver's preset answers."""
    with context.reading() as tx:
        own_shift(tx, context, shift_id)
        found = list_messages_of_shift(tx, shift_id, THREAD)
    return driver_thread(found, context.app.policy.messages)


@router.post("/api/shifts/{shift_id}/messages")
def create_driver_message(
    shift_id: ShiftId, words: DriverReplyIn, context: DriverContext
) -> MessageView:
    """Send a message to the dispatchers."""
    sent: list[Message] = []

    def order(tx: Tx, shift: Shift) -> MessageView:
        rules = context.app.policy.messages
        sent.append(message_from_driver(tx, context.actor, shift, words.text, rules, context.now))
        return message_view(sent[0])

    known = _once(context, shift_id, f"message:{words.key}", order)
    _publish(context, sent)
    return known


@router.post("/api/shifts/{shift_id}/messages/heard")
def mark_messages_delivered(
    shift_id: ShiftId, receipts: MessageReceiptsIn, context: DriverContext
) -> list[MessageView]:
    """Store which messages were delivered to a phone, and which were read."""
    with context.writing() as tx:
        own_shift(tx, context, shift_id)
        changed = mark_delivered_to_driver(
            tx,
            context.actor,
            shift_id,
            [MessageId(one) for one in receipts.delivered],
            [MessageId(one) for one in receipts.seen],
            context.now,
        )
    views = [message_view(one) for one in changed]
    context.app.hub.publish("messages", views)
    return views


@router.post("/api/shifts/{shift_id}/sos")
def create_sos(shift_id: ShiftId, wanted: SosIn, context: DriverContext) -> dict[str, bool]:
    """Call for help: every board sounds until somebody answers."""
    app, opened = context.app, list[Alert]()

    def order(tx: Tx, shift: Shift) -> dict[str, bool]:
        at = min(wanted.tapped_at or context.now, context.now)
        here = _place(context, shift, wanted)
        called = SosCall(shift.vehicle_id, at, here, "driver")
        alert = call_for_help(tx, context.actor, shift.storm_id, called, context.now)
        opened.extend([alert] if alert else [])
        return {"heard": True}

    known = _once(context, shift_id, f"sos:{wanted.key}", order)
    app.hub.publish("alerts", [alert_view(one, app.network) for one in opened])
    return known


def _once[View](
    context: Context, shift_id: ShiftId, key: str, order: Callable[[Tx, Shift], View]
) -> View:
    """Carry out a request with a key once; return its answer."""
    with context.writing() as tx:
        shift = own_shift(tx, context, shift_id)
        known: Any = answered_once(
            tx, context.user.id, key, context.now, lambda: plain(order(tx, shift))
        )
    return cast("View", known)


def _place(context: Context, shift: Shift, wanted: SosIn) -> LonLat | None:
    """Return the caller's position: the phone's, else the truck's last one."""
    if wanted.place:
        return wanted.place
    seen = context.app.live.picture().get(shift.vehicle_id)
    return seen.location if seen else None


def _publish(context: Context, changed: Sequence[Message]) -> None:
    """Publish changed messages to boards and to the phones of their shifts."""
    hub = context.app.hub
    hub.publish("messages", [message_view(one) for one in changed])
    shifts = {one.shift_id for one in changed if one.shift_id is not None}
    hub.publish("mail", [(int(one),) for one in sorted(shifts)])
