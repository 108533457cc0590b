"""The debrief of a training: its page and file, moments of decision, and results that are kept."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from gzip import decompress
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.config.console import open_city_database
from api.planning.run_files import PROGRESS, WAIT_S, WaitSeconds, file_answer
from api.processes.cached_response import json_of
from api.processes.printing.training_debrief import (
    DebriefParts,
    DebriefSubject,
    debrief_words,
    read_debrief,
)
from api.training.leading import InstructorContext, leads
from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, Allowed, Context
from api.web.page_context import boot_of, page, translator_of
from data.errors import NotFoundError
from data.model import Actor, PlanRun, PlanRunId, Role, StormId
from data.store.database.engine import Tx, reading, transaction
from fleet.planning.plan_lifecycle import request_stop
from fleet.routes.file_request import ask_for_debrief
from fleet.training.rehearsal import known_training
from fleet.training.scores.debrief import keep_results, results_of, training_storm
from fleet.training.scores.decision_runs import ask_for_points, decision_runs
from fleet.training.seats import INSTRUCTORS
from maps.training.debrief import SearchView, search_view

router = APIRouter(route_class=CheckedRoute)

CITIES = "cities"
"""Name of the folder of cities, beside that of all sandboxes."""

TRAINEES = (*INSTRUCTORS, Role.DISPATCHER, Role.OPERATOR, Role.DRIVER)

TraineeContext = Annotated[Context, Depends(Allowed(TRAINEES))]


@dataclass(frozen=True, slots=True)
class KeptResults:
    """How many results were kept."""

    kept: int


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


@router.post("/api/training/results")
def keep_training_results(context: InstructorContext) -> KeptResults:
    """Keep everybody's results in the city, where the next training shows them."""
    with context.reading() as tx:
        _storm_id(tx)
    app = context.app
    return KeptResults(keep_in_city(app.settings.var, app, context.actor))


def _storm_id(tx: Tx) -> StormId:
    """Return the storm of the training here; raise `NotFoundError` in a real city."""
    known_training(tx)
    storm = training_storm(tx)
    if storm is None:
        raise NotFoundError("training", 1)
    return storm.id


def _words(context: Context, subject: DebriefSubject) -> dict[str, Any]:
    app = context.app
    made = app.answers.made(subject, lambda: json_of(debrief_words(app, subject)))
    content = made if isinstance(made, bytes) else decompress(made.packed.content)
    words: dict[str, Any] = json.loads(content)
    return words


def keep_in_city(sandbox: Path, parts: DebriefParts, actor: Actor) -> int:
    """Keep the results of the training in a sandbox' folder in its city; return how many they are.

    The city's folder lies beside that of all sandboxes. Raises `NotFoundError` where it is gone.
    """
    with reading(parts.engine) as tx:
        found, _ = read_debrief(tx, parts)
    results = results_of(found, datetime.now(UTC))
    city = open_city_database(sandbox.parent.parent / CITIES / found.training.city)
    try:
        with transaction(city) as tx:
            keep_results(tx, actor, results, datetime.now(UTC))
    finally:
        city.dispose()
    return len(results)
