"""Messages between the dispatchers and a crew on duty, and where its call for help comes from."""

from collections.abc import Collection
from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, LonLat, Message, MessageId, StormId
from data.model.crews import Crew, CrewJobState, CrewShift, CrewShiftId
from data.policy.message_rules import TO_DRIVER, MessageRules, words_of
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import list_crew_jobs_of_crew
from data.store.database.engine import Tx
from data.store.messages.messages import (
    get_message,
    list_crew_shifts_unread,
    list_messages_of_crew_shift,
    set_seen,
)
from fleet.messages.driver_messages import (
    NOT_YET,
    THREAD,
    checked_text,
    mark_heard,
    store_message,
)


def message_to_crew(
    tx: Tx, actor: Actor, shift: CrewShift, text: str, rules: MessageRules, now: datetime
) -> Message:
    """Send a message to a crew; raise `ConflictError` where it has gone home."""
    if shift.ended_at is not None:
        raise ConflictError("the crew is not on duty", reason="crew_off_duty")
    words = words_of(checked_text(text), (*rules.to_driver, *TO_DRIVER))
    new = Message(
        NOT_YET, shift.storm_id, None, None, False, words, actor.id, now, crew_shift_id=shift.id
    )
    return store_message(tx, actor, new, now)


def message_from_crew(
    tx: Tx, actor: Actor, shift: CrewShift, text: str, rules: MessageRules, now: datetime
) -> Message:
    """Send a message to the dispatchers as the crew of a shift."""
    words = words_of(checked_text(text), rules.from_driver)
    new = Message(
        NOT_YET, shift.storm_id, None, None, True, words, actor.id, now, now, crew_shift_id=shift.id
    )
    return store_message(tx, actor, new, now)


def thread_of_crew(tx: Tx, shift_id: CrewShiftId) -> list[Message]:
    """Return what was written to a crew and by it in a shift, the oldest first."""
    return list_messages_of_crew_shift(tx, shift_id, THREAD)


def unread_from_crews(tx: Tx, storm_id: StormId) -> set[CrewShiftId]:
    """Return the crews' shifts of a storm of which something was written that nobody has read."""
    return set(list_crew_shifts_unread(tx, storm_id))


def mark_heard_by_crew(
    tx: Tx,
    actor: Actor,
    shift_id: CrewShiftId,
    delivered: Collection[MessageId],
    seen: Collection[MessageId],
    now: datetime,
) -> list[Message]:
    """Mark messages as delivered to and seen on a crew's phone; return those that changed."""
    return mark_heard(tx, actor, thread_of_crew(tx, shift_id), delivered, seen, now)


def mark_crew_seen(tx: Tx, actor: Actor, shift_id: CrewShiftId, now: datetime) -> list[Message]:
    """Mark what a crew wrote as seen by a dispatcher; return what changed."""
    thread = thread_of_crew(tx, shift_id)
    fresh = [one for one in thread if one.from_driver and one.seen_at is None]
    set_seen(tx, [one.id for one in fresh], now)
    for one in fresh:
        add_event(tx, now, actor, "message.seen", f"message:{one.id}")
    return [get_message(tx, one.id) for one in fresh]


def place_of_crew(tx: Tx, storm_id: StormId, crew: Crew) -> LonLat:
    """Return where a crew is by its list: at the job it has begun, else at the next one."""
    jobs = list_crew_jobs_of_crew(tx, storm_id, crew.id)
    begun = [job for job in jobs if job.state is CrewJobState.STARTED]
    ahead = [job for job in jobs if job.state is CrewJobState.ASSIGNED]
    found = [*begun, *sorted(ahead, key=lambda job: job.nth)]
    return found[0].place if found else crew.base
