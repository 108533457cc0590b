"""Limits on text messages: they cost money, and anybody can leave any number at a public form."""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.errors import InvalidError
from data.model import Actor, ServiceRequest
from data.requests.phone_number import plain_number
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.public.street_watches import count_watch_messages, count_watch_sms
from data.store.requests.notices import count_reaching, look_again_at
from data.store.requests.phone_confirmations import (
    PhoneConfirmation,
    count_sms,
    count_wrong_code,
    find_confirmation,
    is_confirmed,
    keep_confirmation_code,
    set_confirmed,
    was_asked,
)
from data.store.requests.requests import Caller
from data.store.requests.tracking_codes import find_tracked
from fleet.requests.intake import subject_of
from fleet.requests.tracking_codes import new_code, plain_reference

ABROAD = "abroad"
"""Fault: the number is of a country to which no messages go."""

NOT_CONFIRMED = "not_confirmed"
"""Fault: the number came by a public form, and nobody has given the code of its first message."""

CITY_BUDGET = "city_budget"
"""Fault: the city's messages of 24 hours are used up."""

NUMBER_BUDGET = "number_budget"
"""Fault: the person's messages of 24 hours are used up."""

PUBLIC_CHANNELS = ("web", "open311")
"""Channels by which anybody can leave any number; others are staff who talk with the caller."""

DAY = timedelta(hours=24)
ASK_AGAIN = timedelta(minutes=10)
"""How soon a message is looked at again that waits for its number to be confirmed."""

CODE_BYTES = 6
"""Random bytes of a code in a link; one that is typed has the digits of a tracking code."""

MOST_WRONG = 10
"""Wrong codes of a request after which none is right any more: a typed one could be guessed."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NATIONAL_DIGITS = 8
"""A number that begins with the country's code and has so many digits more has the code."""


@dataclass(frozen=True, slots=True)
class SmsRules:
    """To which countries text messages go, how many a day, and what they ask of new numbers.

    `prefixes` are country codes in digits; without any, only numbers go that are dialled without
    a country code. A number of a public form gets a second message only after somebody gave the
    code of the first: by opening its link where `links` are sent, else by typing it. `or_email`:
    who cannot get a message by phone may get it by e-mail.
    """

    country_code: str = ""
    prefixes: tuple[str, ...] = ()
    a_day: int = 1000
    links: bool = True
    or_email: bool = False

    def __post_init__(self) -> None:
        """Reject a budget of nothing, and prefixes that no number begins with."""
        if self.a_day < 1:
            raise InvalidError("sms_a_day", self.a_day, "at least 1")
        for prefix in self.prefixes:
            if not prefix.isdecimal() or prefix.startswith("0"):
                raise InvalidError("sms_prefixes", prefix, "a country code in digits, like 98")

    def number_for(self, phone: str) -> str:
        """Return a number as a gateway wants it; empty for none, or one of another country."""
        number = dialled_number(phone, self.country_code)
        wanted = self.prefixes or ((self.country_code,) if self.country_code else ())
        if wanted:
            return number if number.startswith(wanted) else ""
        return "" if _has_country(phone) else number


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a message does not go now, and when to look again; `until` is `None` for never."""

    fault: str
    until: datetime | None


def find_hold(
    tx: Tx, asked: ServiceRequest, who: Caller, rules: SmsRules, now: datetime
) -> Hold | None:
    """Return why a text message to a caller must not go now; `None` where it may."""
    if not any(letter.isdecimal() for letter in who.phone):
        return None
    if not rules.number_for(who.phone):
        return None if rules.or_email and who.email else Hold(ABROAD, None)
    if asked.channel in PUBLIC_CHANNELS and not _is_trusted(tx, who):
        return Hold(NOT_CONFIRMED, now + ASK_AGAIN)
    if count_all_sms(tx, now - DAY) >= rules.a_day:
        return Hold(CITY_BUDGET, now + ASK_AGAIN)
    return None


def count_all_reaching(tx: Tx, phone: str, email: str, since: datetime) -> int:
    """Return how many messages went to a person since then, about requests and about streets."""
    who = Caller(name="", phone=phone, salt=b"", email=email)
    about_streets = count_watch_messages(tx, plain_number(phone), email, since)
    return count_reaching(tx, who, since) + about_streets


def count_all_sms(tx: Tx, since: datetime) -> int:
    """Return how many messages went to people with a phone since then."""
    return count_sms(tx, since) + count_watch_sms(tx, since)


def confirmation_code(tx: Tx, asked: ServiceRequest, who: Caller, rules: SmsRules) -> str:
    """Return the code that a message carries beside that of the tracking page.

    The page of the public form shows the other one at once, so only this code proves that somebody
    reads the messages of a number. Empty where no proof is needed.
    """
    asks = asked.channel in PUBLIC_CHANNELS and rules.number_for(who.phone) != ""
    if not asks or is_confirmed(tx, who, PUBLIC_CHANNELS):
        return ""
    new = secrets.token_urlsafe(CODE_BYTES) if rules.links else new_code()
    return keep_confirmation_code(tx, asked.id, new)


def awaits_typed_code(tx: Tx, asked: ServiceRequest, who: Caller) -> bool:
    """Whether a message without a link asks its reader for a code, which may still be right."""
    sent = find_confirmation(tx, asked.id)
    if sent is None or not sent.code.isdecimal() or sent.wrong_codes >= MOST_WRONG:
        return False
    return not is_confirmed(tx, who, PUBLIC_CHANNELS)


def confirm_number(tx: Tx, actor: Actor, asked: ServiceRequest, code: str, now: datetime) -> bool:
    """Write down that somebody reads the messages about a request, who gives the code of one.

    What waited for that goes out. False for another code, which is counted, and where `MOST_WRONG`
    came before.
    """
    sent = find_confirmation(tx, asked.id)
    if sent is None or sent.wrong_codes >= MOST_WRONG:
        return False
    if not _is_code(sent, code):
        count_wrong_code(tx, asked.id)
        return False
    if sent.confirmed_at is None:
        set_confirmed(tx, asked.id, now)
        add_event(tx, now, actor, "request.number_confirmed", subject_of(asked))
        look_again_at(tx, asked.id, NOT_CONFIRMED, now)
    return True


def confirm_by_reference(tx: Tx, actor: Actor, reference: str, code: str, now: datetime) -> bool:
    """Do what `confirm_number` does, for the number of a request as people say it."""
    found = find_tracked(tx, plain_reference(reference))
    return found is not None and confirm_number(tx, actor, found[0], code, now)


def _is_code(sent: PhoneConfirmation, code: str) -> bool:
    typed = _digits(code) if sent.code.isdecimal() else code
    return hmac.compare_digest(sent.code.encode(), typed.encode())


def dialled_number(phone: str, country_code: str) -> str:
    """Return a phone number in digits with the country's code, where that is known.

    The code replaces the first 0, or stands before a number that has neither.
    """
    digits = _digits(phone)
    if _has_country(phone):
        return digits.removeprefix("00") if not phone.strip().startswith("+") else digits
    if not country_code or not digits:
        return digits
    if digits.startswith("0"):
        return country_code + digits.lstrip("0")
    has_code = digits.startswith(country_code)
    if has_code and len(digits) - len(country_code) >= NATIONAL_DIGITS:
        return digits
    return country_code + digits


def _is_trusted(tx: Tx, who: Caller) -> bool:
    """Whether a number has had no message with a code yet, or is known to be read by its owner."""
    asked = count_reaching(tx, who, BEGINNING) > 0 and was_asked(tx, who)
    return not asked or is_confirmed(tx, who, PUBLIC_CHANNELS)


def _has_country(phone: str) -> bool:
    return phone.strip().startswith("+") or _digits(phone).startswith("00")


def _digits(phone: str) -> str:
    found = (unicodedata.decimal(letter, None) for letter in phone)
    return "".join(str(digit) for digit in found if digit is not None)
