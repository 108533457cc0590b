"""Snowfall as a spreadsheet: how much had fallen by a time, heads in Persian or in English."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import isfinite
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

from data.errors import Need
from data.files.csv_sheet import Mistake, latin_digits, number_of, sheet_rows
from data.geocode.text.normalization import normal

MOST_LINES = 1_000
MOST_CM = 500.0

_HEADS: Mapping[str, tuple[str, ...]] = {
    "time": ("at", "date", "date and time", "زمان", "تاریخ", "تاریخ و ساعت", "ساعت"),
    "cm": (
        "snow",
        "snow cm",
        "fallen",
        "fallen cm",
        "depth",
        "depth cm",
        "snow (cm)",
        "برف",
        "سانتی متر",
        "برف (سانتی متر)",
        "ارتفاع",
        "ارتفاع برف",
        "بارش",
    ),
}
_COLUMN_OF = {normal(head): column for column, heads in _HEADS.items() for head in (column, *heads)}
_TIME = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ]+"
    r"(\d{1,2}):(\d{2})(?::\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_JALALI_UNTIL = 1700
"""Years before this one are Jalali: nobody enters snow of the seventeenth century."""

NEED_TIME = "a day and a time like 2026-12-21 06:30 or 1405/09/30 06:30"
NEED_NEXT_TIME = "a time like 06:30, or a day and a time like 2026-12-21 06:30"


class _Line(NamedTuple):
    """A line that reads: its number in the file, and what it says."""

    line: int
    at: datetime
    fallen_mm: float


def snow_from_csv(
    content: bytes, timezone: str
) -> tuple[list[tuple[datetime, float]], list[Mistake]]:
    """Return (time, mm fallen in all) of each line, in order, and everything that is wrong.

    The entries count only while there is no mistake. Times without an offset are the city's, Jalali
    or Gregorian; digits may be Persian.
    """
    rows = sheet_rows(content)
    if not rows:
        return [], [Mistake(0, "", "", "a table with headers and a line for each entry")]
    (number, head), body = rows[0], rows[1:]
    columns, mistakes = _columns(number, head)
    if not mistakes and not body:
        mistakes = [Mistake(number, "", "", "a line for each entry below the headers")]
    if len(body) > MOST_LINES:
        mistakes = [
            Mistake(0, "", str(len(body)), Need("at most {count} entries", count=MOST_LINES))
        ]
    if mistakes:
        return [], mistakes
    found: list[_Line] = []
    for line, cells in body:
        named = dict(zip(columns, cells, strict=False))
        at, fallen_mm = moment_of(named.get("time", ""), timezone), _mm(named.get("cm", ""))
        if at is None:
            mistakes.append(Mistake(line, "time", named.get("time", ""), NEED_TIME))
        if fallen_mm is None:
            need = Need("a number from 0 to {most}", most=MOST_CM)
            mistakes.append(Mistake(line, "cm", named.get("cm", ""), need))
        if at is not None and fallen_mm is not None:
            found.append(_Line(line, at, fallen_mm))
    found.sort(key=attrgetter("at"))
    mistakes += _falling(found)
    return [(one.at, one.fallen_mm) for one in found], mistakes


def moment_of(text: str, timezone: str) -> datetime | None:
    """Return the moment that a cell names; `None` for what is no day and time."""
    match = _TIME.fullmatch(latin_digits(text).strip())
    if match is None:
        return None
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    try:
        if year < _JALALI_UNTIL:
            date = jdatetime.date(year, month, day).togregorian()
            year, month, day = date.year, date.month, date.day
        if match[6]:
            offset = match[6].replace("Z", "+00:00")
            return datetime.fromisoformat(
                f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}{offset}"
            )
        return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(timezone))
    except ValueError:
        return None


def next_moment_of(text: str, timezone: str, after: datetime) -> datetime | None:
    """Return the next moment after another one at which clocks of a city show a time alone.

    `None` for what is no time of the day by itself.
    """
    match = _CLOCK_TIME.fullmatch(latin_digits(text).strip())
    if match is None:
        return None
    local = after.astimezone(ZoneInfo(timezone))
    try:
        today = local.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
    except ValueError:
        return None
    return today if today > after else today + timedelta(days=1)


def _mm(cell: str) -> float | None:
    cm = number_of(cell)
    if isinstance(cm, str) or not isfinite(cm) or not 0 <= cm <= MOST_CM:
        return None
    return round(cm * 10, 3)


def _columns(line: int, head: Sequence[str]) -> tuple[list[str], list[Mistake]]:
    columns = [_COLUMN_OF.get(normal(cell), "") for cell in head]
    mistakes = [
        Mistake(line, column, "", "one column of this kind")
        for column in _HEADS
        if columns.count(column) != 1
    ]
    return columns, mistakes


def _falling(found: Sequence[_Line]) -> list[Mistake]:
    """Return what is wrong between lines: two of one time, less snow than before."""
    mistakes: list[Mistake] = []
    for before, one in pairwise(found):
        if one.at == before.at:
            mistakes.append(Mistake(one.line, "time", "", "every time once"))
        elif one.fallen_mm < before.fallen_mm:
            least = before.fallen_mm / 10
            need = Need("at least {least} cm, as much as fell before", least=least)
            mistakes.append(Mistake(one.line, "cm", f"{one.fallen_mm / 10:g}", need))
    return mistakes
