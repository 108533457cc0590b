"""Which callers have shown that they get messages, as rows: their numbers are their own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data.model import NoticeKind, RequestId
from data.store.database.engine import Tx
from data.store.database.records import first_record
from data.store.requests.notices import ONGOING, same_number
from data.store.requests.requests import Caller
from data.store.schema import caller, notice, phone_confirmation, request


@dataclass(frozen=True, slots=True)
class PhoneConfirmation:
    """The code that messages about a request carry; how often another one was given."""

    code: str
    confirmed_at: datetime | None
    wrong_codes: int


def keep_confirmation_code(tx: Tx, request_id: RequestId, new: str) -> str:
    """Return the code that messages about a request carry: the one it has, or a new one."""
    row = insert(phone_confirmation).values(request_id=request_id, code=new)
    tx.execute(row.on_conflict_do_nothing())
    code = phone_confirmation.c.code
    wanted = phone_confirmation.c.request_id == request_id
    return str(tx.execute(select(code).where(wanted)).scalar_one())


def find_confirmation(tx: Tx, request_id: RequestId) -> PhoneConfirmation | None:
    """Return the code that messages about a request carry, and what became of it."""
    query = select(phone_confirmation).where(phone_confirmation.c.request_id == request_id)
    return first_record(PhoneConfirmation, tx.execute(query))


def set_confirmed(tx: Tx, request_id: RequestId, now: datetime) -> None:
    """Write down that a caller got a message; the caller of this compared the code."""
    wanted = phone_confirmation.c.request_id == request_id
    tx.execute(update(phone_confirmation).where(wanted).values(confirmed_at=now))


def count_wrong_code(tx: Tx, request_id: RequestId) -> None:
    """Count a wrong code."""
    wanted = phone_confirmation.c.request_id == request_id
    wrong = phone_confirmation.c.wrong_codes + 1
    tx.execute(update(phone_confirmation).where(wanted).values(wrong_codes=wrong))


def was_asked(tx: Tx, who: Caller) -> bool:
    """Whether a message to this number carried a code."""
    query = (
        select(caller.c.request_id)
        .join(phone_confirmation, phone_confirmation.c.request_id == caller.c.request_id)
        .where(same_number(who))
    )
    return bool(tx.execute(select(exists(query))).scalar_one())


def is_confirmed(tx: Tx, who: Caller, public: Collection[str]) -> bool:
    """Whether somebody with this number gave a code, or asked by another channel than these."""
    query = (
        select(caller.c.request_id)
        .join(request, request.c.id == caller.c.request_id)
        .outerjoin(phone_confirmation, phone_confirmation.c.request_id == caller.c.request_id)
        .where(
            same_number(who),
            or_(phone_confirmation.c.confirmed_at.is_not(None), request.c.channel.not_in(public)),
        )
    )
    return bool(tx.execute(select(exists(query))).scalar_one())


def count_sms(tx: Tx, since: datetime) -> int:
    """Return how many messages went to callers with a phone since then."""
    query = (
        select(func.count())
        .select_from(notice.join(caller, caller.c.request_id == notice.c.request_id))
        .where(
            caller.c.phone != "",
            notice.c.kind != NoticeKind.LETTER,
            notice.c.state.in_(ONGOING),
            notice.c.told_at > since,
        )
    )
    return int(tx.execute(query).scalar_one())
