"""Requests that other agencies answer, and callers whom somebody calls back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import AgencyId, Language, ReferralId, RequestId
from data.model.requests.requests import ServiceRequest


class AgencyKind(StrEnum):
    """What an agency of the city or the state looks after."""

    POLICE = "police"
    ELECTRICITY = "electricity"
    HIGHWAYS = "highways"
    RED_CRESCENT = "red_crescent"
    PARKS = "parks"
    FIRE = "fire"
    OTHER = "other"


class ReferralWay(StrEnum):
    """How a request goes to another agency; a `MESSAGE` is an e-mail through the outbox."""

    MESSAGE = "message"
    PAPER = "paper"


class ReferralState(StrEnum):
    """State of a referral; `SENT` waits for an answer, `WITHDRAWN` was taken back by us."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    WITHDRAWN = "withdrawn"


PENDING = frozenset({ReferralState.SENT, ReferralState.ACCEPTED})
"""An agency still has the request."""


@dataclass(frozen=True, slots=True)
class Agency:
    """Whom a request may be referred to, and how to reach them."""

    id: AgencyId
    name: str
    kind: AgencyKind
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Referral:
    """A request referred to an agency; `with_caller` says whether the caller's phone was sent."""

    id: ReferralId
    request_id: RequestId
    agency_id: AgencyId
    at: datetime
    way: ReferralWay
    note: str = ""
    with_caller: bool = False
    state: ReferralState = ReferralState.SENT
    answer: str = ""
    answered_at: datetime | None = None


class CallOutcome(StrEnum):
    """Outcome of a callback."""

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
    """A callback that was tried, with its outcome."""

    request_id: RequestId
    news: CallbackReason
    at: datetime
    by: str
    outcome: CallOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback to make: its reason, since when, number of tries and time of the last.

    `language` is the caller's, or empty.
    """

    request: ServiceRequest
    language: Language
    news: CallbackReason
    since: datetime
    tries: int
    tried_at: datetime | None
