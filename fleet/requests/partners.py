"""Requests and updates from other systems (Open311)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from data.errors import ForbiddenError
from data.model import (
    Actor,
    ActorKind,
    ApiKey,
    ClosingReason,
    PartnerReport,
    PartnerUpdate,
    RequestId,
    ServiceRequest,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.comments import add_comment
from data.store.requests.partners import (
    add_partner_report,
    add_partner_update,
    find_partner_update,
    list_partner_reports,
)
from data.store.requests.request_photos import add_request_photo
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock
from fleet.requests.closing import STILL_OPEN, close_request, reopen_request
from fleet.requests.intake import Report, receive, subject_of

TOLD = "request.partner_told"
"""Verb of what another system said; the words themselves are no part of the audit log."""


class Wish(StrEnum):
    """What a partner's update asks for."""

    TELL = "tell"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Extras:
    """Additional fields of a partner's request; `photos` are files of the city's folder."""

    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    media_urls: tuple[str, ...] = ()
    account_id: str = ""
    device_id: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceivedUpdate:
    """A partner's update of a request, with the partner's own id where it has one.

    `said_at` is when its user said it, which may be before we closed the request.
    """

    wish: Wish
    status: str
    description: str
    said_at: datetime
    update_id: str = ""
    media_url: str = ""


def receive_from(
    tx: Tx, key: ApiKey, report: Report, extras: Extras, now: datetime
) -> tuple[ServiceRequest, bool]:
    """Store a partner's request; returns whether it was new.

    A report that came before, by its idempotency key, changes nothing.
    """
    asked = receive(tx, partner(key), report, now)
    if list_partner_reports(tx, [asked.id]):
        return asked, False
    add_partner_report(
        tx,
        PartnerReport(
            request_id=asked.id,
            key_id=key.id,
            attributes=extras.attributes,
            media_urls=extras.media_urls,
            account_id=extras.account_id,
            device_id=extras.device_id,
        ),
    )
    for photo in extras.photos:
        add_request_photo(tx, asked.id, photo, now)
    return asked, True


def save_partner_update(
    tx: Tx, key: ApiKey, request_id: RequestId, said: ReceivedUpdate, now: datetime
) -> int:
    """Store a partner's update of its own request, and return the id of the update.

    It may end a request that still waits, as the caller's wish, and reopen one that was closed
    before it was said; else it is only kept. Said again under the same number, it changes nothing
    at all. Raises `ForbiddenError` for requests of others.
    """
    asked = get_request(tx, request_id)
    require_own(tx, key, asked)
    known = find_partner_update(tx, key.id, said.update_id) if said.update_id else None
    if known is not None:
        return known.event_id
    actor = partner(key)
    after = {"status": said.status}
    event_id = add_event(tx, now, actor, TOLD, subject_of(asked), after=after)
    add_partner_update(
        tx,
        PartnerUpdate(
            request_id=asked.id,
            key_id=key.id,
            update_id=said.update_id or f"#{event_id}",
            event_id=event_id,
            status=said.status,
            description=said.description,
            media_url=said.media_url,
        ),
    )
    _follow(tx, actor, asked, said, now)
    return event_id


def require_own(tx: Tx, key: ApiKey, asked: ServiceRequest) -> None:
    """Raise `ForbiddenError` unless this partner brought the request."""
    partner_report = list_partner_reports(tx, [asked.id]).get(asked.id)
    if partner_report is None or partner_report.key_id != key.id:
        raise ForbiddenError(f"request {asked.reference} came from somebody else")


def partner(key: ApiKey) -> Actor:
    """Return the actor of the audit log for a partner that acts for a citizen."""
    return Actor(ActorKind.CITIZEN, f"open311:{key.name}")


def _follow(
    tx: Tx, actor: Actor, asked: ServiceRequest, said: ReceivedUpdate, now: datetime
) -> None:
    if said.wish is Wish.CLOSE and asked.state in STILL_OPEN:
        close_request(tx, actor, asked.id, ClosingReason.WITHDRAWN, said.description, now)
    elif said.wish is Wish.REOPEN and asked.state not in STILL_OPEN and _later(tx, asked, said):
        reopen_request(tx, actor, asked.id, said.description, now)
    elif said.description:
        add_comment(tx, asked.id, actor.id, said.description, now)


def _later(tx: Tx, asked: ServiceRequest, said: ReceivedUpdate) -> bool:
    closed_at = get_clock(tx, asked.id).closed_at
    return closed_at is None or said.said_at >= closed_at
