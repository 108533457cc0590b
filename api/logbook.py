"""Vehicle logs by shift, day or storm: a list, one vehicle's log, and CSV tables."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import HTMLResponse, Response

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context
from api.web.download import period_csv
from api.web.page_context import boot_of, page, translator_of
from data.model import VehicleId
from data.model.periods import Period, PeriodKind
from data.store.database.engine import Tx
from fleet.followup.office_report import day_of, shift_of
from fleet.logbook.log_store import PART, LogFilter, part_of
from fleet.logbook.vehicle_days import VehicleDay, vehicle_days, vehicle_fixes
from fleet.storms.storm_lookup import listed_storms
from maps.logbook.vehicle_days import LogPeriod, Table, days_view, log_view
from maps.logbook.vehicle_tables import days_csv, log_csv
from maps.logbook.vehicle_track import DayTrack, track_view

router = APIRouter(route_class=CheckedRoute)

READ_AT_ONCE = 120
"""Quarters of an hour read while a page is being loaded, at most."""

SpanAsked = Annotated[PeriodKind, Query(description="what the page is about")]
At = Annotated[AwareDatetime | None, Query(description="a moment in it; now where none is given")]
Named = Annotated[str, Query(max_length=80, description="part of a vehicle's name")]
Page = Annotated[int, Query(ge=1, le=100_000, alias="page")]


@router.get("/vehicles")
def days_page(
    request: Request,
    context: BoardContext,
    span: SpanAsked = PeriodKind.DAY,
    at: At = None,
    named: Named = "",
    page_number: Page = 1,
) -> HTMLResponse:
    """Show the logs of all vehicles in a period."""
    asked, days = _days(context, span, at)
    view = days_view(asked, days, context.app.policy, named, page_number, translator_of(request))
    shown = {"view": view, "spans": tuple(PeriodKind), "boot": boot_of(request, context)}
    return page(request, "logbook/days.html", shown)


@router.get("/vehicles.csv")
def download_days(
    request: Request, context: BoardContext, span: SpanAsked = PeriodKind.DAY, at: At = None
) -> Response:
    """Return the logs of all vehicles in a period as CSV."""
    asked, days = _days(context, span, at)
    text = days_csv(asked, days, context.app.policy, translator_of(request))
    return period_csv(text, "vehicles", asked.period, context.app.city.timezone)


@router.get("/vehicles/{vehicle_id}")
def log_page(
    request: Request,
    context: BoardContext,
    vehicle_id: VehicleId,
    span: SpanAsked = PeriodKind.DAY,
    at: At = None,
    show: Table = Table.LOG,
    page_number: Page = 1,
) -> HTMLResponse:
    """Show the log of one vehicle in a period, line by line."""
    asked, (day,) = _days(context, span, at, vehicle_id)
    t, app = translator_of(request), context.app
    view = log_view(asked, day, app.policy, show, page_number, app.geocoder.spoken_address, t)
    shown = {
        "view": view,
        "spans": tuple(PeriodKind),
        "tables": tuple(Table),
        "boot": boot_of(request, context),
    }
    return page(request, "logbook/log.html", shown)


@router.get("/api/vehicles/{vehicle_id}/track")
def get_track(
    context: BoardContext,
    vehicle_id: VehicleId,
    span: SpanAsked = PeriodKind.DAY,
    at: At = None,
) -> DayTrack:
    """Return where one vehicle was in a period, with blade, spreader and the lines of its log."""
    asked, (day,) = _days(context, span, at, vehicle_id)
    with context.reading() as tx:
        fixes = vehicle_fixes(tx, vehicle_id, asked.period)
    return track_view(asked.period.since, fixes, day.log.entries)


@router.get("/vehicles/{vehicle_id}/log.csv")
def download_log(
    request: Request,
    context: BoardContext,
    vehicle_id: VehicleId,
    span: SpanAsked = PeriodKind.DAY,
    at: At = None,
) -> Response:
    """Return the log of one vehicle in a period as CSV."""
    asked, (day,) = _days(context, span, at, vehicle_id)
    text = log_csv(
        day, context.app.policy, context.app.geocoder.spoken_address, translator_of(request)
    )
    return period_csv(text, f"vehicle-{vehicle_id}", asked.period, context.app.city.timezone)


def _days(
    context: Context, span: PeriodKind, at: datetime | None, vehicle_id: VehicleId | None = None
) -> tuple[LogPeriod, list[VehicleDay]]:
    """Return the requested logs, after reading new positions."""
    app, now = context.app, context.now
    with context.reading() as tx:
        asked = _asked(tx, context, span, at or now)
    since, until = part_of(asked.period.since), asked.period.until
    ids = None if vehicle_id is None else (vehicle_id,)
    read = app.logbook_task.read(LogFilter(since - PART, min(until, now), ids), READ_AT_ONCE)
    asked.unread = read >= READ_AT_ONCE
    with context.reading() as tx:
        return asked, vehicle_days(
            tx, app.logbook_task.memory, asked.period, app.policy.hours, vehicle_id
        )


def _asked(tx: Tx, context: Context, span: PeriodKind, at: datetime) -> LogPeriod:
    """Return the requested period; before the first storm, the day."""
    app, now = context.app, context.now
    if span is PeriodKind.SHIFT:
        return LogPeriod(shift_of(app.policy.followup.shifts, app.city.timezone, at), now)
    storms = sorted(listed_storms(tx), key=lambda storm: storm.started_at)
    begun = [storm for storm in storms if storm.started_at <= at] or storms[:1]
    if span is PeriodKind.DAY or not begun:
        return LogPeriod(day_of(app.city.timezone, at), now)
    storm = begun[-1]
    after = next((one.started_at for one in storms if one.started_at > storm.started_at), None)
    period = Period(PeriodKind.STORM, storm.started_at, storm.ended_at or now)
    return LogPeriod(period, now, title=storm.name, next_at=after)
