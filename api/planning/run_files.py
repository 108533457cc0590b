"""Files that runs of the queue make: wait a little, follow, fetch or stop one."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.processes.ingest.run_views import shown_run
from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, AllowedByForm, Context, CouncilContext
from api.web.download import shown
from api.web.page_context import page, translator_of, wants_page
from data.errors import ForbiddenError, NotFoundError
from data.files.json_records import to_plain
from data.model import PlanRun, PlanRunId, Role, RunState
from data.model.planning.plan_runs import FILE_KINDS
from data.store.database.engine import Tx
from data.store.planning.plan_runs import get_run
from data.store.planning.run_files import UNFINISHED, get_file
from fleet.planning.plan_lifecycle import request_stop
from fleet.routes.file_request import KEPT_FOR, is_debrief, is_report
from fleet.training.seats import INSTRUCTORS, may_lead
from maps.board.board import RunView

WAIT_S, LONGEST_S = 5.0, 30.0
"""How long an answer waits for its file; a reader's proxy gives up after a minute."""

LOOK_S = 0.25
"""How often to look for the file."""

REFRESH_S = 2
"""How often a page of progress is loaded anew."""

PROGRESS: dict[int | str, dict[str, Any]] = {
    202: {"description": "Still being made: how far it is, and its address in Location"},
    409: {"description": "There will be none: why it was not made"},
}
"""How an endpoint describes `file_answer` where the file is not there yet."""

WaitSeconds = Annotated[
    float, Query(ge=0, le=LONGEST_S, description="seconds to wait for the file")
]

FileFormContext = Annotated[
    Context, Depends(AllowedByForm((*BOARD_ROLES, Role.COUNCIL), second_step=True))
]

router = APIRouter(route_class=CheckedRoute)


@router.get("/api/plan-runs/{run_id}/file", responses=PROGRESS)
async def download_run_file(
    request: Request, run_id: PlanRunId, context: CouncilContext, wait_s: WaitSeconds = 0.0
) -> Response:
    """Return the file that a run has made, or 202 with its progress."""
    return await file_answer(request, context, run_id, wait_s)


@router.post("/api/plan-runs/{run_id}/file/stop")
def stop_run_file(run_id: PlanRunId, context: FileFormContext) -> Response:
    """Stop making a file; all who wait for it get none."""
    with context.writing() as tx:
        run = _file_run(tx, context, run_id)
        if run.state in UNFINISHED:
            request_stop(tx, context.actor, run_id, context.now)
    return RedirectResponse(_address(run_id), status_code=303)


async def file_answer(
    request: Request, context: Context, run_id: PlanRunId, wait_s: float
) -> Response:
    """Return the file of a run where it is made within some seconds, else its progress.

    Browsers get a page that loads itself anew, programs the run.
    """
    waits = asyncio.get_running_loop().time() + wait_s
    while True:
        run, view = await run_in_threadpool(_progress, context, run_id)
        late = asyncio.get_running_loop().time() >= waits
        if run.state not in UNFINISHED or late:
            break
        await asyncio.sleep(LOOK_S)
    if run.state is RunState.DONE and run.answer is not None:
        content = await run_in_threadpool(_content, context, run_id)
        return shown(content, run.answer["media_type"], run.answer["name"])
    return await run_in_threadpool(_progress_answer, request, view)


def _progress_answer(request: Request, view: RunView) -> Response:
    headers = {"Cache-Control": "no-store"}
    status = 409
    if view.state in UNFINISHED:
        address, status = _address(PlanRunId(view.id)), 202
        headers |= {"Location": address, "Retry-After": str(REFRESH_S)}
    if not wants_page(request):
        return JSONResponse(to_plain(RunView, view), status, headers)
    if status == 202:
        headers["Refresh"] = f"{REFRESH_S}; url={headers['Location']}"
    t = translator_of(request)
    fault = t(view.fault, **view.fault_values) if view.fault else ""
    return page(request, "planning/file.html", {"run": view, "fault": fault}, status, headers)


def _progress(context: Context, run_id: PlanRunId) -> tuple[PlanRun, RunView]:
    with context.reading() as tx:
        run = _file_run(tx, context, run_id)
        return run, shown_run(tx, run)


def _content(context: Context, run_id: PlanRunId) -> bytes:
    with context.reading() as tx:
        return get_file(tx, run_id)


def _file_run(tx: Tx, context: Context, run_id: PlanRunId) -> PlanRun:
    """Return a run that makes a file; raise `NotFoundError` where its file is too old to be kept.

    Erasing comes hours later. The council may read reports alone, a debrief only who leads the
    training; raises `ForbiddenError` else.
    """
    run = get_run(tx, run_id)
    old = run.state not in UNFINISHED and run.asked_at < context.now - KEPT_FOR
    if old or run.kind not in FILE_KINDS:
        raise NotFoundError("file", run_id)
    if is_debrief(run):
        allowed = context.has(*INSTRUCTORS) and may_lead(tx, context.user)
    else:
        allowed = is_report(run) or context.has(*BOARD_ROLES)
    if not allowed:
        raise ForbiddenError("your role does not allow this")
    return run


def _address(run_id: PlanRunId) -> str:
    return f"/api/plan-runs/{run_id}/file"
