"""Storms: their phases from forecast to closed, and later corrections."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, CouncilContext, DispatcherContext
from api.web.page_context import boot_of, page, people_boot, translator_of
from api.web.schemas import Moment, StormIn, Wire, moment_in
from data.model import Storm, StormId, StormPhase
from data.store.database.engine import Tx
from data.store.storms.closures import list_all_closures
from data.store.storms.storm_conditions import (
    list_machines_out,
    list_machines_taken_out,
    list_moves,
    list_sites_out,
    list_snow_entries,
)
from data.store.storms.storm_policies import get_storm_policy, has_own_policy
from data.store.storms.storms import get_storm, list_all_storms
from data.streets.network import StreetNetwork
from fleet.evidence.storm_evidence import coverage_revisions
from fleet.setup.machine_list import all_sites, machine_names, machines_in_use
from fleet.setup.policy_changes import tables_of
from fleet.shifts.shift_handover import begun_machines
from fleet.storms.machine_counts import driving_machines
from fleet.storms.snowfall import find_last_snow_change
from fleet.storms.storm_phases import forecast_storm, left_of, move_storm
from fleet.storms.storm_policy import find_last_change
from fleet.storms.storm_start import end_storm, start_storm
from fleet.storms.storm_totals import storm_totals
from fleet.storms.work_of_machines import work_of_machines
from maps.board.board import StormView, storm_view
from maps.reports.coverage_revisions import RevisionView, revision_views
from maps.storms.storms import (
    LeftView,
    StormDetail,
    StormPageRecords,
    StormRow,
    closure_view,
    left_view,
    machine_switches,
    site_switches,
    storm_detail,
    storm_row,
    work_views,
)

router = APIRouter(route_class=CheckedRoute)


class ForecastIn(Wire):
    """An expected snowfall, as a forecast or an alert."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    phase: StormPhase = StormPhase.FORECAST
    begins_at: Moment


class PhaseIn(Wire):
    """The new phase of a storm, the phase that the page showed, and from when it snows."""

    seen: StormPhase
    to: StormPhase
    snow_at: Moment | None = None


@router.get("/storms")
def storms_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show all storms."""
    boot = {**boot_of(request, context), **people_boot(context), "storm": None}
    return page(request, "storms/page.html", {"boot": boot})


@router.get("/storms/{storm_id}")
def storm_page(storm_id: StormId, request: Request, context: BoardContext) -> HTMLResponse:
    """Show one storm."""
    with context.reading() as tx:
        get_storm(tx, storm_id)
    boot = {**boot_of(request, context), **people_boot(context), "storm": storm_id}
    return page(request, "storms/page.html", {"boot": boot})


@router.get("/api/storms")
def get_storms(context: BoardContext) -> list[StormRow]:
    """Return every storm with its totals, the newest first."""
    with context.reading() as tx:
        return [_row(tx, storm) for storm in list_all_storms(tx)]


@router.post("/api/storms", status_code=201)
def create_storm(wanted: StormIn, context: DispatcherContext) -> StormView:
    """Start a storm: a job for every street of the policy, a shift for every vehicle."""
    app = context.app
    with context.writing() as tx:
        storm = start_storm(tx, context.actor, wanted.name, app.network, app.policy, context.now)
    return publish_storm(context, storm)


@router.post("/api/storms/forecast", status_code=201)
def create_forecast(wanted: ForecastIn, context: DispatcherContext) -> StormRow:
    """Enter an expected snowfall; its jobs are created when it becomes active."""
    begins_at = moment_in(wanted.begins_at, context.app.city.timezone, "begins_at")
    with context.writing() as tx:
        storm = forecast_storm(tx, context.actor, wanted.name, wanted.phase, begins_at, context.now)
        return _row(tx, storm)


@router.get("/api/storms/{storm_id}")
def get_storm_view(storm_id: StormId, context: BoardContext) -> StormDetail:
    """Return one storm with its phases, snowfall, closures, machines, sites and policy."""
    with context.reading() as tx:
        return detail_of(tx, context, storm_id)


@router.get("/api/storms/{storm_id}/left")
def get_left_work(request: Request, storm_id: StormId, context: BoardContext) -> LeftView:
    """Return what would be cancelled or ended if the storm were closed now."""
    with context.reading() as tx:
        get_storm(tx, storm_id)
        left = left_of(tx, storm_id, context.now, context.app.alert_task.trucks)
        return left_view(left, machine_names(tx), translator_of(request))


@router.post("/api/storms/{storm_id}/phase")
def update_storm_phase(
    storm_id: StormId, wanted: PhaseIn, context: DispatcherContext
) -> StormDetail:
    """Move a storm to another phase; 409 says who has done so already."""
    app, told = context.app, wanted.snow_at
    snow_at = moment_in(told, app.city.timezone, "snow_at") if told else None
    with context.writing() as tx:
        storm = move_storm(
            tx,
            context.actor,
            storm_id,
            wanted.seen,
            wanted.to,
            app.network,
            context.now,
            snow_at,
        )
        view = detail_of(tx, context, storm_id)
    context.app.city_state.refresh()
    publish_storm(context, storm)
    return view


@router.post("/api/storms/{storm_id}/end")
def close_storm(storm_id: StormId, context: DispatcherContext) -> StormView:
    """Close a storm; its open jobs are cancelled."""
    with context.changing(f"storm:{storm_id}") as tx:
        storm = end_storm(tx, context.actor, storm_id, context.now)
    context.app.city_state.refresh()
    return publish_storm(context, storm)


@router.get("/api/storms/{storm_id}/revisions")
def list_coverage_revisions(storm_id: StormId, context: CouncilContext) -> tuple[RevisionView, ...]:
    """Return the revisions of a storm's coverage after late positions and recomputations."""
    with context.reading() as tx:
        return revisions_of(tx, context.app.network, get_storm(tx, storm_id))


def revisions_of(tx: Tx, network: StreetNetwork, storm: Storm) -> tuple[RevisionView, ...]:
    """Return a storm's coverage revisions with the changes of each."""
    revisions, changes = coverage_revisions(tx, storm.id)
    return revision_views(revisions, changes, network)


def publish_storm(context: Context, storm: Storm) -> StormView:
    """Publish a storm that was started, changed or ended."""
    view = storm_view(storm)
    if not storm.phase.coming:
        context.app.hub.publish("storm", [view])
    return view


def detail_of(tx: Tx, context: Context, storm_id: StormId) -> StormDetail:
    """Return one storm as its page shows it."""
    storm, now = get_storm(tx, storm_id), context.now
    records = StormPageRecords(
        storm=storm,
        row=_row(tx, storm),
        moves=list_moves(tx, storm_id),
        entries=list_snow_entries(tx, storm_id),
        snow_change=find_last_snow_change(tx, storm_id),
        closures=tuple(
            closure_view(each, context.app.network, now)
            for each in reversed(list_all_closures(tx, storm_id))
        ),
        machines=machine_switches(
            machines_in_use(tx),
            list_machines_out(tx, storm_id),
            list_machines_taken_out(tx, storm_id),
            begun_machines(tx, storm_id, now),
            driving_machines(tx, storm_id, context.app.alert_task.trucks, now),
        ),
        work=work_views(work_of_machines(tx, storm)) if storm.phase is StormPhase.CLOSED else (),
        sites=site_switches(all_sites(tx).reload_sites, list_sites_out(tx, storm_id)),
        policy=tables_of(get_storm_policy(tx, storm_id)),
        policy_change=find_last_change(tx, storm_id),
        policy_own=has_own_policy(tx, storm_id),
    )
    return storm_detail(records)


def _row(tx: Tx, storm: Storm) -> StormRow:
    sums = storm_totals(tx, storm.id)
    return storm_row(storm, sums.jobs, sums.plans, sums.revisions)
