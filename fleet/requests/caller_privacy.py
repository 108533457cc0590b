"""Who called: nobody looks at it without a line in the storm book."""

from collections.abc import Collection
from datetime import datetime, timedelta

from data.model import Actor, RequestId, ServiceRequest
from data.store.audit.audit_log import add_event, find_last_event_of
from data.store.database.engine import Tx
from data.store.requests.requests import Caller, list_callers, list_requests_of_number

SAME_LOOK = timedelta(minutes=15)
"""Within this time the same list on the same desk is one look."""

SEEN = "caller.seen"
"""Verb of a look; its line names requests, never people."""


def look_at_caller(
    tx: Tx, actor: Actor, request_id: RequestId, purpose: str, now: datetime
) -> Caller | None:
    """Return who asked, where it was said and not erased; the look is written down."""
    return look_at_callers(tx, actor, [request_id], purpose, now).get(request_id)


def look_at_callers(
    tx: Tx, actor: Actor, request_ids: Collection[RequestId], purpose: str, now: datetime
) -> dict[RequestId, Caller]:
    """Return who asked, by request; one line tells of all that was seen.

    Parameters
    ----------
    purpose
        What was looked at them for: a short code such as "call_back" or "export".
    """
    found = list_callers(tx, sorted(request_ids))
    if found:
        seen = {"requests": sorted(found), "purpose": purpose}
        add_event(tx, now, actor, SEEN, _subject(found), after=seen)
    return found


def requests_of_phone(
    tx: Tx, actor: Actor, number: str, limit: int, now: datetime
) -> list[ServiceRequest]:
    """Return what was asked from a phone, newest first; the number as `plain_number` writes it.

    That two requests came from one phone is a look at their callers too.
    """
    found = list_requests_of_number(tx, number, limit) if number else []
    if found:
        ids = [asked.id for asked in found]
        seen = {"requests": sorted(ids), "purpose": "same_phone"}
        add_event(tx, now, actor, SEEN, _subject(ids), after=seen)
    return found


def note_phone_search(tx: Tx, actor: Actor, found: Collection[RequestId], now: datetime) -> None:
    """Write down that somebody found requests by digits of their callers' phones.

    A list that is read again and again is one look: the same one is written anew after a while.
    """
    ids = sorted(found)
    seen = {"requests": ids, "purpose": "phone_search"}
    last = find_last_event_of(tx, SEEN, actor, now - SAME_LOOK)
    if ids and (last is None or last.after != seen):
        add_event(tx, now, actor, SEEN, _subject(ids), after=seen)


def _subject(found: Collection[RequestId]) -> str:
    """Return whose line it is: not the request's own, which tells of what was done for it."""
    return f"caller:{min(found)}" if len(found) == 1 else "callers"
