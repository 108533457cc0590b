"""Tables and key figures of reports, for pages and as CSV."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from urllib.parse import quote

from data.files.csv_sheet import guarded_row
from data.model.periods import Period, PeriodKind
from maps.pages.i18n import Translator

BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes Persian for another alphabet."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table of a page: caption, column headings, and rows whose first cell is a heading."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FigureView:
    """A key figure: value, label, and what it counts."""

    value: str
    word: str
    note: str


def query_of(span: PeriodKind, at: datetime) -> str:
    """Return the query parameters of a report's period."""
    return f"span={span}&at={quote(at.isoformat())}"


def span_text(seconds: float | None, t: Translator) -> str:
    """Return a duration in words; a dash for `None`."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 1:
        return t("under a minute")
    if minutes < 60:
        return t.plural("{count} min", minutes)
    if minutes >= 48 * 60:
        return t.plural("{count} days", round(minutes / 1440))
    hours, rest = divmod(minutes, 60)
    if rest:
        return t("{hours} h {minutes} min", hours=hours, minutes=rest)
    return t.plural("{count} h", hours)


def district_text(name: str, t: Translator) -> str:
    """Return what a district is called in the reader's language; for "" what lies outside."""
    return t.named("district", name) if name else t("Outside all districts")


def exact(value: float, places: int, t: Translator) -> str:
    """Return a number with so many digits behind the decimal sign, halves rounded up."""
    return t.number(rounded(value, places), places)


def at_most(value: float, places: int, t: Translator) -> str:
    """Return a number with at most so many digits behind the decimal sign."""
    shown = rounded(value, places)
    return t.number(shown, 0 if shown.is_integer() else places)


def rounded(value: float, places: int) -> float:
    """Return a number as the page's scripts round it: halves up, as they are written."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def currency_text(code: str, t: Translator) -> str:
    """Return a policy's currency in the reader's language where that has a word for it."""
    return t("IRR") if code == "IRR" else code


def table_csv(
    columns: Sequence[str], rows: Iterable[Sequence[object]], t: Translator, **values: object
) -> str:
    """Return a table as CSV; the heading of a column is the text `column:NAME` with the values."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow([t.plain(f"column:{name}", **values) for name in columns])
    table.writerows(map(guarded_row, rows))
    return BYTE_ORDER_MARK + text.getvalue()


def when_text(period: Period, t: Translator) -> str:
    """Return the period of a report in words."""
    since, until = period.since, period.until
    if period.span is PeriodKind.DAY:
        return t.date(since)
    ends = t("{date}, {time}", date=t.date(until), time=t.time(until))
    if t.date(since) == t.date(until):
        ends = t.time(until)
    return t("{date}, {since} to {until}", date=t.date(since), since=t.time(since), until=ends)
