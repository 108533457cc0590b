"""Who called: nobody looks at it without a line in the storm book."""

from collections.abc import Collection
from datetime import datetime

from data.model import Actor, RequestId
from data.store.engine import Tx
from data.store.events import add_event
from data.store.requests import Caller, list_callers

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


def _subject(found: Collection[RequestId]) -> str:
    """Return whose line it is: not the request's own, which tells of what was done for it."""
    return f"caller:{min(found)}" if len(found) == 1 else "callers"
