"""Requests that ask for the same thing: merged into one, which stands for all."""

from collections.abc import Collection
from datetime import datetime

from data.errors import InvalidError
from data.model import Actor, ClosingReason, RequestId, ServiceRequest
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.duplicates import add_duplicate, duplicate_ids
from data.store.requests.requests import get_request
from fleet.followup.bulk_changes import BulkResult, QueueAction, change_in_bulk
from fleet.requests.closing import STILL_OPEN, close_request, require_closable
from fleet.requests.intake import subject_of, wrong_state
from fleet.requests.notices import retract_end_notice


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
        return _merged(tx, actor, asked, kept, now)

    own = duplicate_ids(tx, others)
    return change_in_bulk(tx, actor, QueueAction.MERGED, others, merged, now, own)


def follow(
    tx: Tx, actor: Actor, asked: ServiceRequest, kept_id: RequestId, now: datetime
) -> ServiceRequest:
    """Merge a new request into one that its caller saw reported already.

    Where that one was closed meanwhile, the new one stands for itself.
    """
    kept = get_request(tx, kept_id)
    return _merged(tx, actor, asked, kept, now) if kept.state in STILL_OPEN else asked


def _merged(
    tx: Tx, actor: Actor, asked: ServiceRequest, kept: ServiceRequest, now: datetime
) -> ServiceRequest:
    require_closable(asked, ClosingReason.DUPLICATE)
    add_duplicate(tx, asked.id, kept.id, now)  # first: its own duplicates go along
    closed = close_request(tx, actor, asked.id, ClosingReason.DUPLICATE, "", now)
    retract_end_notice(tx, asked.id, now, now)
    after = {"into": kept.id, "reference": kept.reference}
    add_event(tx, now, actor, "request.merged", subject_of(asked), after=after)
    return closed
