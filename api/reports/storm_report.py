"""What workers make of a storm for the council: its report, its brief, its map as a picture."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.planning.run_files import PROGRESS, WAIT_S, WaitSeconds, file_answer
from api.web.checked_route import CheckedRoute
from api.web.context import CouncilContext
from api.web.page_context import translator_of
from data.errors import NotFoundError
from data.model import PlanRun, StormId
from data.store.database.engine import Tx
from fleet.routes.file_request import ask_for_map, ask_for_report
from fleet.storms.storm_lookup import shown_storm

router = APIRouter(route_class=CheckedRoute)

Wanted = Annotated[StormId | None, Query(description="a storm; the newest where none is given")]
Against = Annotated[StormId | None, Query(description="the storm to compare with; 0 for none")]
Brief = Annotated[bool, Query(description="one page for the meeting instead")]


@router.get("/council/report.pdf", responses=PROGRESS)
async def download_report(
    request: Request,
    context: CouncilContext,
    storm: Wanted = None,
    against: Against = None,
    brief: Brief = False,
    wait_s: WaitSeconds = WAIT_S,
) -> Response:
    """Return the report of a storm as PDF.

    A worker makes it. Where that takes longer than `wait_s`, the answer is 202 with the address of
    the file in `Location`.
    """
    language = translator_of(request).language
    options = {"against": against, "brief": brief, "language": language}

    def asked() -> PlanRun:
        with context.writing() as tx:
            storm_id = _storm_id(tx, storm)
            return ask_for_report(tx, context.actor, storm_id, options, context.now)

    run = await run_in_threadpool(asked)
    return await file_answer(request, context, run.id, wait_s)


@router.get("/council/coverage.png", responses=PROGRESS)
async def download_picture(
    request: Request,
    context: CouncilContext,
    storm: Wanted = None,
    wait_s: WaitSeconds = WAIT_S,
) -> Response:
    """Return the map of a storm with its legend as PNG; a worker draws it, as the report."""
    language = translator_of(request).language

    def asked() -> PlanRun:
        with context.writing() as tx:
            storm_id = _storm_id(tx, storm)
            return ask_for_map(tx, context.actor, storm_id, language, context.now)

    run = await run_in_threadpool(asked)
    return await file_answer(request, context, run.id, wait_s)


def _storm_id(tx: Tx, wanted: StormId | None) -> StormId:
    """Return a storm, by default the newest; raise `NotFoundError` where there is none."""
    shown = shown_storm(tx, wanted)
    if shown is None:
        raise NotFoundError("storm", wanted or 0)
    return shown.id
