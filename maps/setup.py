"""Views of the set-up: what the streets of a city are like, and what is still to be arranged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maps.i18n import Translator

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
    """What an import found: facts, and warnings that somebody should look into."""

    facts: list[FactView]
    warnings: list[str]


def streets_view(report: Report, t: Translator) -> StreetsView:
    """Return the report of an import as a page shows it."""
    return StreetsView(_facts(report, t), _warnings(report, t))


def _facts(report: Report, t: Translator) -> list[FactView]:
    shown = [
        (t("Street file"), str(report.get("file", ""))),
        (
            t("Streets"),
            t(
                "{count} pieces, {km} km",
                count=report["segments"],
                km=t.number(report["length_km"], 0),
            ),
        ),
        (t("With a name"), t("{value} %", value=_percent(report["named_share"]))),
        (t("One-way streets"), t("{value} %", value=_percent(report["oneway_share"]))),
        (t("Turns that signs forbid"), t.number(report["restrictions"])),
        (t("House numbers"), t.number(report["addresses"])),
        (t("Schools, hospitals and other places"), t.number(report["places"])),
        (t("Time zone"), str(report["timezone"])),
        (t("Source of the map"), str(report["attribution"])),
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
    count = report["unreachable"]
    if not count:
        return ""
    km = t.number(report["unreachable_km"], 1)
    return t.plural(
        "{count} pieces of street ({km} km) cannot be reached from a depot and left again.",
        count,
        km=km,
    )


def _about_names(report: Report, t: Translator) -> str:
    if report["named_share"] >= MANY_UNNAMED:
        return ""
    share = _percent(1 - report["named_share"])
    return t(
        "{value} % of the streets have no name: callers' addresses there are not found.",
        value=share,
    )


def _about_signs(report: Report, t: Translator) -> str:
    skipped = report["restrictions_skipped"]
    if not skipped:
        return ""
    return t.plural(
        "{count} turn signs of the file do not fit its streets and are left out.", skipped
    )


def _about_depots(report: Report, t: Translator) -> str:
    assumed = report["depots_assumed"]
    if not assumed:
        return ""
    return t.plural(
        "{count} depots are only assumed: place them where the machines really stand.", assumed
    )


def _percent(share: float) -> int:
    return int(share * 100)
