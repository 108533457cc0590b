"""Text messages to numbers that anybody can leave at a public form."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from data.errors import InvalidError
from data.model import Actor, ActorKind, NoticeKind, NoticeState, ServiceRequest
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.requests.data_retention import erase_people
from data.store.requests.notices import list_notices, list_unsent
from data.store.schema import phone_confirmation
from fleet.requests.notices import write_notice
from fleet.requests.outbox import OutboxRules, OutgoingMessage, claim_messages, settle_message
from fleet.requests.sms_limits import (
    ABROAD,
    CITY_BUDGET,
    MOST_WRONG,
    NOT_CONFIRMED,
    NUMBER_BUDGET,
    SmsRules,
    awaits_typed_code,
    confirm_by_reference,
    confirm_number,
    dialled_number,
)
from fleet.requests.tracking_codes import CODE_DIGITS
from tests.fleet.requests.test_notices import HOUR, NOON, TEHRAN, asked

IRAN = SmsRules(country_code="98")
TYPED = SmsRules(country_code="98", links=False)
CALLER = Actor(ActorKind.SYSTEM, "citizen")
OFFICE = Actor(ActorKind.USER, "leila")
CLOSED = {"reason": "melted"}
MINUTE = timedelta(minutes=1)


def sent(tx: Tx, now: datetime = NOON, sms: SmsRules = IRAN, most: int = 12) -> list[str]:
    """Return to whom messages go now."""
    return [one.who.phone or one.who.email for one in claimed(tx, now, sms, most)]


def claimed(
    tx: Tx, now: datetime = NOON, sms: SmsRules = IRAN, most: int = 12
) -> list[OutgoingMessage]:
    messages = claim_messages(tx, OutboxRules(most_a_day=most), TEHRAN, now, 100, sms)
    for one in messages:
        settle_message(tx, one, "", now)
    return messages


def unsent(tx: Tx) -> list[tuple[NoticeState, str]]:
    return [(one.state, one.fault) for one in list_unsent(tx, NOON - HOUR)]


def closed(tx: Tx, request: ServiceRequest, now: datetime = NOON) -> None:
    """Something to tell after the first message."""
    write_notice(tx, request.id, NoticeKind.CLOSED, CLOSED, now)


@pytest.mark.parametrize(
    "phone",
    ["+44 7911 123456", "0044 7911 123456", "+881 6 12345678", "۰۰۴۴۷۹۱۱۱۲۳۴۵۶", "+1 900 555 0100"],
)
def test_no_message_goes_to_another_country_and_the_office_sees_why(tx: Tx, phone: str) -> None:
    asked(tx, caller_phone=phone)
    assert sent(tx) == []
    assert unsent(tx) == [(NoticeState.FAILED, ABROAD)]


@pytest.mark.parametrize("phone", ["0914 123 4567", "+98 914 123 4567", "0098-914-123-4567"])
def test_numbers_of_the_citys_own_country_get_messages(tx: Tx, phone: str) -> None:
    asked(tx, caller_phone=phone)
    assert sent(tx) == [phone]
    assert unsent(tx) == []


def test_a_city_near_a_border_allows_both_countries(tx: Tx) -> None:
    both = SmsRules(country_code="98", prefixes=("98", "90"))
    asked(tx, caller_phone="+90 532 123 4567")
    asked(tx, caller_phone="+44 7911 123456")
    assert sent(tx, sms=both) == ["+90 532 123 4567"]


def test_without_a_country_only_numbers_dialled_without_one_get_messages(tx: Tx) -> None:
    asked(tx, caller_phone="0914 123 4567")
    asked(tx, caller_phone="+98 914 765 4321")
    assert sent(tx, sms=SmsRules()) == ["0914 123 4567"]


def test_who_left_an_address_beside_a_foreign_number_gets_an_e_mail(tx: Tx) -> None:
    asked(tx, caller_phone="+44 7911 123456", caller_email="a@b.ir")
    assert sent(tx, sms=SmsRules(country_code="98", or_email=True)) == ["+44 7911 123456"]
    assert unsent(tx) == []


def test_a_number_of_the_public_form_gets_a_second_message_after_its_link_was_opened(
    tx: Tx,
) -> None:
    request = asked(tx)
    (first,) = claimed(tx)
    assert first.confirm
    closed(tx, request)
    assert sent(tx) == []
    assert unsent(tx) == [(NoticeState.WAITING, NOT_CONFIRMED)]
    assert not confirm_number(tx, CALLER, request, "guess", NOON)
    assert sent(tx, NOON + 11 * MINUTE) == []
    assert confirm_number(tx, CALLER, request, first.confirm, NOON + 12 * MINUTE)
    (second,) = claimed(tx, NOON + 12 * MINUTE)
    assert (second.notice.kind, second.confirm) == (NoticeKind.CLOSED, "")
    assert unsent(tx) == []


def test_what_is_never_confirmed_is_stale_in_the_end_and_says_why(tx: Tx) -> None:
    request = asked(tx)
    sent(tx)
    closed(tx, request)
    for hours in range(50):
        assert sent(tx, NOON + hours * HOUR) == []
    assert unsent(tx) == [(NoticeState.STALE, NOT_CONFIRMED)]


def test_many_reports_with_one_number_cause_one_message_however_it_is_written(tx: Tx) -> None:
    for phone in ("0914 123 4567", "09141234567", "+98 914 123 4567", "۰۹۱۴۱۲۳۴۵۶۷"):
        asked(tx, caller_phone=phone)
    assert len(sent(tx)) == 1
    assert [fault for _, fault in unsent(tx)] == [NOT_CONFIRMED] * 3


def test_a_number_that_opened_a_link_once_is_known_for_the_next_request(tx: Tx) -> None:
    request = asked(tx)
    (first,) = claimed(tx)
    confirm_number(tx, CALLER, request, first.confirm, NOON)
    asked(tx, NOON + HOUR, caller_phone="+98 914 123 4567")
    assert len(sent(tx, NOON + HOUR)) == 1


def test_erasing_a_caller_takes_the_code_of_the_link_along(tx: Tx) -> None:
    request = asked(tx)
    (first,) = claimed(tx)
    erase_people(tx, [request.id])
    assert not confirm_number(tx, CALLER, request, first.confirm, NOON)


def test_who_has_talked_with_staff_needs_to_confirm_nothing(tx: Tx) -> None:
    request = asked(tx, channel="phone")
    (first,) = claimed(tx)
    assert first.confirm == ""
    closed(tx, request)
    assert len(sent(tx)) == 1


def test_without_links_a_number_gets_a_second_message_after_its_code_was_typed(tx: Tx) -> None:
    request = asked(tx)
    (first,) = claimed(tx, sms=TYPED)
    assert len(first.confirm) == CODE_DIGITS
    assert awaits_typed_code(tx, request, first.who)
    closed(tx, request)
    assert sent(tx, sms=TYPED) == []
    assert unsent(tx) == [(NoticeState.WAITING, NOT_CONFIRMED)]
    assert not confirm_number(tx, CALLER, request, first.code, NOON)  # the public page shows it
    in_persian = first.confirm.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert confirm_number(tx, CALLER, request, f" {in_persian[:4]} {in_persian[4:]}", NOON)
    assert not awaits_typed_code(tx, request, first.who)
    (second,) = claimed(tx, sms=TYPED)
    assert (second.notice.kind, second.confirm) == (NoticeKind.CLOSED, "")


def test_a_code_that_was_guessed_too_often_is_right_no_more(tx: Tx) -> None:
    request = asked(tx)
    (first,) = claimed(tx, sms=TYPED)
    for _ in range(MOST_WRONG):
        assert not confirm_number(tx, CALLER, request, f"1{first.confirm}", NOON)
    assert not confirm_number(tx, CALLER, request, first.confirm, NOON)
    assert not awaits_typed_code(tx, request, first.who)


def test_staff_give_the_code_for_a_caller_by_the_number_of_the_request(tx: Tx) -> None:
    request = asked(tx)
    (first,) = claimed(tx, sms=TYPED)
    assert not confirm_by_reference(tx, OFFICE, "B-9999", first.confirm, NOON)
    assert confirm_by_reference(tx, OFFICE, request.reference.lower(), first.confirm, NOON)
    line = list_events(tx)[-1]
    assert (line.verb, line.actor) == ("request.number_confirmed", OFFICE)


def test_a_number_that_was_never_asked_for_a_code_is_asked_in_its_next_message(tx: Tx) -> None:
    """A city that updates has told numbers something without a code: they could give none."""
    request = asked(tx)
    claimed(tx, sms=TYPED)
    tx.execute(delete(phone_confirmation))
    closed(tx, request)
    (second,) = claimed(tx, sms=TYPED)
    assert second.confirm


def test_a_city_sends_so_many_messages_a_day_and_goes_on_the_next(tx: Tx) -> None:
    few = SmsRules(country_code="98", a_day=2)
    for number in range(4):
        asked(tx, caller_phone=f"0914 000 000{number}")
    assert len(sent(tx, sms=few)) == 2
    assert unsent(tx) == [(NoticeState.WAITING, CITY_BUDGET)] * 2
    for number in range(4, 6):
        asked(tx, NOON + 24 * HOUR, caller_phone=f"0914 000 000{number}")
    assert len(sent(tx, NOON + 24 * HOUR + MINUTE, few)) == 2


def test_a_person_gets_so_many_messages_a_day_and_the_office_sees_it(tx: Tx) -> None:
    for _ in range(3):
        asked(tx, channel="phone")
    assert len(sent(tx, most=2)) == 2
    assert unsent(tx) == [(NoticeState.WAITING, NUMBER_BUDGET)]


def test_without_a_gateway_for_text_messages_nothing_is_held_back(tx: Tx) -> None:
    asked(tx, caller_phone="+44 7911 123456")
    assert len(claim_messages(tx, OutboxRules(), TEHRAN, NOON, 100, None)) == 1


def test_a_message_that_went_after_all_is_off_the_list(tx: Tx) -> None:
    asked(tx)
    (message,) = claim_messages(tx, OutboxRules(), TEHRAN, NOON, 100, IRAN)
    settle_message(tx, message, "refused", NOON)
    assert unsent(tx) == [(NoticeState.WAITING, "refused")]
    sent(tx, NOON + 2 * MINUTE)
    assert unsent(tx) == []
    assert [one.fault for one in list_notices(tx, message.asked.id)] == [""]


@pytest.mark.parametrize(
    ("phone", "country", "number"),
    [
        ("0914 123 4567", "98", "989141234567"),
        ("914 123 4567", "98", "989141234567"),
        ("98 914 123 4567", "98", "989141234567"),
        ("+98 914 123 4567", "98", "989141234567"),
        ("0098 914 123 4567", "98", "989141234567"),
        ("44 7911 123456", "98", "98447911123456"),
        ("(212) 555-0100", "1", "12125550100"),
        ("1 212 555 0100", "1", "12125550100"),
        ("912 34 567", "47", "4791234567"),
        ("47 12 34 56", "47", "4747123456"),
        ("+44 20 7946", "98", "44207946"),
        ("0914", "", "0914"),
        ("", "98", ""),
    ],
)
def test_a_number_is_dialled_as_its_country_does(phone: str, country: str, number: str) -> None:
    assert dialled_number(phone, country) == number


@pytest.mark.parametrize("wrong", [{"a_day": 0}, {"prefixes": ("+98",)}, {"prefixes": ("098",)}])
def test_rules_that_let_nobody_through_are_refused(wrong: dict) -> None:
    with pytest.raises(InvalidError):
        SmsRules(**wrong)
