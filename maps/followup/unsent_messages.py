"""Messages to callers that did not go out, and why, for the complaints office."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data.model import Notice, NoticeState, RequestId, ServiceRequest
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class UnsentRow:
    """A message: of which request, what it tells, since when, why it is not sent, what follows."""

    request_id: int
    reference: str
    kind: str
    written: str
    why: str
    outcome: str


def unsent_rows(
    notices: Iterable[Notice], requests: Mapping[RequestId, ServiceRequest], t: Translator
) -> list[UnsentRow]:
    """Return the rows of messages, in their order."""
    return [
        UnsentRow(
            request_id=one.request_id,
            reference=requests[one.request_id].reference,
            kind=t(f"message_kind:{one.kind}"),
            written=t.day_time(one.written_at),
            why=t(f"unsent:{one.fault}"),
            outcome=_outcome(one, t),
        )
        for one in notices
        if one.request_id in requests
    ]


def _outcome(one: Notice, t: Translator) -> str:
    if one.state is NoticeState.WAITING:
        return t("will be tried again at {time}", time=t.time(one.due_at))
    return t("will not be sent again: call back if it matters")
