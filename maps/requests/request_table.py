"""The queue of requests as CSV, with headings and words in the reader's language."""

import csv
from collections.abc import Iterable
from io import StringIO
from zoneinfo import ZoneInfo

from data.files.csv_sheet import guarded
from data.model import QueuedRequest
from maps.pages.i18n import Translator

QUEUE_COLUMNS = (
    "reference",
    "received",
    "state",
    "kind",
    "dangers",
    "class",
    "district",
    "address",
    "text",
    "lon",
    "lat",
    "due",
    "channel",
)
"""Columns of the table; their heads are texts of the catalog."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes Persian for another alphabet."""


def queue_table(found: Iterable[QueuedRequest], t: Translator) -> str:
    """Return the requests as CSV: times of the city's clock, Latin digits, callers left out."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(t(f"request head:{column}") for column in QUEUE_COLUMNS)
    zone = ZoneInfo(t.timezone)
    for each in found:
        writer.writerow(map(guarded, _cells(each, t, zone)))
    return BYTE_ORDER_MARK + sheet.getvalue()


def _cells(found: QueuedRequest, t: Translator, zone: ZoneInfo) -> list[str]:
    asked, due = found.request, found.due_at
    place = asked.location
    return [
        asked.reference,
        f"{asked.received_at.astimezone(zone):%Y-%m-%d %H:%M}",
        t(f"request:{asked.state}"),
        t(f"kind:{asked.kind}"),
        t(", ").join(t(f"danger:{danger}") for danger in asked.dangers),
        found.service_class,
        found.district,
        asked.address,
        asked.text,
        f"{place.lon:.6f}" if place else "",
        f"{place.lat:.6f}" if place else "",
        f"{due.astimezone(zone):%Y-%m-%d %H:%M}" if due else "",
        asked.channel,
    ]
