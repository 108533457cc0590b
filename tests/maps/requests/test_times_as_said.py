"""Messages, calls back and other systems say days and times as people do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.model import (
    Callback,
    CallbackReason,
    ClosingReason,
    NoticeKind,
    RequestClock,
    RequestId,
    RequestKind,
    RequestState,
    ServiceRequest,
)
from maps.followup.callbacks import CallbackContext, sentence_of
from maps.pages.i18n import translator
from maps.requests.notices import told
from maps.requests.open311 import notice
from tests import village as v

EVENING = datetime(2026, 12, 21, 16, 30, tzinfo=UTC)
"""20:00 in the town."""

NIGHT = EVENING + timedelta(hours=4)

TOWN = "Asia/Tehran"


@pytest.mark.parametrize(
    ("language", "planned", "done"),
    [
        (
            "en",
            "Work on Mill Lane is planned tonight between 00:00 and 05:40.",
            "Mill Lane was plowed last night at 00:00.",
        ),
        (
            "fa",
            "برف‌روبی Mill Lane امشب بین ۰۰:۰۰ و ۰۵:۴۰ برنامه‌ریزی شده است.",
            "Mill Lane دیشب ساعت ۰۰:۰۰ برف‌روبی شد.",
        ),
        (
            "az",
            "Mill Lane üzrə iş bu gecə saat 00:00 ilə 05:40 arasında planlaşdırılıb.",
            "Mill Lane: dünən gecə saat 00:00 qardan təmizlənib.",
        ),
    ],
)
def test_a_message_says_the_day_as_its_reader_would(language: str, planned: str, done: str) -> None:
    t = translator(language, TOWN).plain
    until = NIGHT + timedelta(hours=5, minutes=40)
    window = {"from": NIGHT.isoformat(), "until": until.isoformat()}
    plowed = {
        "reason": "plowed",
        "at": NIGHT.isoformat(),
        "directions": "one",
        "treatment": "plow",
    }

    assert told(NoticeKind.PLANNED, window, "Mill Lane", t, EVENING) == planned
    assert told(NoticeKind.DONE, plowed, "Mill Lane", t, NIGHT + timedelta(hours=7)) == done


def asked(kind: RequestKind = RequestKind.PLOW) -> ServiceRequest:
    return ServiceRequest(
        RequestId(1), "B-0001", EVENING, "phone", "at my gate", kind, RequestState.OPEN
    )


def test_another_system_is_told_the_deadline_as_people_say_it() -> None:
    t = translator("en", TOWN).plain

    assert notice(asked(), NIGHT, t, EVENING) == (
        "Accepted. The street is to be clear tonight by 00:00."
    )


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (RequestKind.ICE, "last night at 00:00: it is no longer slippery."),
        (RequestKind.PLOW, "last night at 00:00: it is clear."),
    ],
)
def test_a_caller_hears_of_ice_that_it_is_gone_and_not_that_the_street_is_clear(
    kind: RequestKind, said: str
) -> None:
    one = replace(asked(kind), closed_for=ClosingReason.INSPECTED)
    clock = RequestClock(one.id, closed_at=NIGHT)
    call = Callback(one, "en", CallbackReason.DONE, NIGHT, 0, None)
    known = CallbackContext({one.id: clock}, {}, {}, v.village())

    sentence = sentence_of(call, known, translator("en", TOWN), NIGHT + timedelta(hours=7))
    assert sentence.endswith(said)
