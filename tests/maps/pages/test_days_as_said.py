"""The day of a coming moment in the words of everyday."""

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
        ("2026-12-21T20:00", "2026-12-22T07:00", "tomorrow", "فردا"),
        ("2026-12-21T20:00", "2026-12-24T07:00", "on 24 Dec", "۳ دی"),
    ],
)
def test_a_day_is_said_as_people_say_it(now: str, moment: str, english: str, persian: str) -> None:
    then, at = (datetime.fromisoformat(f"{each}+03:30") for each in (now, moment))
    said = [translator(code, "Asia/Tehran").day_as_said(at, then) for code in ("en", "fa")]

    assert said == [english, persian]
