"""The dispatchers' board: the whole picture, one street with its evidence, one vehicle."""

from datetime import datetime
from math import floor, inf, isfinite
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from api.planning.plans import shown_plan, shown_runs
from api.processes.cached_response import json_of, packed_answer
from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, App, BoardContext, StreetContext, WallContext
from data.model import (
    RequestId,
    SegmentId,
    Storm,
    VehicleId,
)
from data.store.database.engine import Tx, reading
from fleet.alerts.board_head import BoardHead, board_head
from fleet.context import CityContext
from fleet.evidence.storm_evidence import plowed_times, street_evidence
from fleet.followup.waiting_requests import sightings_of_street
from fleet.planning.draft_validity import longest_search_s
from fleet.requests.request_lookup import (
    deadlines,
    requests_by_id,
    requests_of_jobs,
    waiting_count,
    waiting_requests,
    waiting_with_text,
)
from fleet.setup.machine_list import known_machine, machine_names, machines_in_use
from fleet.storms.storm_lookup import wanted_storm
from fleet.tracking.live_fleet import VehicleState
from maps.board.board import (
    LISTED,
    BoardFiguresView,
    BoardRecords,
    DispatchBoard,
    StripFigures,
    VehicleView,
    dispatch_board,
    ids_sent_in_full,
    vehicle_views,
)
from maps.requests.requests import RequestView, request_view
from maps.streets.street import StreetRecords, StreetView, street_view

RUNS_SHOWN = 5

AT_ONCE = 100
"""Requests per query, at most: more rows than any screen shows."""

router = APIRouter(route_class=CheckedRoute)

type PlowedRow = tuple[int, int, int]

RequestNumber = Annotated[int, Field(ge=1, lt=2**63)]


@router.get("/api/board", response_model=DispatchBoard)
def get_board(request: Request, context: WallContext) -> Response:
    """Return the whole board; most requests only with what the map draws.

    Wall displays get no request in full and no plan runs: passers-by would read callers' words
    and who asked for a plan.
    """
    boards = context.app.boards
    if context.has(*BOARD_ROLES):
        shared = boards.board.packed(lambda: json_of(board_of(context.app)))
    else:
        shared = boards.wall.packed(lambda: json_of(board_of(context.app, words=False)))
    return packed_answer(request, shared.content)


@router.get("/api/board/figures", response_model=BoardFiguresView)
def get_board_figures(request: Request, context: WallContext) -> Response:
    """Return the board's figures, what to do next, and the progress by class."""
    shared = context.app.boards.figures.packed(lambda: json_of(figures_now(context.app)))
    return packed_answer(request, shared.content)


@router.get("/api/board/plowed", response_model=list[PlowedRow])
def list_plowed_streets(request: Request, context: BoardContext) -> Response:
    """Return (street, forward, backward) of all streets that were plowed in this storm.

    Times are those of the last whole pass in seconds since 1970, 0 where there was none.
    """
    app = context.app

    def rows() -> bytes:
        with reading(app.engine) as tx:
            times = plowed_times(tx, app.network, wanted_storm(tx))
        return json_of([(street, *two) for street, two in times.items()])

    return packed_answer(request, app.boards.plowed.packed(rows).content)


@router.get("/api/board/requests")
def search_waiting_requests(
    words: Annotated[str, Query(min_length=1, max_length=200)], context: BoardContext
) -> list[RequestView]:
    """Return the oldest waiting requests whose text has these words; callers are not searched."""
    with context.reading() as tx:
        asked = waiting_with_text(tx, words, context.app.policy.classes, LISTED)
        due_at = deadlines(tx, asked, context.app.network, context.app.policy)
        return [request_view(each, due_at, context.app.network) for each in asked]


@router.get("/api/board/told")
def list_board_requests(
    ids: Annotated[list[RequestNumber], Query(min_length=1, max_length=AT_ONCE)],
    context: BoardContext,
) -> list[RequestView]:
    """Return these requests in full, once they scroll into view; unknown ones are left out."""
    with context.reading() as tx:
        asked = list(requests_by_id(tx, [RequestId(one) for one in ids]).values())
        due_at = deadlines(tx, asked, context.app.network, context.app.policy)
        return [request_view(each, due_at, context.app.network) for each in asked]


@router.get("/api/segments/{segment_id}")
def get_street(segment_id: SegmentId, context: StreetContext) -> StreetView:
    """Return a street, its color and the evidence for it."""
    app = context.app
    segment = app.network.segment(segment_id)
    with context.reading() as tx:
        storm = wanted_storm(tx)
        seen = street_evidence(tx, storm, segment_id)
        stored = StreetRecords(
            seen.coverage,
            seen.passes,
            seen.jobs,
            requests_of_jobs(tx, [job.id for job in seen.jobs]),
            sightings_of_street(tx, segment_id, storm),
            machine_names(tx),
        )
        return street_view(segment, app.network, app.policy, storm, stored, context.now)


@router.get("/api/vehicles/{vehicle_id}")
def get_vehicle_panel(vehicle_id: VehicleId, context: BoardContext) -> VehicleView:
    """Return a vehicle and its last position."""
    with context.reading() as tx:
        vehicle = known_machine(tx, vehicle_id)
    return vehicle_views([vehicle], context.app.live.picture())[0]


def board_of(app: App, *, words: bool = True) -> DispatchBoard:
    """Return the board's present content, with or without the `words` and names of people."""
    with reading(app.engine) as tx:
        now, storm = app.clock.now(), wanted_storm(tx)
        states = app.boards.states(tx, storm, now)
        head = _head(tx, app, storm, now)
        driven = app.plans.driven(tx, storm.id) if storm else None
        waiting = waiting_requests(tx, app.policy)
        full = requests_by_id(tx, ids_sent_in_full(waiting, now)) if words else {}
        records = BoardRecords(
            now=now,
            storm=storm,
            states=states,
            classes=app.boards.classes(states, head.finishes) if storm else (),
            due_at=deadlines(tx, list(full.values()), app.network, app.policy),
            next_action=head.action,
            longest_search_s=_longest_search_s(tx, app, storm, now),
            vehicles=vehicle_views(machines_in_use(tx), app.live.picture()),
            waiting=waiting,
            requests=full.values(),
            network=app.network,
            plan=shown_plan(tx, driven.plan) if driven else None,
            runs=shown_runs(tx, storm, RUNS_SHOWN) if words else (),
        )
        return dispatch_board(records)


def figures_now(app: App) -> BoardFiguresView:
    """Return the figures, what to do next, and the progress by class."""
    with reading(app.engine) as tx:
        now, storm = app.clock.now(), wanted_storm(tx)
        states, head = app.boards.states(tx, storm, now), _head(tx, app, storm, now)
        classes = app.boards.classes(states, head.finishes) if storm else ()
        live = app.live.picture().values()
        at_work = sum(seen.state is VehicleState.WORKING for seen in live)
        longest_s = _longest_search_s(tx, app, storm, now)
        figures = StripFigures(waiting_count(tx), at_work, head.action, longest_s)
        return BoardFiguresView(now, figures, classes)


def _longest_search_s(tx: Tx, app: App, storm: Storm | None, now: datetime) -> int | None:
    longest_s = inf if storm is None else longest_search_s(tx, storm.id, now, app.clock.pace)
    return floor(longest_s) if isfinite(longest_s) else None


def _head(tx: Tx, app: App, storm: Storm | None, now: datetime) -> BoardHead:
    return board_head(CityContext(tx, app.network, app.policy, now), storm, app.plans)
