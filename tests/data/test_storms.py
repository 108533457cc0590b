"""Snowfall from a spreadsheet."""

from datetime import UTC, datetime

import pytest

from data.storms import next_moment_of, snow_from_csv

TEHRAN = "Asia/Tehran"


def read(text: str):
    return snow_from_csv(text.encode(), TEHRAN)


def test_persian_digits_and_jalali_days_are_read():
    entries, mistakes = read("زمان؛برف (سانتی‌متر)\n۱۴۰۵/۰۹/۳۰ ۰۶:۳۰؛۲٫۵\n۱۴۰۵/۰۹/۳۰ ۰۹:۳۰؛۷")
    assert mistakes == []
    assert entries == [
        (datetime(2026, 12, 21, 3, 0, tzinfo=UTC), 25.0),
        (datetime(2026, 12, 21, 6, 0, tzinfo=UTC), 70.0),
    ]


def test_lines_are_put_in_order_and_offsets_are_kept():
    entries, mistakes = read("time,cm\n2026-12-21T06:00+00:00,7\n2026-12-21T03:00Z,2.5\n")
    assert mistakes == []
    assert [(at.astimezone(UTC).hour, mm) for at, mm in entries] == [(3, 25.0), (6, 70.0)]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", [(0, "")]),
        ("time,cm\n", [(1, "")]),
        ("time,depth,cm\n2026-12-21 06:00,1,1", [(1, "cm")]),
        ("when,cm\n2026-12-21 06:00,1", [(1, "time")]),
        ("time,cm\nyesterday,1\n2026-12-21 06:00,much", [(2, "time"), (3, "cm")]),
        ("time,cm\n2026-13-21 06:00,1", [(2, "time")]),
        ("time,cm\n1405/13/01 06:00,1", [(2, "time")]),
        ("time,cm\n2026-12-21 06:00,501", [(2, "cm")]),
        ("time,cm\n2026-12-21 06:00,-1", [(2, "cm")]),
        ("time,cm\n2026-12-21 06:00,nan", [(2, "cm")]),
        ("time,cm\n2026-12-21 06:00,4\n2026-12-21 07:00,3", [(3, "cm")]),
        ("time,cm\n2026-12-21 06:00,4\n2026-12-21 06:00,5", [(3, "time")]),
    ],
)
def test_a_mistake_is_named_by_line_and_field(text, where):
    _, mistakes = read(text)
    assert [(one.line, one.field) for one in mistakes] == where


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("04:39", datetime(2026, 12, 21, 1, 9, tzinfo=UTC)),
        ("۴:۳۹", datetime(2026, 12, 21, 1, 9, tzinfo=UTC)),
        ("23:50", datetime(2026, 12, 20, 20, 20, tzinfo=UTC)),
        ("23:30", datetime(2026, 12, 21, 20, 0, tzinfo=UTC)),
        ("24:10", None),
        ("2026-12-21 04:39", None),
        ("noon", None),
    ],
)
def test_a_time_alone_is_the_next_one_of_the_citys_clocks(said, at):
    half_past_eleven_at_night = datetime(2026, 12, 20, 20, 0, tzinfo=UTC)
    assert next_moment_of(said, TEHRAN, half_past_eleven_at_night) == at
