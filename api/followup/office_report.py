"""The office report by shift, day or storm: a printable page and CSV tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import HTMLResponse, Response

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context
from api.web.download import period_csv
from api.web.page_context import boot_of, page, translator_of
from data.model import ClockedRequest
from data.model.periods import Period, PeriodKind
from data.store.database.engine import Tx
from data.store.followup.followup import list_closed_between, list_received_between
from fleet.followup.office_report import OfficeReport, day_of, office_report, shift_of, storm_of
from fleet.followup.waiting_requests import count_late
from fleet.storms.storm_lookup import listed_storms
from maps.followup.office_report import clocks_csv, report_csv, report_view

router = APIRouter(route_class=CheckedRoute)

Wanted = Annotated[PeriodKind, Query(description="what the report is about")]
At = Annotated[AwareDatetime | None, Query(description="a moment in it; now where none is given")]


@dataclass(frozen=True, slots=True)
class _Found:
    """A report, its requests, the storm's name, and how many of all requests are overdue now."""

    report: OfficeReport
    received: list[ClockedRequest]
    title: str
    late_now: int


@router.get("/followup/report")
def report_page(
    request: Request, context: BoardContext, span: Wanted = PeriodKind.DAY, at: At = None
) -> HTMLResponse:
    """Show the report of a shift, a day or a storm."""
    found, t = _report(context, span, at), translator_of(request)
    shown = {
        "report": report_view(found.report, found.title, found.late_now, t, context.now),
        "span": span,
        "spans": tuple(PeriodKind),
        "boot": boot_of(request, context),
    }
    return page(request, "followup/report.html", shown)


@router.get("/followup/figures.csv")
def download_figures(
    request: Request, context: BoardContext, span: Wanted = PeriodKind.DAY, at: At = None
) -> Response:
    """Return the report's figures as CSV."""
    report = _report(context, span, at).report
    return period_csv(
        report_csv(report, translator_of(request)),
        "figures",
        report.period,
        context.app.city.timezone,
    )


@router.get("/followup/requests.csv")
def download_clocks(
    request: Request, context: BoardContext, span: Wanted = PeriodKind.DAY, at: At = None
) -> Response:
    """Return the times of every request of a report as CSV."""
    app, found = context.app, _report(context, span, at)
    text = clocks_csv(found.received, app.network, app.policy, translator_of(request))
    return period_csv(text, "requests", found.report.period, context.app.city.timezone)


def _report(context: Context, span: PeriodKind, at: datetime | None) -> _Found:
    app, now = context.app, context.now
    with context.reading() as tx:
        period, title = _period(tx, context, span, at or now)
        received = list_received_between(tx, period.since, period.until)
        reasons = [why for why, _ in list_closed_between(tx, period.since, period.until)]
        storms = listed_storms(tx)
        late_now = count_late(tx, app.network, app.policy, now)
    report = office_report(period, received, reasons, app.network, app.policy, storms, now)
    return _Found(report, received, title, late_now)


def _period(tx: Tx, context: Context, span: PeriodKind, at: datetime) -> tuple[Period, str]:
    """Return the period and the storm's name; before the first storm, the day."""
    app = context.app
    if span is PeriodKind.SHIFT:
        return shift_of(app.policy.followup.shifts, app.city.timezone, at), ""
    storms = (
        sorted(listed_storms(tx), key=lambda storm: storm.id) if span is PeriodKind.STORM else []
    )
    periods = [(storm_of(one, storms, context.now), one.name) for one in storms]
    meant = [each for each in periods if each[0].since <= at < each[0].until] or periods[-1:]
    return meant[0] if meant else (day_of(app.city.timezone, at), "")
