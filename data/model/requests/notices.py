"""Messages to callers and other agencies: each is written down once, and sent later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import NoticeId, RequestId


class NoticeKind(StrEnum):
    """What a message tells; `LETTER` goes to the agency that a request was handed over to."""

    ACKNOWLEDGED = "acknowledged"
    PLANNED = "planned"
    DONE = "done"
    REOPENED = "reopened"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    LETTER = "letter"


class NoticeState(StrEnum):
    """`SENDING` is with a gateway; `STALE` was not worth saying any more; `UNWANTED` by the caller.

    `LOST` was with a gateway when the server stopped: nobody knows, so nobody sends it twice.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    STALE = "stale"
    UNWANTED = "unwanted"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message about one request; `nth` tells one of a kind from the next of that kind.

    `facts` is what its sentence needs, as it was when the thing happened; who gets it is not here.
    `fault` is why it did not go out, in one word. A letter's `nth` is the number of its referral,
    which says all the rest.
    """

    id: NoticeId
    request_id: RequestId
    kind: NoticeKind
    nth: int
    facts: dict[str, str]
    state: NoticeState
    written_at: datetime
    due_at: datetime
    stale_at: datetime
    tries: int = 0
    told_at: datetime | None = None
    fault: str = ""
