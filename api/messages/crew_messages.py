"""Messages between dispatchers and crews, and crews' calls for help."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from fastapi import APIRouter

from api.messages.messages import DriverReplyIn, MessageReceiptsIn, SosIn
from api.web.checked_route import CheckedRoute
from api.web.context import Context, CrewContext, DispatcherContext
from api.web.schemas import plain
from data.model import Alert, Message, MessageId, Role
from data.model.crews import Crew, CrewShift, CrewShiftId
from data.store.database.engine import Tx
from fleet.crews.crew_register import known_crew_shift, own_shift_of_crew
from fleet.messages.crew_messages import (
    mark_crew_seen,
    mark_heard_by_crew,
    message_from_crew,
    message_to_crew,
    place_of_crew,
    thread_of_crew,
)
from fleet.messages.sos import SosCall, call_for_help
from fleet.shifts.shift_progress import answered_once
from maps.alerts import alert_view
from maps.messages.messages import (
    MessageView,
    ThreadView,
    board_thread,
    driver_thread,
    message_view,
)

router = APIRouter(route_class=CheckedRoute)


@router.get("/api/crew-shifts/{shift_id}/messages")
def list_messages_of_crew(shift_id: CrewShiftId, context: CrewContext) -> ThreadView:
    """Return the messages of a crew's shift, and the reader's preset texts."""
    with context.reading() as tx:
        _, shift = _own(tx, context, shift_id)
        found = thread_of_crew(tx, shift.id)
    view = board_thread if _dispatches(context) else driver_thread
    return view(found, context.app.policy.messages)


@router.post("/api/crew-shifts/{shift_id}/messages")
def create_crew_message(
    shift_id: CrewShiftId, words: DriverReplyIn, context: CrewContext
) -> MessageView:
    """Send a message: as a crew to the dispatchers, as a dispatcher to the crew."""
    sent: list[Message] = []
    send = message_to_crew if _dispatches(context) else message_from_crew

    def order(tx: Tx, _: Crew, shift: CrewShift) -> MessageView:
        rules = context.app.policy.messages
        sent.append(send(tx, context.actor, shift, words.text, rules, context.now))
        return message_view(sent[0])

    known = _once(context, shift_id, f"message:{words.key}", order)
    _publish(context, sent)
    return known


@router.post("/api/crew-shifts/{shift_id}/messages/heard")
def mark_messages_heard_by_crew(
    shift_id: CrewShiftId, receipts: MessageReceiptsIn, context: CrewContext
) -> list[MessageView]:
    """Store which messages were delivered to a crew's phone, and which were read."""
    delivered = [MessageId(one) for one in receipts.delivered]
    seen = [MessageId(one) for one in receipts.seen]
    with context.writing() as tx:
        _, shift = _own(tx, context, shift_id)
        who, now = context.actor, context.now
        changed = mark_heard_by_crew(tx, who, shift.id, delivered, seen, now)
    views = [message_view(one) for one in changed]
    context.app.hub.publish("messages", views)
    return views


@router.post("/api/crew-shifts/{shift_id}/messages/seen")
def mark_crew_messages_seen(shift_id: CrewShiftId, context: DispatcherContext) -> list[MessageView]:
    """Mark a crew's messages as read by a dispatcher."""
    with context.writing() as tx:
        _, shift = known_crew_shift(tx, shift_id)
        changed = mark_crew_seen(tx, context.actor, shift.id, context.now)
    _publish(context, changed)
    return [message_view(one) for one in changed]


@router.post("/api/crew-shifts/{shift_id}/sos")
def create_crew_sos(shift_id: CrewShiftId, wanted: SosIn, context: CrewContext) -> dict[str, bool]:
    """Call for help as a crew: every board sounds until somebody answers."""
    app, opened = context.app, list[Alert]()

    def order(tx: Tx, crew: Crew, shift: CrewShift) -> dict[str, bool]:
        at = min(wanted.tapped_at or context.now, context.now)
        here = wanted.place or place_of_crew(tx, shift.storm_id, crew)
        called = SosCall(None, at, here, "crew", crew, supposed=wanted.place is None)
        alert = call_for_help(tx, context.actor, shift.storm_id, called, context.now)
        opened.extend([alert] if alert else [])
        return {"heard": True}

    known = _once(context, shift_id, f"sos:{wanted.key}", order)
    app.hub.publish("alerts", [alert_view(one, app.network) for one in opened])
    return known


def _once[View](
    context: Context,
    shift_id: CrewShiftId,
    key: str,
    order: Callable[[Tx, Crew, CrewShift], View],
) -> View:
    """Carry out a request with a key once; return its answer."""
    with context.writing() as tx:
        own = _own(tx, context, shift_id)
        known: Any = answered_once(
            tx, context.user.id, key, context.now, lambda: plain(order(tx, *own))
        )
    return cast("View", known)


def _own(tx: Tx, context: Context, shift_id: CrewShiftId) -> tuple[Crew, CrewShift]:
    """Return a crew's own shift; dispatchers read and write to all of them."""
    if not _dispatches(context):
        own_shift_of_crew(tx, context.user.id, shift_id)
    return known_crew_shift(tx, shift_id)


def _dispatches(context: Context) -> bool:
    return context.has(Role.ADMINISTRATOR, Role.DISPATCHER)


def _publish(context: Context, changed: Sequence[Message]) -> None:
    """Publish changed messages to the pages of dispatchers, and to the phones of their crews."""
    hub = context.app.hub
    hub.publish("messages", [message_view(one) for one in changed])
    shifts = {one.crew_shift_id for one in changed if one.crew_shift_id is not None}
    hub.publish("crew_mail", [(int(one),) for one in sorted(shifts)])
