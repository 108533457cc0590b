"""Letters to other bodies through the outbox: what may go out now, and what becomes of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from data.model import Body, BodyLetter, HandOver, HandOverState, NoticeState, ServiceRequest
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.followup.agency_mail import (
    find_body_letter,
    list_body_letters_in,
    list_due_body_letters,
    save_body_letter,
)
from data.store.followup.referrals import get_body, get_hand_over
from data.store.requests.requests import get_request
from fleet.requests.caller_privacy import look_at_caller
from fleet.requests.intake import subject_of
from fleet.requests.outbox import BACK_OFF, MESSENGER


@dataclass(frozen=True, slots=True)
class ToBody:
    """A letter with all that its text and its address need."""

    letter: BodyLetter
    hand_over: HandOver
    asked: ServiceRequest
    body: Body
    caller_phone: str


def claim_body_letters(tx: Tx, now: datetime, most: int) -> list[ToBody]:
    """Return letters to send now, marked as being sent; one of a request taken back is dropped.

    A body is no person: it is written to at night too.
    """
    claimed = []
    for letter in list_due_body_letters(tx, now, most):
        one = get_hand_over(tx, letter.hand_over_id)
        if one.state is HandOverState.WITHDRAWN:
            save_body_letter(tx, replace(letter, state=NoticeState.UNWANTED))
            continue
        sending = replace(letter, state=NoticeState.SENDING, tries=letter.tries + 1, told_at=now)
        save_body_letter(tx, sending)
        asked, phone = get_request(tx, one.request_id), ""
        if one.with_caller:
            caller = look_at_caller(tx, MESSENGER, asked.id, "hand_over", now)
            phone = caller.phone if caller else ""
        claimed.append(ToBody(sending, one, asked, get_body(tx, one.body_id), phone))
    return claimed


def settle_body_letter(
    tx: Tx, sent: ToBody, fault: str, now: datetime, *, again: bool = True
) -> NoticeState:
    """Keep what became of a letter: sent, to be tried again, or given up for paper.

    Parameters
    ----------
    fault
        Why it is not out, in one word; empty where it is.
    again
        Whether another try may succeed.
    """
    letter = sent.letter
    if not fault:
        return _end(tx, sent, NoticeState.SENT, "", now)
    if not again or letter.tries > len(BACK_OFF):
        return _end(tx, sent, NoticeState.FAILED, fault, now)
    due_at = now + BACK_OFF[letter.tries - 1]
    save_body_letter(tx, replace(letter, state=NoticeState.WAITING, due_at=due_at))
    return NoticeState.WAITING


def lose_interrupted_letters(tx: Tx, now: datetime) -> int:
    """Give up letters that were with a gateway when the server was killed; return how many."""
    interrupted = list_body_letters_in(tx, NoticeState.SENDING)
    for letter in interrupted:
        one = get_hand_over(tx, letter.hand_over_id)
        asked, body = get_request(tx, one.request_id), get_body(tx, one.body_id)
        _end(tx, ToBody(letter, one, asked, body, ""), NoticeState.LOST, "interrupted", now)
    return len(interrupted)


def drop_body_letter(tx: Tx, one: HandOver) -> None:
    """Take a letter out of the outbox that has not left: its request is ours again."""
    letter = find_body_letter(tx, one.id)
    if letter is not None and letter.state is NoticeState.WAITING:
        save_body_letter(tx, replace(letter, state=NoticeState.UNWANTED))


def _end(tx: Tx, sent: ToBody, state: NoticeState, fault: str, now: datetime) -> NoticeState:
    save_body_letter(tx, replace(sent.letter, state=state))
    verb = "request.letter_sent" if state is NoticeState.SENT else "request.letter_unsent"
    after = {"hand_over": sent.hand_over.id, "name": sent.body.name, "why": state, "fault": fault}
    add_event(tx, now, MESSENGER, verb, subject_of(sent.asked), after=after)
    return state
