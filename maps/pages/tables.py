"""Tables and figures ready to print, and as CSV for a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from urllib.parse import quote

from data.model.periods import Period, PeriodKind
from maps.pages.i18n import Translator

BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes Persian for another alphabet."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A table ready to print: a caption, headings, and rows that begin with a heading."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FigureView:
    """A key figure, what it is, and what it counts."""

    value: str
    word: str
    note: str


def query_of(span: PeriodKind, at: datetime) -> str:
    """Return the part of an address that asks for the report of a time."""
    return f"span={span}&at={quote(at.isoformat())}"


def span_text(seconds: float | None, t: Translator) -> str:
    """Return a span of time as people say it; a dash where there is none."""
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


def table_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], t: Translator) -> str:
    """Return a table for a spreadsheet; `columns` are names of texts of the catalog."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow([t(f"column:{name}") for name in columns])
    table.writerows(rows)
    return BYTE_ORDER_MARK + text.getvalue()


def when_text(period: Period, t: Translator) -> str:
    """Return the time of a report as people say it."""
    since, until = period.since, period.until
    if period.span is PeriodKind.DAY:
        return t.date(since)
    ends = t("{date}, {time}", date=t.date(until), time=t.time(until))
    if t.date(since) == t.date(until):
        ends = t.time(until)
    return t("{date}, {since} to {until}", date=t.date(since), since=t.time(since), until=ends)
