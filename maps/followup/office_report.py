"""The report of the complaints office as a page and as CSV tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.model import ClockedRequest, ServiceClass
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.followup.office_report import Answered, OfficeReport
from fleet.reports.performance import district_order
from fleet.requests.sla_clocks import class_of, district_of
from maps.pages.i18n import Translator
from maps.pages.tables import (
    FigureView,
    TableView,
    district_text,
    query_of,
    span_text,
    table_csv,
    when_text,
)

REPORT_COLUMNS = (
    "part",
    "name",
    "service_class",
    "requests",
    "done",
    "late",
    "overdue",
    "reopened_count",
    "median_min",
    "p90_min",
)
"""Columns of the table of figures; their headings are texts of the catalog."""

CLOCK_COLUMNS = (
    "reference",
    "kind",
    "district",
    "service_class",
    "request_state",
    "received_at",
    "placed_at",
    "planned_at",
    "done_at",
    "closed_at",
    "told_at",
    "closed_for",
    "reopened_count",
    "unproved_count",
    "dangers",
)
"""Columns of the table of requests: times and codes, nothing of callers and their words."""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as its page shows it; links are to the same page."""

    title: str
    when: str
    figures: tuple[FigureView, ...]
    tables: tuple[TableView, ...]
    query: str
    earlier: str
    later: str


def report_view(
    report: OfficeReport, title: str, late_now: int, t: Translator, now: datetime
) -> ReportView:
    """Return a report for its page; `title` is the storm's name, or empty.

    `late_now` counts what the office's list has past its target, whenever it came in.
    """
    period = report.period
    return ReportView(
        title=title or t(f"report:{period.span}"),
        when=when_text(period, t),
        figures=_figures(report, late_now, t),
        tables=tuple(each for each in _tables(report, t) if each.rows),
        query=query_of(period.span, period.since),
        earlier=query_of(period.span, period.since - timedelta(seconds=1)),
        later=query_of(period.span, period.until) if period.until < now else "",
    )


def report_csv(report: OfficeReport, t: Translator) -> str:
    """Return the figures by class, by district, by both and by kind, for a spreadsheet."""
    parts: tuple[tuple[str, Iterable[tuple[str, ServiceClass | None, Answered]]], ...] = (
        ("class", (("", name, one) for name, one in _classes(report.by_class, t))),
        (
            "district",
            ((_in_table(name, t), None, one) for name, one in _districts(report.by_district)),
        ),
        (
            "district_class",
            (
                (_in_table(name[0], t), name[1], report.by_both[name])
                for name in _both(report.by_both, t)
            ),
        ),
        ("kind", ((t(f"kind:{name}"), None, one) for name, one in report.by_kind.items())),
    )
    rows = [
        [t(f"part:{part}"), name, its_class or "", *_cells(one)]
        for part, lines in parts
        for name, its_class, one in lines
    ]
    return table_csv(REPORT_COLUMNS, rows, t)


def clocks_csv(
    received: Iterable[ClockedRequest], network: StreetNetwork, policy: Policy, t: Translator
) -> str:
    """Return the times of every request, for a spreadsheet."""
    rows = [
        [
            one.request.reference,
            t(f"kind:{one.request.kind}"),
            _in_table(district_of(one, network), t),
            class_of(one, network, policy) or "",
            t(f"request:{one.request.state}"),
            *(_local(at, t) for at in _times(one)),
            t(f"closing:{one.request.closed_for}") if one.request.closed_for else "",
            one.clock.asked_again,
            one.clock.unproved,
            t(", ").join(t(f"danger:{danger}") for danger in one.request.dangers),
        ]
        for one in received
    ]
    return table_csv(CLOCK_COLUMNS, rows, t)


def _times(one: ClockedRequest) -> tuple[datetime | None, ...]:
    clock = one.clock
    return (
        one.request.received_at,
        clock.placed_at,
        clock.planned_at,
        clock.done_at,
        clock.closed_at,
        clock.told_at,
    )


def _cells(one: Answered) -> tuple[object, ...]:
    spans = (None if each is None else round(each / 60, 1) for each in (one.median_s, one.p90_s))
    counts = (one.requests, one.done, one.late, one.overdue, one.reopened)
    return (*counts, *("" if each is None else each for each in spans))


def _local(at: datetime | None, t: Translator) -> str:
    return "" if at is None else f"{at.astimezone(ZoneInfo(t.timezone)):%Y-%m-%d %H:%M}"


def _figures(report: OfficeReport, late_now: int, t: Translator) -> tuple[FigureView, ...]:
    whole, told = report.whole, report.steps["told"]
    return (
        FigureView(t.number(whole.requests), t("Received"), t("requests in this period")),
        FigureView(
            t.number(whole.done),
            t("Done"),
            t("proved by a machine's positions or an inspection, up to now"),
        ),
        FigureView(
            t.number(whole.late),
            t("Past target"),
            t(
                "{ended} ended late, {waiting} still waiting",
                ended=t.number(whole.late - whole.late_waiting),
                waiting=t.number(whole.late_waiting),
            ),
        ),
        FigureView(
            t.number(late_now),
            t("Overdue now"),
            t("as in the office’s list, whenever received"),
        ),
        FigureView(
            span_text(whole.median_s, t),
            t("Median time"),
            t("90th percentile {span}", span=span_text(whole.p90_s, t))
            if whole.done
            else t("none done so far"),
        ),
        FigureView(
            t.number(whole.reopened),
            t("Reopened"),
            t("reported again as not cleared")
            if not whole.unproved
            else t(
                "reported again as not cleared; for {n} the evidence was withdrawn",
                n=t.number(whole.unproved),
            ),
        ),
        FigureView(
            t.number(told.requests),
            t("Callers notified"),
            t("median {span} after the request ended", span=span_text(told.median_s, t))
            if told.requests
            else t("none so far"),
        ),
    )


def _tables(report: OfficeReport, t: Translator) -> Iterable[TableView]:
    heads = tuple(t(each) for each in ("Requests", "Done", "Past target", "Reopened"))
    times = (t("Median"), t("90th percentile"))
    yield TableView(
        t("By class"),
        (t("Class"), *heads, *times),
        tuple((_class(name, t), *_shown(one, t)) for name, one in _classes(report.by_class, t)),
    )
    yield TableView(
        t("By district"),
        (t("District"), *heads, *times),
        tuple(
            (_district(name, t), *_shown(one, t)) for name, one in _districts(report.by_district)
        ),
    )
    yield TableView(
        t("By district and class"),
        (t("District"), t("Class"), *heads, *times),
        tuple(
            (_district(name[0], t), _class(name[1], t), *_shown(report.by_both[name], t))
            for name in _both(report.by_both, t)
        ),
    )
    yield TableView(
        t("By kind of request"),
        (t("Kind"), *heads, *times),
        tuple((t(f"kind:{name}"), *_shown(one, t)) for name, one in report.by_kind.items()),
    )
    yield TableView(
        t("Time to each step"),
        (t("Step"), t("Requests"), *times),
        tuple(
            (
                t(f"step:{name}"),
                t.number(one.requests),
                span_text(one.median_s, t),
                span_text(one.p90_s, t),
            )
            for name, one in report.steps.items()
            if one.requests
        ),
    )
    yield TableView(
        t("Reasons for closing in this period"),
        (t("Reason"), t("Requests")),
        tuple((t(f"closing:{name}"), t.number(n)) for name, n in _counted(report.reasons)),
    )
    yield TableView(
        t("State of the requests of this period"),
        (t("State"), t("Requests")),
        tuple((t(f"request:{name}"), t.number(n)) for name, n in _counted(report.states)),
    )


def _shown(one: Answered, t: Translator) -> tuple[str, ...]:
    counts = (one.requests, one.done, one.late, one.reopened)
    spans = (span_text(each, t) for each in (one.median_s, one.p90_s))
    return (*(t.number(each) for each in counts), *spans)


def _counted[Name: str](counts: Mapping[Name, int]) -> list[tuple[Name, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _classes(
    groups: Mapping[ServiceClass | None, Answered], t: Translator
) -> list[tuple[ServiceClass | None, Answered]]:
    rank = _ranks(groups, t)
    return sorted(groups.items(), key=lambda pair: rank[pair[0]])


def _districts(groups: Mapping[str | None, Answered]) -> list[tuple[str | None, Answered]]:
    return sorted(groups.items(), key=lambda pair: _district_rank(pair[0]))


def _both(
    groups: Mapping[tuple[str | None, ServiceClass | None], Answered], t: Translator
) -> list[tuple[str | None, ServiceClass | None]]:
    rank = _ranks((its_class for _, its_class in groups), t)
    return sorted(groups, key=lambda name: (_district_rank(name[0]), rank[name[1]]))


def _ranks(classes: Iterable[ServiceClass | None], t: Translator) -> dict[ServiceClass | None, int]:
    """Return the rank of each class by urgency; requests without a street come last."""
    order = t.classes_in_order(one for one in classes if one is not None)
    ranks: dict[ServiceClass | None, int] = {code: rank for rank, code in enumerate(order)}
    return ranks | {None: len(order)}


def _class(name: ServiceClass | None, t: Translator) -> str:
    return t("No street yet") if name is None else t.named("class", name)


def _district_rank(name: str | None) -> tuple[bool, tuple[bool, str]]:
    """Return a sort key of districts: what has no street yet comes last."""
    return (name is None, district_order(name or ""))


def _district(name: str | None, t: Translator) -> str:
    return t("Unlocated") if name is None else district_text(name, t)


def _in_table(name: str | None, t: Translator) -> str:
    """Return a district for a spreadsheet: empty outside all districts."""
    return t("Unlocated") if name is None else name
