"""The day of a moment in the words of everyday."""

from datetime import datetime

import pytest

from maps.pages.i18n import translator


@pytest.mark.parametrize(
    ("now", "moment", "english", "persian"),
    [
        ("2026-12-21T20:00", "2026-12-22T00:20", "tonight", "امشب"),
        ("2026-12-21T10:00", "2026-12-21T18:30", "tonight", "امشب"),
        ("2026-12-22T01:00", "2026-12-22T05:40", "tonight", "امشب"),
        ("2026-12-22T01:00", "2026-12-22T19:00", "today", "امروز"),
        ("2026-12-21T10:00", "2026-12-21T12:00", "today", "امروز"),
        ("2026-12-21T20:00", "2026-12-22T07:00", "tomorrow morning", "فردا صبح"),
        ("2026-12-21T20:00", "2026-12-22T14:00", "tomorrow", "فردا"),
        ("2026-12-21T10:00", "2026-12-23T02:00", "tomorrow night", "فردا شب"),
        ("2026-12-22T07:00", "2026-12-21T23:40", "last night", "دیشب"),
        ("2026-12-22T07:00", "2026-12-22T02:00", "last night", "دیشب"),
        ("2026-12-22T01:00", "2026-12-21T10:00", "yesterday", "دیروز"),
        ("2026-12-22T07:00", "2026-12-20T23:40", "on 20 Dec", "۲۹ آذر"),
        ("2026-12-21T20:00", "2026-12-24T07:00", "on 24 Dec", "۳ دی"),
    ],
)
def test_a_day_is_said_as_people_say_it(now: str, moment: str, english: str, persian: str) -> None:
    then, at = (datetime.fromisoformat(f"{each}+03:30") for each in (now, moment))
    said = [translator(code, "Asia/Tehran").day_as_said(at, then) for code in ("en", "fa")]

    assert said == [english, persian]


@pytest.mark.parametrize(
    ("since", "until", "english", "persian"),
    [
        (
            "22T05:50",
            "22T07:05",
            "tomorrow morning between 05:50 and 07:05",
            "فردا صبح بین ۰۵:۵۰ و ۰۷:۰۵",
        ),
        ("22T00:20", "22T05:40", "tonight between 00:20 and 05:40", "امشب بین ۰۰:۲۰ و ۰۵:۴۰"),
        (
            "21T22:00",
            "22T07:30",
            "between tonight at 22:00 and tomorrow morning at 07:30",
            "از امشب ساعت ۲۲:۰۰ تا فردا صبح ساعت ۰۷:۳۰",
        ),
        (
            "22T07:00",
            "22T13:00",
            "tomorrow morning between 07:00 and 13:00",
            "فردا صبح بین ۰۷:۰۰ و ۱۳:۰۰",
        ),
    ],
)
def test_a_window_is_said_as_people_say_it(
    since: str, until: str, english: str, persian: str
) -> None:
    now, *ends = (
        datetime.fromisoformat(f"2026-12-{each}+03:30") for each in ("21T20:00", since, until)
    )
    said = [translator(code, "Asia/Tehran").span_as_said(*ends, now) for code in ("en", "fa")]

    assert said == [english, persian]
