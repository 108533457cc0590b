"""Access to callers' personal data: each access is a line of the audit log."""

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


def read_caller(
    tx: Tx, actor: Actor, request_id: RequestId, purpose: str, now: datetime
) -> Caller | None:
    """Return the caller, where known and not erased; the access is logged."""
    return read_callers(tx, actor, [request_id], purpose, now).get(request_id)


def read_callers(
    tx: Tx, actor: Actor, request_ids: Collection[RequestId], purpose: str, now: datetime
) -> dict[RequestId, Caller]:
    """Return the callers by request; one line of the audit log covers all.

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
    """Return the newest requests of a phone; the number as `plain_number` writes it.

    That two requests came from one phone is a look at their callers too.
    """
    found = list_requests_of_number(tx, number, limit) if number else []
    if found:
        ids = [asked.id for asked in found]
        seen = {"requests": sorted(ids), "purpose": "same_phone"}
        add_event(tx, now, actor, SEEN, _subject(ids), after=seen)
    return found


def note_phone_search(tx: Tx, actor: Actor, found: Collection[RequestId], now: datetime) -> None:
    """Log that somebody searched requests by digits of callers' phones.

    A list that is read again and again is one look: the same one is written again after a while.
    """
    ids = sorted(found)
    seen = {"requests": ids, "purpose": "phone_search"}
    last = find_last_event_of(tx, SEEN, actor, now - SAME_LOOK)
    if ids and (last is None or last.after != seen):
        add_event(tx, now, actor, SEEN, _subject(ids), after=seen)


def _subject(found: Collection[RequestId]) -> str:
    """Return the subject of access lines: kept apart from the request's own lines."""
    return f"caller:{min(found)}" if len(found) == 1 else "callers"
