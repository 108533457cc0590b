"""What the board shows: everything at once, one street with its evidence, one vehicle."""

from datetime import datetime

from fastapi import APIRouter

from api.context import App, BoardContext, StreetContext
from api.plans import vehicle_names
from api.requests import WAITING
from data.model import Job, JobState, SegmentId, Storm, VehicleId
from data.store.coverage import list_coverage, list_passes
from data.store.engine import Tx
from data.store.fleet import get_vehicle, list_vehicles
from data.store.jobs import list_jobs, list_jobs_on_segment
from data.store.plan_runs import list_runs
from data.store.plans import find_published_plan
from data.store.requests import list_requests, list_requests_of_jobs
from data.store.sightings import list_sightings_on_segment
from data.store.storms import find_active_storm
from fleet.coverage import painted
from maps.street import StreetView, street_view
from maps.views import (
    DispatchBoard,
    States,
    VehicleView,
    dispatch_board,
    plan_view,
    vehicle_views,
)

RUNS_SHOWN = 5

router = APIRouter()


@router.get("/api/board")
def show_board(context: BoardContext) -> DispatchBoard:
    """Return everything that the board shows."""
    app, now = context.app, context.now
    with context.reading() as tx:
        storm = find_active_storm(tx)
        jobs = list_jobs(tx, storm.id, JobState.OPEN) if storm else []
        plan = find_published_plan(tx, storm.id) if storm else None
        return dispatch_board(
            app.network,
            app.policy,
            now,
            storm,
            painted_states(tx, app, storm, jobs, now),
            jobs,
            vehicle_views(list_vehicles(tx), app.live.picture()),
            list_requests(tx, WAITING),
            plan_view(plan, vehicle_names(tx)) if plan else None,
            list_runs(tx, storm.id, RUNS_SHOWN) if storm else [],
        )


@router.get("/api/segments/{segment_id}")
def show_street(segment_id: SegmentId, context: StreetContext) -> StreetView:
    """Return a street, its color and the evidence behind it."""
    app = context.app
    segment = app.network.segment(segment_id)
    with context.reading() as tx:
        storm = find_active_storm(tx)
        jobs = list_jobs_on_segment(tx, storm.id, segment_id) if storm else []
        return street_view(
            segment,
            app.policy,
            storm,
            list_coverage(tx, storm.id, [segment_id]) if storm else [],
            list_passes(tx, storm.id, [segment_id]) if storm else {},
            jobs,
            list_requests_of_jobs(tx, [job.id for job in jobs]),
            list_sightings_on_segment(tx, segment_id, storm.started_at) if storm else [],
            vehicle_names(tx),
            context.now,
        )


@router.get("/api/vehicles/{vehicle_id}")
def show_vehicle(vehicle_id: VehicleId, context: BoardContext) -> VehicleView:
    """Return a vehicle and where it was last seen."""
    with context.reading() as tx:
        vehicle = get_vehicle(tx, vehicle_id)
    return vehicle_views([vehicle], context.app.live.picture())[0]


def painted_states(
    tx: Tx, app: App, storm: Storm | None, open_jobs: list[Job], now: datetime
) -> States:
    """Return the present color of every street."""
    coverages = list_coverage(tx, storm.id) if storm else []
    return painted(app.network, app.policy, storm, coverages, open_jobs, now)
