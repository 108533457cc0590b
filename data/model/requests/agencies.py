"""Requests that other bodies answer, and callers whom somebody calls back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import BodyId, Language, ReferralId, RequestId
from data.model.requests.requests import ServiceRequest


class AgencyKind(StrEnum):
    """What a body of the city or the state looks after."""

    POLICE = "police"
    ELECTRICITY = "electricity"
    HIGHWAYS = "highways"
    RED_CRESCENT = "red_crescent"
    PARKS = "parks"
    FIRE = "fire"
    OTHER = "other"


class ReferralWay(StrEnum):
    """How a request goes to another body; a `MESSAGE` is an e-mail through the outbox."""

    MESSAGE = "message"
    PAPER = "paper"


class ReferralState(StrEnum):
    """What came back; `SENT` waits for an answer, `WITHDRAWN` was taken back by us."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    WITHDRAWN = "withdrawn"


PENDING = frozenset({ReferralState.SENT, ReferralState.ACCEPTED})
"""A body still has the request."""


@dataclass(frozen=True, slots=True)
class Agency:
    """Whom a request may be handed over to, and how to reach them."""

    id: BodyId
    name: str
    kind: AgencyKind
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Referral:
    """A request that went to a body; `with_caller` says whether the caller's phone went along."""

    id: ReferralId
    request_id: RequestId
    body_id: BodyId
    at: datetime
    way: ReferralWay
    note: str = ""
    with_caller: bool = False
    state: ReferralState = ReferralState.SENT
    answer: str = ""
    answered_at: datetime | None = None


class CallOutcome(StrEnum):
    """What came of calling somebody back."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    UNWANTED = "unwanted"


class CallbackReason(StrEnum):
    """What a caller is called back about."""

    DONE = "done"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"
    ANSWERED = "answered"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class CallAttempt:
    """Somebody called a caller back about news."""

    request_id: RequestId
    news: CallbackReason
    at: datetime
    by: str
    outcome: CallOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """A call to make: what about, since when, how often it was tried and when last.

    `language` is the caller's, or empty.
    """

    request: ServiceRequest
    language: Language
    news: CallbackReason
    since: datetime
    tries: int
    tried_at: datetime | None
