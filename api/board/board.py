"""What the board shows: everything at once, one street with its evidence, one vehicle."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.planning.plans import shown_run, vehicle_names
from api.processes.cached_response import packed_answer
from api.requests.requests import deadlines
from api.web.context import BOARD_ROLES, App, BoardContext, StreetContext, WallContext
from data.model import (
    PLAN_KINDS,
    QueueOrder,
    RequestFilter,
    RequestId,
    SegmentId,
    Stage,
    VehicleId,
)
from data.store.coverage.coverage import list_coverage, list_passes
from data.store.database.engine import reading
from data.store.followup.sightings import list_sightings_on_segment
from data.store.planning.plan_runs import list_runs
from data.store.requests.request_search import count_waiting, list_waiting, search_requests
from data.store.requests.requests import list_requests_by_id, list_requests_of_jobs
from data.store.setup.machines import get_vehicle, list_vehicles
from data.store.storms.storms import find_active_storm
from data.store.work import find_next_deadline, list_jobs_on_segment
from fleet.tracking.live_fleet import VehicleState
from maps.board.board import (
    LISTED,
    BoardFiguresView,
    BoardRecords,
    DispatchBoard,
    VehicleView,
    dispatch_board,
    figures_of,
    plan_view,
    told_in_full,
    vehicle_views,
)
from maps.requests.requests import RequestView, request_view
from maps.streets.street import StreetView, street_view

RUNS_SHOWN = 5
WAITING = frozenset({Stage.UNPLACED, Stage.PLACED, Stage.OPEN})

AT_ONCE = 100
"""Requests that a list asks for at once: more rows than any screen shows."""

router = APIRouter()

RequestNumber = Annotated[int, Field(ge=1, lt=2**63)]


@router.get("/api/board", response_model=DispatchBoard)
def show_board(request: Request, context: WallContext) -> Response:
    """Return everything that the board shows; of most requests only what its map draws.

    A screen on a wall gets no request in full: whoever passes by would read callers' words.
    """
    boards = context.app.boards
    if context.has(*BOARD_ROLES):
        return packed_answer(request, boards.board.packed(lambda: board_of(context.app)))
    return packed_answer(request, boards.wall.packed(lambda: board_of(context.app, words=False)))


@router.get("/api/board/figures", response_model=BoardFiguresView)
def show_figures(request: Request, context: WallContext) -> Response:
    """Return the four figures and how far each class is: what boards ask for again and again."""
    return packed_answer(
        request, context.app.boards.figures.packed(lambda: figures_now(context.app))
    )


@router.get("/api/board/requests")
def find_waiting(
    words: Annotated[str, Query(min_length=1, max_length=200)], context: BoardContext
) -> list[RequestView]:
    """Return the oldest requests that wait and have these words in them; callers are not sought."""
    wanted = RequestFilter(stages=WAITING, words=words, by_phone=False)
    with context.reading() as tx:
        classes = context.app.policy.classes
        found = search_requests(tx, wanted, classes, QueueOrder.OLDEST, LISTED)
        asked = [each.request for each in found]
        due_at = deadlines(tx, asked)
        return [request_view(each, due_at) for each in asked]


@router.get("/api/board/told")
def tell_requests(
    ids: Annotated[list[RequestNumber], Query(min_length=1, max_length=AT_ONCE)],
    context: BoardContext,
) -> list[RequestView]:
    """Return these requests in full: their rows came into sight. Unknown ones are left out."""
    with context.reading() as tx:
        asked = list(list_requests_by_id(tx, [RequestId(one) for one in ids]).values())
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


def board_of(app: App, *, words: bool = True) -> DispatchBoard:
    """Return all that the board shows now, with or without the `words` of callers."""
    with reading(app.engine) as tx:
        now, storm = app.clock.now(), find_active_storm(tx)
        states = app.boards.states(tx, storm, now)
        driven = app.plans.driven(tx, storm.id) if storm else None
        waiting = list_waiting(tx)
        told = list_requests_by_id(tx, told_in_full(waiting, now)) if words else {}
        runs = list_runs(tx, storm.id, RUNS_SHOWN, PLAN_KINDS) if storm else []
        records = BoardRecords(
            now=now,
            storm=storm,
            states=states,
            classes=app.boards.classes(states) if storm else (),
            due_at=deadlines(tx, list(told.values())),
            next_deadline=find_next_deadline(tx, storm.id, now) if storm else None,
            vehicles=vehicle_views(list_vehicles(tx), app.live.picture()),
            waiting=waiting,
            requests=told.values(),
            plan=plan_view(driven.plan, vehicle_names(tx)) if driven else None,
            runs=[shown_run(tx, run) for run in runs],
        )
        return dispatch_board(records)


def figures_now(app: App) -> BoardFiguresView:
    """Return the four figures, and how far each class is, now."""
    with reading(app.engine) as tx:
        now, storm = app.clock.now(), find_active_storm(tx)
        classes = app.boards.classes(app.boards.states(tx, storm, now)) if storm else ()
        live = app.live.picture().values()
        at_work = sum(seen.state is VehicleState.WORKING for seen in live)
        deadline = find_next_deadline(tx, storm.id, now) if storm else None
        return BoardFiguresView(
            now, figures_of(classes, count_waiting(tx), at_work, deadline), classes
        )
