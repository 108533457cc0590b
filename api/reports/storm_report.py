"""A storm's report for the council, or its brief for a meeting, as PDF made by a worker."""

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
from fleet.routes.file_request import ask_for_report
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

    def asked() -> PlanRun:
        with context.writing() as tx:
            shown = shown_storm(tx, storm)
            if shown is None:
                raise NotFoundError("storm", storm or 0)
            options = {"against": against, "brief": brief, "language": language}
            return ask_for_report(tx, context.actor, shown.id, options, context.now)

    run = await run_in_threadpool(asked)
    return await file_answer(request, context, run.id, wait_s)
