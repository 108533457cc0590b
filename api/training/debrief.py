"""The debrief of a training: its page and file, and moments of decision."""

import json
from gzip import decompress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.planning.run_files import PROGRESS, WAIT_S, WaitSeconds, file_answer
from api.processes.cached_response import json_of
from api.processes.printing.training_debrief import (
    DebriefSubject,
    debrief_words,
)
from api.training.leading import InstructorContext, leads
from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, Allowed, Context
from api.web.page_context import boot_of, page, translator_of
from data.errors import NotFoundError
from data.model import PlanRun, PlanRunId, Role, Storm, StormId
from data.store.database.engine import Tx
from fleet.planning.plan_lifecycle import request_stop
from fleet.routes.file_request import ask_for_debrief
from fleet.training.rehearsal import known_training
from fleet.training.scores.debrief import counted_here, training_storm
from fleet.training.scores.decision_runs import (
    ask_for_points,
    decision_runs,
    search_told_of,
)
from fleet.training.seats import INSTRUCTORS
from maps.training.debrief import CountingView, SearchView, counting_view, search_view

router = APIRouter(route_class=CheckedRoute)

TRAINEES = (*INSTRUCTORS, Role.DISPATCHER, Role.OPERATOR, Role.DRIVER)

TraineeContext = Annotated[Context, Depends(Allowed(TRAINEES))]


@router.get("/training/debrief")
def debrief_page(request: Request, context: TraineeContext) -> HTMLResponse:
    """Show how the training went: instructors see everybody's scores, others their own."""
    with context.reading() as tx:
        _storm_id(tx)
    is_leading = leads(context)
    login = None if is_leading else context.user.login
    subject = DebriefSubject(translator_of(request).language, login)
    view = {
        "boot": boot_of(request, context),
        "leads": is_leading,
        "replays": context.has(*BOARD_ROLES),
        "view": _words(context, subject),
    }
    return page(request, "training/debrief.html", view)


@router.get("/training/debrief.pdf", responses=PROGRESS)
async def download_debrief(
    request: Request, context: InstructorContext, wait_s: WaitSeconds = WAIT_S
) -> Response:
    """Return the debrief as PDF, which a worker makes as it does the report of a storm."""
    language = translator_of(request).language

    def asked() -> PlanRun:
        with context.writing() as tx:
            return ask_for_debrief(tx, context.actor, _storm_id(tx), language, context.now)

    run = await run_in_threadpool(asked)
    return await file_answer(request, context, run.id, wait_s)


@router.get("/api/training/counting")
def counting_progress(request: Request, context: TraineeContext) -> CountingView:
    """Return how far the figures of the debrief are that are still being counted."""
    with context.reading() as tx:
        storm, reached = _storm(tx), counted_here(tx, context.now)
    return counting_view(reached, storm, translator_of(request))


@router.get("/api/training/decisions")
def decisions_progress(request: Request, context: TraineeContext) -> SearchView:
    """Return how far the search for such moments is."""
    with context.reading() as tx:
        run = search_told_of(decision_runs(tx, _storm_id(tx)))
    return search_view(run, translator_of(request))


@router.post("/api/training/decisions", status_code=202)
def ask_decisions(request: Request, context: InstructorContext) -> SearchView:
    """Look for moments at which a new plan would have been better, at all marks."""
    with context.writing() as tx:
        run = ask_for_points(tx, context.actor, _storm_id(tx), context.now)
    return search_view(run, translator_of(request))


@router.post("/api/training/decisions/{run_id}/stop")
def stop_decisions(request: Request, run_id: PlanRunId, context: InstructorContext) -> SearchView:
    """Stop the search; what was found until then is shown."""
    with context.writing() as tx:
        if all(run.id != run_id for run in decision_runs(tx, _storm_id(tx))):
            raise NotFoundError("plan run", run_id)
        run = request_stop(tx, context.actor, run_id, context.now)
    return search_view(run, translator_of(request))


def _storm_id(tx: Tx) -> StormId:
    return _storm(tx).id


def _storm(tx: Tx) -> Storm:
    """Return the storm of the training here; raise `NotFoundError` in a real city."""
    known_training(tx)
    storm = training_storm(tx)
    if storm is None:
        raise NotFoundError("training", 1)
    return storm


def _words(context: Context, subject: DebriefSubject) -> dict[str, Any]:
    app = context.app
    made = app.answers.made(subject, lambda: json_of(debrief_words(app, subject)))
    content = made if isinstance(made, bytes) else decompress(made.packed.content)
    words: dict[str, Any] = json.loads(content)
    return words
