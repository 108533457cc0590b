"""Calling people back: what came of a call, written down."""

from datetime import datetime

from data.errors import InvalidError
from data.model import Actor, CallAttempt, CallbackReason, CallOutcome, RequestId
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.callbacks import add_call_attempt
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import mark_told
from fleet.requests.intake import SHORT_LETTERS, subject_of


def note_call(
    tx: Tx,
    actor: Actor,
    request_id: RequestId,
    news: CallbackReason,
    outcome: CallOutcome,
    note: str,
    now: datetime,
) -> CallAttempt:
    """Keep what came of a call; who was reached has been told.

    The note is no part of the storm book: it may be about a person.
    """
    if len(note) > SHORT_LETTERS:
        raise InvalidError("note", f"{len(note)} letters", f"at most {SHORT_LETTERS} letters")
    asked = get_request(tx, request_id)
    attempt = CallAttempt(request_id, news, now, actor.id, outcome, note.strip())
    add_call_attempt(tx, attempt)
    if outcome is CallOutcome.REACHED and news is not CallbackReason.LATE:
        mark_told(tx, [request_id], now)
    after = {"news": news, "outcome": outcome}
    add_event(tx, now, actor, "request.called_back", subject_of(asked), after=after)
    return attempt
