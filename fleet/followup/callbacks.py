"""Callbacks: calls to callers without messages, and what came of each call."""

from dataclasses import dataclass
from datetime import datetime

from data.errors import InvalidError
from data.model import (
    Actor,
    Agency,
    CallAttempt,
    Callback,
    CallbackReason,
    CallOutcome,
    Referral,
    RequestClock,
    RequestId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.callbacks import add_call_attempt, count_callbacks, list_callbacks
from data.store.followup.referrals import last_referrals, list_agencies
from data.store.requests.duplicates import kept_ids
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import list_clocks, mark_caller_told
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
    """Store the outcome of a call; whoever was reached counts as informed.

    The note is no part of the audit log: it may be about a person.
    """
    if len(note) > SHORT_LETTERS:
        raise InvalidError("note", f"{len(note)} letters", f"at most {SHORT_LETTERS} letters")
    asked = get_request(tx, request_id)
    attempt = CallAttempt(request_id, news, now, actor.id, outcome, note.strip())
    add_call_attempt(tx, attempt)
    if outcome is CallOutcome.REACHED and news is not CallbackReason.LATE:
        mark_caller_told(tx, [request_id], now)
    after = {"news": news, "outcome": outcome}
    add_event(tx, now, actor, "request.called_back", subject_of(asked), after=after)
    return attempt


@dataclass(frozen=True, slots=True)
class CallsToMake:
    """Calls to make now, with their requests and agencies."""

    count: int
    waiting: list[Callback]
    clocks: dict[RequestId, RequestClock]
    referrals: dict[RequestId, Referral]
    agencies: dict[int, Agency]


def calls_to_make(tx: Tx, now: datetime, most: int) -> CallsToMake:
    """Return the calls to make now, the oldest news first."""
    waiting = list_callbacks(tx, now, most)
    ids = [call.request.id for call in waiting]
    kept = kept_ids(tx, ids)
    standing = {one: kept.get(one, one) for one in ids}
    clocks = list_clocks(tx, set(standing.values()))
    referrals = last_referrals(tx, set(standing.values()))
    return CallsToMake(
        count=count_callbacks(tx, now),
        waiting=waiting,
        clocks={one: clocks[other] for one, other in standing.items()},
        referrals={one: referrals[other] for one, other in standing.items() if other in referrals},
        agencies={agency.id: agency for agency in list_agencies(tx)},
    )
