"""The outbox: which messages may be sent now, to whom, and their results."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.errors import InvalidError
from data.model import (
    Actor,
    ActorKind,
    Agency,
    Notice,
    NoticeKind,
    NoticeState,
    Referral,
    ReferralId,
    ReferralState,
    ServiceRequest,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.referrals import get_agency, get_referral
from data.store.requests.notices import (
    list_due_notices,
    list_sending,
    set_notice,
    set_sending,
)
from data.store.requests.requests import Caller, find_caller, get_request
from data.store.requests.sla_clocks import mark_caller_told
from data.store.requests.tracking_codes import find_tracking_code
from fleet.requests.caller_privacy import read_caller
from fleet.requests.sms_limits import (
    DAY,
    NUMBER_BUDGET,
    Hold,
    SmsRules,
    confirmation_code,
    count_all_reaching,
    find_hold,
)

MESSENGER = Actor(ActorKind.SYSTEM, "messenger")
"""Who the audit log names where somebody was told."""

BACK_OFF = tuple(timedelta(minutes=wait) for wait in (1, 5, 15, 60, 180))
"""How long a message waits after each failed try; after the last one it is given up."""

ANSWERED = timedelta(minutes=2)
"""Time within which a gateway has answered: Apprise waits 4 s for each step of SMS, 15 s of e-mail.

The outcome of a message that takes longer is stored all the same, once it is known.
"""

LOOKED_AT = 40
"""Messages due that one look goes through, since many may have to wait for the morning."""

PROMPT = frozenset({NoticeKind.ACKNOWLEDGED, NoticeKind.REOPENED})
"""What answers somebody who has just asked, and is awake."""


ENDINGS = frozenset({NoticeKind.DONE, NoticeKind.HANDED_OVER, NoticeKind.CLOSED})
"""What tells a caller how a request ended, and stops its last clock."""


@dataclass(frozen=True, slots=True)
class OutboxRules:
    """Quiet hours in local time, and the most messages a day for each caller."""

    quiet_from: time = time(22, 0)
    quiet_until: time = time(7, 0)
    most_a_day: int = 12

    def __post_init__(self) -> None:
        """Reject a limit below one message."""
        if self.most_a_day < 1:
            raise InvalidError("most_a_day", self.most_a_day, "at least 1")


@dataclass(frozen=True, slots=True)
class AgencyMessage:
    """Referral, agency and caller's phone of a message to an agency."""

    referral: Referral
    agency: Agency
    caller_phone: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message with what its text and address need; `code` opens the request's page.

    `agency_message` is `None` where it goes to the caller; `confirm` in its link then proves that
    the caller reads it.
    """

    notice: Notice
    asked: ServiceRequest
    who: Caller
    code: str
    agency_message: AgencyMessage | None = None
    confirm: str = ""


def claim_messages(
    tx: Tx,
    rules: OutboxRules,
    timezone: str,
    now: datetime,
    most: int,
    sms: SmsRules | None = None,
) -> list[OutgoingMessage]:
    """Return at most so many messages to send now, marked as `SENDING`.

    Others that are due stay so, wait for a better hour, or are dropped. Quiet hours and limits are
    for callers, not for agencies; `sms` are those of text messages, where there is a gateway.
    """
    letters: list[OutgoingMessage] = []
    for notice in list_due_notices(tx, now, LOOKED_AT):
        if len(letters) == most:
            break
        if notice.kind is NoticeKind.LETTER:
            letter = _message_to_agency(tx, notice, now)
        else:
            letter = _message_to_caller(tx, notice, rules, sms, timezone, now)
        if letter is not None:
            set_sending(tx, notice.id, notice.tries + 1, now)
            letters.append(letter)
    return letters


def _message_to_caller(
    tx: Tx,
    notice: Notice,
    rules: OutboxRules,
    sms: SmsRules | None,
    timezone: str,
    now: datetime,
) -> OutgoingMessage | None:
    """Return a message to a caller; `None` where it is not to be sent, or not now."""
    who, asked = find_caller(tx, notice.request_id), get_request(tx, notice.request_id)
    if who is None or not who.consent:
        _end(tx, notice, NoticeState.UNWANTED, "", now)
        return None
    if now >= notice.stale_at:
        _end(tx, notice, NoticeState.STALE, notice.fault, now)
        return None
    hold = _quiet_hold(notice, rules, timezone, now)
    if hold is None and sms is not None:
        hold = find_hold(tx, asked, who, sms, now)
    hold = hold or _number_hold(tx, who, rules, now)
    if hold is not None and hold.until is None:
        _end(tx, notice, NoticeState.FAILED, hold.fault, now)
        return None
    if hold is not None and hold.until is not None:
        set_notice(tx, notice.id, NoticeState.WAITING, hold.until, hold.fault)
        return None
    code = find_tracking_code(tx, asked.id) or ""
    confirm = confirmation_code(tx, asked, who, sms) if sms is not None else ""
    return OutgoingMessage(notice, asked, who, code, confirm=confirm)


def _message_to_agency(tx: Tx, notice: Notice, now: datetime) -> OutgoingMessage | None:
    """Return a message to an agency; `None` where its referral was withdrawn."""
    one = get_referral(tx, ReferralId(notice.nth))
    if one.state is ReferralState.WITHDRAWN:
        set_notice(tx, notice.id, NoticeState.UNWANTED, notice.due_at)
        return None
    agency, phone = get_agency(tx, one.agency_id), ""
    if one.with_caller:
        caller = read_caller(tx, MESSENGER, notice.request_id, "referral", now)
        phone = caller.phone if caller else ""
    asked, who = get_request(tx, notice.request_id), Caller(agency.name, "", b"", agency.email)
    return OutgoingMessage(notice, asked, who, "", AgencyMessage(one, agency, phone))


def settle_message(
    tx: Tx, letter: OutgoingMessage, fault: str, now: datetime, *, again: bool = True
) -> NoticeState:
    """Store the result of sending: sent, to be retried, or given up.

    Parameters
    ----------
    fault
        Why the gateway did not take it, in one word; empty where it did.
    again
        Whether another try may succeed.
    """
    notice, tries = letter.notice, letter.notice.tries + 1
    if not fault:
        _end(tx, notice, NoticeState.SENT, "", now)
        if notice.kind in ENDINGS:
            mark_caller_told(tx, [notice.request_id], now)
        return NoticeState.SENT
    if not again or tries > len(BACK_OFF):
        _end(tx, notice, NoticeState.FAILED, fault, now)
        return NoticeState.FAILED
    set_notice(tx, notice.id, NoticeState.WAITING, now + BACK_OFF[tries - 1], fault)
    return NoticeState.WAITING


def list_interrupted(tx: Tx, now: datetime) -> list[Notice]:
    """Return the messages that no server is sending any more, without an outcome."""
    return list_sending(tx, now - ANSWERED)


def lose_interrupted(tx: Tx, now: datetime) -> int:
    """Give up messages that were being sent when a server stopped; return how many.

    Nobody knows whether they arrived, and a message that comes twice is worth less than a call.
    Younger ones than `ANSWERED` stay: a server that led until now may still be sending them.
    """
    interrupted = list_interrupted(tx, now)
    for notice in interrupted:
        _end(tx, notice, NoticeState.LOST, "interrupted", now)
    return len(interrupted)


def quiet_end(rules: OutboxRules, timezone: str, now: datetime) -> datetime | None:
    """Return the end of the present quiet hours; `None` outside of them."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    clock, start, end = local.time(), rules.quiet_from, rules.quiet_until
    overnight = start > end
    quiet = (clock >= start or clock < end) if overnight else start <= clock < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if overnight and clock >= start else 0)
    return datetime.combine(day, end, zone).astimezone(now.tzinfo)


def _quiet_hold(notice: Notice, rules: OutboxRules, timezone: str, now: datetime) -> Hold | None:
    end = None if notice.kind in PROMPT else quiet_end(rules, timezone, now)
    return None if end is None else Hold(notice.fault, end)


def _number_hold(tx: Tx, who: Caller, rules: OutboxRules, now: datetime) -> Hold | None:
    if count_all_reaching(tx, who.phone, who.email, now - DAY) < rules.most_a_day:
        return None
    return Hold(NUMBER_BUDGET, now + timedelta(hours=1))


def _end(tx: Tx, notice: Notice, state: NoticeState, fault: str, now: datetime) -> None:
    """Store the final state of a message, and write it to the audit log."""
    set_notice(tx, notice.id, state, notice.due_at, fault)
    sent, why = state is NoticeState.SENT, {"why": state, "fault": fault}
    after: dict[str, object] = {"kind": notice.kind, "nth": notice.nth} | ({} if sent else why)
    verb = "request.told" if sent else "request.untold"
    if notice.kind is NoticeKind.LETTER:
        one = get_referral(tx, ReferralId(notice.nth))
        after = {"referral": one.id, "name": get_agency(tx, one.agency_id).name} | why
        verb = "request.letter_sent" if sent else "request.letter_unsent"
    add_event(tx, now, MESSENGER, verb, f"request:{notice.request_id}", after=after)
