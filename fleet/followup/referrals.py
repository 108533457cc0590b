"""Referrals of requests to agencies, and the agencies' answers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError
from data.model import (
    PENDING,
    Actor,
    Agency,
    AgencyId,
    ClosingReason,
    Notice,
    Referral,
    ReferralId,
    ReferralState,
    ReferralWay,
    RequestId,
    RequestState,
    ServiceRequest,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.referrals import (
    add_referral,
    agencies_of,
    find_pending_referral,
    get_agency,
    get_referral,
    last_referrals,
    list_agencies,
    update_referral,
)
from data.store.requests.notices import list_agency_messages
from data.store.requests.requests import get_request
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.intake import subject_of
from fleet.requests.notices import drop_agency_message, write_agency_message

NEW = ReferralId(0)
"""Id of a referral that the database has not numbered yet."""

ANSWERS = frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.DONE})


@dataclass(frozen=True, slots=True)
class ReferralWish:
    """A referral to make: to which agency, by which way, and with which note."""

    agency_id: AgencyId
    way: ReferralWay
    note: str = ""
    with_caller: bool = False


def refer(
    tx: Tx, actor: Actor, asked: ServiceRequest, handing: ReferralWish, now: datetime
) -> ServiceRequest:
    """Refer a request to an agency; its message goes to the outbox in the same transaction.

    Raises `InvalidError` for a message to an agency without an e-mail address, `ConflictError`
    where the agency left the register, another one has the request or it is closed.
    """
    agency = get_agency(tx, handing.agency_id)
    if agency.retired:
        raise ConflictError(f"{agency.name} is retired", reason="agency_retired", name=agency.name)
    if handing.way is ReferralWay.MESSAGE and not agency.email:
        raise InvalidError("way", handing.way, "an agency with an e-mail address")
    gone = close_request(tx, actor, asked.id, ClosingReason.HANDED_OVER, "", now)
    new = Referral(
        id=NEW,
        request_id=asked.id,
        agency_id=agency.id,
        at=now,
        way=handing.way,
        note=handing.note.strip(),
        with_caller=handing.with_caller,
    )
    referral_id = add_referral(tx, new)
    if new.way is ReferralWay.MESSAGE:
        write_agency_message(tx, replace(new, id=referral_id), now)
    after = {"referral": referral_id, "agency": agency.id, "name": agency.name, "way": new.way}
    add_event(tx, now, actor, "request.referred", subject_of(asked), after=after)
    return gone


def take_answer(
    tx: Tx,
    actor: Actor,
    referral_id: ReferralId,
    state: ReferralState,
    answer: str,
    now: datetime,
) -> Referral:
    """Record an agency's answer; a declined request comes back to us.

    Raises `InvalidError` for what is no answer, `ConflictError` where the agency does not have the
    request any more.
    """
    if state not in ANSWERS:
        raise InvalidError("state", state, "an answer of the agency")
    before = get_referral(tx, referral_id)
    asked = get_request(tx, before.request_id)
    if before.state not in PENDING:
        raise _over(asked)
    answered = replace(before, state=state, answer=answer.strip(), answered_at=now)
    update_referral(tx, answered)
    change = ({"answer": before.state}, {"referral": referral_id, "answer": state})
    add_event(tx, now, actor, "request.answered", subject_of(asked), *change)
    if state is ReferralState.DECLINED and asked.state is RequestState.HANDED_OVER:
        reopen_request(tx, actor, asked.id, answer, now)
    return answered


def agency_messages_of(tx: Tx, given: Collection[Referral]) -> dict[ReferralId, Notice]:
    """Return the messages of these referrals; those that went by paper have none."""
    return list_agency_messages(tx, given)


def withdraw_referral(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> None:
    """Withdraw a referral; `ConflictError` where no agency has the request."""
    pending = find_pending_referral(tx, asked.id)
    if pending is None:
        raise _over(asked)
    withdrawn = replace(pending, state=ReferralState.WITHDRAWN, answered_at=now)
    update_referral(tx, withdrawn)
    drop_agency_message(tx, withdrawn)
    change = ({"answer": pending.state}, {"referral": pending.id, "answer": withdrawn.state})
    add_event(tx, now, actor, "request.referral_withdrawn", subject_of(asked), *change)


def _over(asked: ServiceRequest) -> ConflictError:
    return ConflictError(
        f"no agency has request {asked.reference} any more",
        reason="no_referral",
        reference=asked.reference,
    )


def agency_names(tx: Tx, asked: Iterable[ServiceRequest]) -> dict[RequestId, str]:
    """Return the agency of each of these requests that was referred."""
    given = [one.id for one in asked if one.state is RequestState.HANDED_OVER]
    return agencies_of(tx, given)


def referrals_of(
    tx: Tx, request_ids: Collection[RequestId]
) -> tuple[dict[RequestId, Referral], list[Agency]]:
    """Return the newest referral of each of these requests, and all agencies."""
    return last_referrals(tx, request_ids), list_agencies(tx)
