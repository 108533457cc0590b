"""Requests that ask for the same thing: merged into one, which stands for all."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from data.errors import InvalidError
from data.model import Actor, RequestId, ServiceRequest
from data.store.database.engine import Tx
from data.store.followup.comments import add_comment
from data.store.requests.duplicates import duplicate_ids
from data.store.requests.requests import get_request, save_request
from fleet.followup.bulk_changes import BulkResult, QueueAction, change_in_bulk
from fleet.requests.closing import STILL_OPEN, merge
from fleet.requests.intake import wrong_state


def merge_many(
    tx: Tx, actor: Actor, ids: Collection[RequestId], kept_id: RequestId, now: datetime
) -> BulkResult:
    """Close requests as duplicates of one that stays open; their callers hear how that one ends.

    Raises `ConflictError` where that one is closed.
    """
    kept = get_request(tx, kept_id)
    if kept.state not in STILL_OPEN:
        raise wrong_state(kept)
    others = [each for each in ids if each != kept_id]
    if not others:
        raise InvalidError("ids", str(kept_id), "at least two requests")

    def merged(asked: ServiceRequest) -> ServiceRequest:
        return merge(tx, actor, asked, kept, now)

    own = duplicate_ids(tx, others)
    return change_in_bulk(tx, actor, QueueAction.MERGED, others, merged, now, own)


def follow(
    tx: Tx, actor: Actor, asked: ServiceRequest, kept_id: RequestId, now: datetime
) -> ServiceRequest:
    """Merge a new request into one that its caller saw reported already.

    It is at that one's place, and a comment names it there. Where that one was closed meanwhile,
    the new one stands for itself.
    """
    kept = get_request(tx, kept_id)
    if kept.state not in STILL_OPEN:
        return asked
    placed = replace(asked, location=asked.location or kept.location, snap=kept.snap)
    save_request(tx, placed)
    add_comment(tx, kept.id, actor.id, f"+ {asked.reference}", now)
    return merge(tx, actor, placed, kept, now)
