"""Report of an import of streets, as the set-up shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maps.pages.i18n import Translator

MANY_UNNAMED = 0.5
"""Share of streets with a name below which addresses are often not found."""

type Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FactView:
    """A line of a report, in the reader's language."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class StreetsView:
    """Facts and warnings about the streets of an import."""

    facts: list[FactView]
    warnings: list[str]


def streets_view(report: Report, t: Translator) -> StreetsView:
    """Return the report of an import for a page."""
    return StreetsView(_facts(report, t), _warnings(report, t))


def _facts(report: Report, t: Translator) -> list[FactView]:
    imported_at = report.get("imported_at")
    shown = [
        (t("Street file"), str(report.get("file", ""))),
        (t("Read on"), t.date(datetime.fromisoformat(imported_at)) if imported_at else ""),
        (
            t("Streets"),
            t(
                "{count} segments, {km} km",
                count=report.get("segments", 0),
                km=t.number(report.get("length_km", 0), 0),
            ),
        ),
        (t("Service ways, only to locate vehicles"), t.number(report.get("service_ways", 0))),
        (t("With a name"), t("{value} %", value=_percent(report.get("named_share", 1.0)))),
        (t("One-way streets"), t("{value} %", value=_percent(report.get("oneway_share", 0)))),
        (t("Turns that signs forbid"), t.number(report.get("restrictions", 0))),
        (t("House numbers"), t.number(report.get("addresses", 0))),
        (t("Schools, hospitals and other places"), t.number(report.get("places", 0))),
        (t("Time zone"), str(report.get("timezone", ""))),
        (t("Source of the map"), str(report.get("attribution", ""))),
    ]
    return [FactView(label, value) for label, value in shown if value]


def _warnings(report: Report, t: Translator) -> list[str]:
    found = (
        _about_reach(report, t),
        _about_names(report, t),
        _about_signs(report, t),
        _about_depots(report, t),
    )
    return [text for text in found if text]


def _about_reach(report: Report, t: Translator) -> str:
    count = report.get("unreachable", 0)
    if not count:
        return ""
    km = t.number(report.get("unreachable_km", 0), 1)
    return t.plural(
        "{count} pieces of street ({km} km) cannot be reached from a depot and left again.",
        count,
        km=km,
    )


def _about_names(report: Report, t: Translator) -> str:
    if report.get("named_share", 1.0) >= MANY_UNNAMED:
        return ""
    share = _percent(1 - report.get("named_share", 1.0))
    return t(
        "{value} % of the streets have no name: callers' addresses there are not found.",
        value=share,
    )


def _about_signs(report: Report, t: Translator) -> str:
    skipped = report.get("restrictions_skipped", 0)
    if not skipped:
        return ""
    return t.plural(
        "{count} turn signs of the file do not fit its streets and are left out.", skipped
    )


def _about_depots(report: Report, t: Translator) -> str:
    assumed = report.get("depots_assumed", 0)
    if not assumed:
        return ""
    return t.plural(
        "{count} depots are only assumed: place them where the machines really stand.", assumed
    )


def _percent(share: float) -> int:
    return int(share * 100)
