"""Calls of a rehearsal: they ring, somebody takes them or nobody, and they end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.errors import ConflictError
from data.model import Actor, RequestId, ServiceRequest
from data.model.training.live_training import (
    TrainingCall,
    TrainingCallId,
    TrainingEventId,
)
from data.store.audit.audit_log import add_event, list_events_on
from data.store.database.engine import Tx
from data.store.training.calls import (
    add_call,
    end_unanswered,
    find_call,
    get_call,
    list_newest_calls,
    list_open_calls,
    set_ended,
    set_taken,
)
from fleet.requests.intake import subject_of
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.training.clock_speeds import clock_speeds

CALL_TAKEN = "training.call_taken"

RECEIVED = "request.received"
"""The line of the audit log about who recorded a request."""

NOT_YET = TrainingCallId(0)
"""Id of a call that the database has not numbered yet."""

PATIENCE = timedelta(minutes=3)
"""How long a caller lets it ring."""

LEAST_PATIENCE = timedelta(seconds=45)
"""Real time that it rings at least, however fast the clock runs: hands are not faster."""

LONGEST_PATIENCE = timedelta(hours=1)
"""How long it rings at most by the clock, which no speed makes longer."""


def patient_since(tx: Tx, speed: float, now: datetime) -> datetime:
    """Return the moment before which it has rung too long, by a clock that now runs so fast."""
    speeds = clock_speeds(tx, now - LONGEST_PATIENCE, now, speed)
    return min(now - PATIENCE, speeds.before(now, LEAST_PATIENCE))


def ring(
    tx: Tx, callers: Iterable[tuple[SimulatedCall, TrainingEventId | None]], now: datetime
) -> list[TrainingCall]:
    """Let callers ring, each of the scenario or of one of the instructor's events."""
    return [
        add_call(
            tx,
            TrainingCall(
                id=NOT_YET,
                rang_at=now,
                kind=one.kind,
                words=one.text,
                address=one.address,
                location=one.location,
                segment_id=one.segment_id,
                event_id=event_id,
                due_at=one.at,
            ),
        )
        for one, event_id in callers
    ]


def open_calls(tx: Tx) -> list[TrainingCall]:
    """Return the calls that ring or are on the line."""
    return list_open_calls(tx)


def newest_calls(tx: Tx, most: int) -> list[TrainingCall]:
    """Return the calls that rang last, and all that ring or are on the line, as they rang."""
    found = {one.id: one for one in (*list_newest_calls(tx, most), *list_open_calls(tx))}
    return sorted(found.values(), key=lambda one: (one.rang_at, one.id))


def hang_up_unanswered(tx: Tx, speed: float, now: datetime) -> int:
    """Let callers hang up who have waited too long; return how many did."""
    return end_unanswered(tx, patient_since(tx, speed, now), now)


def take_call(
    tx: Tx, actor: Actor, call_id: TrainingCallId, now: datetime, speed: float = 1.0
) -> TrainingCall:
    """Take a call that rings, by a clock that runs so fast; the one on one's line ends.

    Raises `ConflictError` where another has it, or the caller has hung up.
    """
    call = get_call(tx, call_id)
    if call.on_the_line and call.taken_by == actor.id:
        return call
    if call.taken_by:
        raise ConflictError(
            f"{call.taken_by} has this call", reason="call_taken", who=call.taken_by
        )
    if call.missed:
        raise ConflictError("the caller has hung up", reason="call_missed")
    for other in list_open_calls(tx):
        if other.on_the_line and other.taken_by == actor.id:
            end_call(tx, actor, other.id, now)
    set_taken(tx, call_id, actor.id, now)
    add_event(tx, now, actor, CALL_TAKEN, call_subject(call), after={"speed": speed})
    return get_call(tx, call_id)


def answer_call(
    tx: Tx, actor: Actor, call_id: TrainingCallId, now: datetime, speed: float = 1.0
) -> TrainingCall:
    """Take a call as `take_call` does, or the one that rings longest where that one rings no more.

    Who waits longest hangs up first, often just before somebody answers. A call that the person
    has on the line already stays. Raises `ConflictError` where nobody rings any more.
    """
    call = get_call(tx, call_id)
    others = [one for one in list_open_calls(tx) if one.rings]
    own = call.on_the_line and call.taken_by == actor.id
    wanted = call if call.rings or own or not others else others[0]
    return take_call(tx, actor, wanted.id, now, speed)


def end_call(tx: Tx, actor: Actor, call_id: TrainingCallId, now: datetime) -> TrainingCall:
    """Hang up; raise `ConflictError` where the call is not the person's own."""
    return hang_up(tx, actor, call_id, None, now)


def end_with_request(
    tx: Tx, actor: Actor, call_id: TrainingCallId, asked: ServiceRequest, now: datetime
) -> None:
    """Hang up with the request that somebody records of a call, also of one that has ended.

    Nothing else may keep a request from being recorded: a call that is gone, or not the person's
    own, gets none, nor does one that was taken after the request came.
    """
    call = find_call(tx, call_id)
    if call is None or call.taken_by != actor.id or call.taken_at is None:
        return
    received = list_events_on(tx, [subject_of(asked)], [RECEIVED])
    own = any((one.actor.kind, one.actor.id) == (actor.kind, actor.id) for one in received)
    if own and asked.received_at >= call.taken_at:
        hang_up(tx, actor, call_id, asked.id, now)


def hang_up(
    tx: Tx, actor: Actor, call_id: TrainingCallId, request_id: RequestId | None, now: datetime
) -> TrainingCall:
    """Hang up, with the request that came of the call; of one that has ended it may come later.

    The simulation records it under the call's own key, by a clock that may be ahead of the
    server's. Raises `ConflictError` where the call is somebody else's.
    """
    call = get_call(tx, call_id)
    if call.taken_by != actor.id:
        raise ConflictError("this is not your call", reason="call_not_yours")
    if call.ended_at is not None and (request_id is None or call.request_id is not None):
        return call
    set_ended(tx, call_id, call.ended_at or now, request_id)
    if call.ended_at is None:
        after = {} if request_id is None else {"request": request_id}
        add_event(tx, now, actor, "training.call_ended", call_subject(call), after=after)
    return get_call(tx, call_id)


def call_subject(call: TrainingCall) -> str:
    """Return how the audit log names a call."""
    return f"training_call:{call.id}"
