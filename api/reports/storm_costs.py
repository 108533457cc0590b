"""A storm's costs (hours, kilometres, material, money), as page, CSV and Excel file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from api.logbook import READ_AT_ONCE
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context
from api.web.download import CSV, attachment
from api.web.page_context import boot_of, page, translator_of
from data.model import Storm, StormId
from data.model.periods import Period, PeriodKind
from fleet.logbook.log_store import PART, LogFilter, part_of
from fleet.logbook.vehicle_days import vehicle_days
from fleet.reports.storm_costs import StormCosts, storm_costs
from fleet.storms.storm_lookup import known_storm
from maps.reports.storm_costs import CostTable, costs_csv, costs_view, costs_workbook

router = APIRouter(route_class=CheckedRoute)

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

By = Annotated[CostTable, Query(description="by what costs are listed")]


@router.get("/storms/{storm_id}/costs")
def costs_page(request: Request, storm_id: StormId, context: BoardContext) -> HTMLResponse:
    """Show a storm's costs to date."""
    storm, costs, unread = _costs(context, storm_id)
    view = costs_view(costs, storm, translator_of(request), context.now)
    shown = {"view": view, "unread": unread, "boot": boot_of(request, context)}
    return page(request, "reports/costs.html", shown)


@router.get("/storms/{storm_id}/costs.csv")
def download_table(
    request: Request, storm_id: StormId, context: BoardContext, by: By = CostTable.TRUCKS
) -> Response:
    """Return one table of a storm's costs as CSV."""
    _, costs, _ = _costs(context, storm_id)
    text = costs_csv(costs, by, translator_of(request))
    return attachment(text, CSV, f"costs-{storm_id}-{by}.csv")


@router.get("/storms/{storm_id}/costs.xlsx")
def download_workbook(request: Request, storm_id: StormId, context: BoardContext) -> Response:
    """Return all tables of a storm's costs as an Excel file."""
    _, costs, _ = _costs(context, storm_id)
    content = costs_workbook(costs, translator_of(request))
    return attachment(content, EXCEL, f"costs-{storm_id}.xlsx")


def _costs(context: Context, storm_id: StormId) -> tuple[Storm, StormCosts, bool]:
    """Return a storm, its costs, and whether positions of its time are still unread."""
    app, now = context.app, context.now
    with context.reading() as tx:
        storm = known_storm(tx, storm_id)
    period = Period(PeriodKind.STORM, storm.started_at, storm.ended_at or now)
    read = app.logbook_task.read(
        LogFilter(part_of(period.since) - PART, period.until), READ_AT_ONCE
    )
    with context.reading() as tx:
        days = vehicle_days(tx, app.logbook_task.memory, period, app.policy.hours)
        policy = app.city_state.policy_of(tx, storm)
        costs = storm_costs(tx, storm, app.network, policy, days, period)
    return storm, costs, read >= READ_AT_ONCE
