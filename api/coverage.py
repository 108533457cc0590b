"""What the board shows: everything at once, one street with its evidence, one vehicle."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.context import App, BoardContext, StreetContext
from api.plans import shown_run, vehicle_names
from api.requests import deadlines
from data.model import (
    PLAN_KINDS,
    Job,
    JobState,
    Order,
    RequestFilter,
    SegmentId,
    Stage,
    Storm,
    VehicleId,
)
from data.store.coverage import list_coverage, list_passes
from data.store.engine import Tx
from data.store.fleet import get_vehicle, list_vehicles
from data.store.jobs import list_jobs, list_jobs_on_segment
from data.store.plan_runs import list_runs
from data.store.request_search import list_waiting, search_requests
from data.store.requests import list_requests_by_id, list_requests_of_jobs
from data.store.sightings import list_sightings_on_segment
from data.store.storms import find_active_storm
from fleet.coverage import painted
from maps.street import StreetView, street_view
from maps.views import (
    LISTED,
    DispatchBoard,
    RequestView,
    States,
    VehicleView,
    dispatch_board,
    plan_view,
    request_view,
    told_in_full,
    vehicle_views,
)

RUNS_SHOWN = 5
WAITING = frozenset({Stage.UNPLACED, Stage.PLACED, Stage.OPEN})

router = APIRouter()


@router.get("/api/board")
def show_board(context: BoardContext) -> DispatchBoard:
    """Return everything that the board shows; of most requests only what its map draws."""
    app, now = context.app, context.now
    with context.reading() as tx:
        storm = find_active_storm(tx)
        jobs = list_jobs(tx, storm.id, JobState.OPEN) if storm else []
        driven = app.plans.driven(tx, storm.id) if storm else None
        waiting = list_waiting(tx)
        return dispatch_board(
            app.network,
            app.policy,
            now,
            storm,
            painted_states(tx, app, storm, jobs, now),
            jobs,
            vehicle_views(list_vehicles(tx), app.live.picture()),
            waiting,
            list_requests_by_id(tx, told_in_full(waiting, now)).values(),
            plan_view(driven.plan, vehicle_names(tx)) if driven else None,
            [shown_run(tx, run) for run in list_runs(tx, storm.id, RUNS_SHOWN, PLAN_KINDS)]
            if storm
            else [],
        )


@router.get("/api/board/requests")
def find_waiting(
    words: Annotated[str, Query(min_length=1, max_length=200)], context: BoardContext
) -> list[RequestView]:
    """Return the oldest requests that wait and have these words in them; callers are not sought."""
    wanted = RequestFilter(stages=WAITING, words=words, by_phone=False)
    with context.reading() as tx:
        classes = context.app.policy.classes
        found = search_requests(tx, wanted, classes, Order.OLDEST, LISTED)
        asked = [each.request for each in found]
        due_at = deadlines(tx, asked)
        return [request_view(each, due_at) for each in asked]


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
