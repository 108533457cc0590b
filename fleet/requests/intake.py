"""Intake of a request: validated, numbered and stored with its caller and tracking code."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError
from data.model import (
    Actor,
    Danger,
    Language,
    LonLat,
    NoticeKind,
    RequestKind,
    RequestState,
    ServiceRequest,
    Treatment,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.requests import (
    Caller,
    add_caller,
    add_request,
    find_request_by_key,
    next_request_id,
)
from data.store.requests.tracking_codes import add_tracking_code
from fleet.requests.notices import write_notice
from fleet.requests.tracking_codes import new_code

TEXT_LETTERS = 4000
SHORT_LETTERS = 200
SALT_BYTES = 16

CALLER_FIELDS = ("caller_name", "caller_phone", "caller_email")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
"""Enough to catch a slip; only a message can tell whether an address is somebody's."""

TREATMENTS: Mapping[RequestKind, Treatment] = {
    RequestKind.PLOW: Treatment.PLOW,
    RequestKind.ICE: Treatment.SALT,
    RequestKind.BLOCKED: Treatment.PLOW,
}
"""What the machines on streets can do; a plow proves nothing of a sidewalk or a tree."""


@dataclass(frozen=True, slots=True)
class Report:
    """A new request as received: the caller's text, place, pin and contact.

    `consent` is the caller's wish for messages, in `language` where it is known.
    """

    channel: str
    kind: RequestKind
    text: str = ""
    address: str = ""
    location: LonLat | None = None
    caller_name: str = ""
    caller_phone: str = ""
    caller_email: str = ""
    language: Language = ""
    consent: bool = False
    idempotency_key: str | None = None
    dangers: tuple[Danger, ...] = ()

    def __post_init__(self) -> None:
        """Reject an empty or too long report."""
        if not (self.text.strip() or self.address.strip() or self.location):
            raise InvalidError("text", self.text, "words, an address or a place")
        if len(self.text) > TEXT_LETTERS:
            raise InvalidError("text", f"{len(self.text)} letters", f"at most {TEXT_LETTERS}")
        for name in ("channel", "address", *CALLER_FIELDS, "language"):
            if len(getattr(self, name)) > SHORT_LETTERS:
                raise InvalidError(name, getattr(self, name), f"at most {SHORT_LETTERS} letters")
        if self.caller_email and not EMAIL.fullmatch(self.caller_email):
            raise InvalidError("caller_email", self.caller_email, "an e-mail address")
        if self.consent and not (self.caller_phone or self.caller_email):
            raise InvalidError("consent", self.consent, "a phone number or an e-mail address")

    def under(self, key: str) -> "Report":
        """Return the report with an idempotency key."""
        return replace(self, idempotency_key=key)

    @property
    def has_contact(self) -> bool:
        """Whether it has a name or contact of the caller."""
        return any(getattr(self, name) for name in CALLER_FIELDS)


def receive(tx: Tx, actor: Actor, report: Report, now: datetime) -> ServiceRequest:
    """Store a request; a repeated idempotency key returns the one already stored.

    The audit log gets a salted digest of who called, so that erasing the caller erases all.
    """
    if report.idempotency_key is not None:
        known = find_request_by_key(tx, report.idempotency_key)
        if known is not None:
            return known
    request_id = next_request_id(tx)
    asked = ServiceRequest(
        id=request_id,
        reference=f"B-{request_id:04d}",
        received_at=now,
        channel=report.channel,
        text=report.text.strip(),
        kind=report.kind,
        state=RequestState.NEW,
        address=report.address.strip(),
        location=report.location,
        dangers=report.dangers,
    )
    salt = secrets.token_bytes(SALT_BYTES)
    add_request(tx, asked, report.idempotency_key, salt)
    after: dict[str, object] = {
        "reference": asked.reference,
        "channel": asked.channel,
        "kind": asked.kind,
        "state": asked.state,
        "dangers": list(asked.dangers),
        "words_digest": salted_digest(salt, asked.text),
    }
    if report.has_contact:
        who = _caller(report)
        add_caller(tx, request_id, who)
        after["caller_digest"] = caller_digest(who)
    add_event(tx, now, actor, "request.received", subject_of(asked), after=after)
    add_tracking_code(tx, request_id, new_code())
    write_notice(tx, request_id, NoticeKind.ACKNOWLEDGED, {}, now)
    return asked


def wrong_state(asked: ServiceRequest) -> ConflictError:
    """Return the error that a request is in the wrong state for a change."""
    return ConflictError(
        f"request {asked.reference} is {asked.state}",
        reason="request_state",
        request=asked.id,
        reference=asked.reference,
        state=str(asked.state),
    )


def no_place(asked: ServiceRequest) -> ConflictError:
    """Return the error that nobody knows where a request is."""
    return ConflictError(
        f"request {asked.reference} has no place",
        reason="request_unplaced",
        request=asked.id,
        reference=asked.reference,
    )


def subject_of(asked: ServiceRequest) -> str:
    """Return the subject of a request in the audit log."""
    return f"request:{asked.id}"


def _caller(report: Report) -> Caller:
    return Caller(
        name=report.caller_name,
        phone=report.caller_phone,
        salt=secrets.token_bytes(SALT_BYTES),
        email=report.caller_email,
        language=report.language,
        consent=report.consent,
    )


def caller_digest(who: Caller) -> str:
    """Return a salted digest of the caller for the audit log."""
    return salted_digest(who.salt, "\n".join((who.name, who.phone, *filter(None, [who.email]))))


def salted_digest(salt: bytes, text: str) -> str:
    """Return a digest that cannot be guessed once the salt is erased."""
    return hashlib.sha256(salt + text.encode()).hexdigest()
