"""The crew's own page: the next place with words and a map, and what became of each."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from api.context import App, Context, CrewContext, app_of, signed_in
from api.crews import ground_of, tell_boards
from api.requests import deadlines
from api.schemas import Wire
from api.shell import boot_of, page
from data.errors import NotFoundError
from data.model import (
    Role,
    User,
)
from data.model.crews import (
    CannotReason,
    Crew,
    CrewJob,
    CrewJobId,
    CrewShift,
)
from data.store.crew_jobs import list_crew_jobs_of_crew
from data.store.crews import find_crew_of_user
from data.store.engine import Tx, reading
from data.store.requests import get_request
from data.store.storms import find_active_storm
from fleet.crew_work import finish_job, leave_job, start_job
from fleet.crews import find_duty
from maps.crews import CrewJobView, JobRow, crew_job_view, job_row
from maps.views import request_view

router = APIRouter()

_DISPATCH = (Role.ADMINISTRATOR, Role.DISPATCHER)


class WordsIn(Wire):
    """What a crew says of a job in words."""

    words: Annotated[str, Field(max_length=500)] = ""


class CannotIn(WordsIn):
    """Why a job cannot be done."""

    reason: CannotReason


@router.get("/crew")
def crew_page(request: Request) -> Response:
    """Show a crew its list; everybody else goes to where a code is entered."""
    app = app_of(request)
    session, user = signed_in(request)
    crew = crew_of(app, user) if user else None
    if session is None or user is None or crew is None:
        return RedirectResponse("/drive", status_code=303)
    context = Context(app, user, app.clock.now(), request.state.language, session.csrf)
    with context.reading() as tx:
        shift, rows = _list_of(tx, context, crew)
    view = {
        "crew": crew,
        "shift": shift,
        "over": shift is None or shift.ended_at is not None or shift.ends_at < context.now,
        "ahead": [row for row in rows if row.state in ("assigned", "started")],
        "ended": [row for row in rows if row.state in ("done", "cannot")],
        "reasons": list(CannotReason),
        "boot": boot_of(request, context) | {"sign_in": "/drive"},
    }
    return page(request, "crew/crew.html", view)


@router.get("/api/crew")
def show_list(context: CrewContext) -> list[CrewJobView]:
    """Return the list of the crew that asks, in order."""
    with context.reading() as tx:
        crew, storm = find_crew_of_user(tx, context.user.id), find_active_storm(tx)
        jobs = list_crew_jobs_of_crew(tx, storm.id, crew.id) if crew and storm else []
        ground = ground_of(tx, context, jobs)
    return [crew_job_view(job, ground) for job in jobs]


@router.post("/api/crew-jobs/{job_id}/start")
def start(job_id: CrewJobId, context: CrewContext) -> CrewJobView:
    """Say that a crew has begun a job."""
    with context.writing() as tx:
        job = start_job(tx, context.actor, job_id, _own_crew(tx, context), context.now)
        view = _viewed(tx, context, job)
    tell_boards(context)
    return view


@router.post("/api/crew-jobs/{job_id}/done")
def finish(job_id: CrewJobId, said: WordsIn, context: CrewContext) -> CrewJobView:
    """Say that a job is done; the request that asked for it is closed by that."""
    with context.writing() as tx:
        crew = _own_crew(tx, context)
        job = finish_job(tx, context.actor, job_id, crew, said.words, context.now)
        view = _viewed(tx, context, job)
        asked = get_request(tx, job.request_id) if job.request_id is not None else None
        closed = request_view(asked, deadlines(tx, [asked])) if asked else None
    tell_boards(context)
    if closed is not None:
        context.app.hub.publish("requests", [closed])
    return view


@router.post("/api/crew-jobs/{job_id}/cannot")
def leave(job_id: CrewJobId, said: CannotIn, context: CrewContext) -> CrewJobView:
    """Say that a job cannot be done, and why."""
    with context.writing() as tx:
        crew = _own_crew(tx, context)
        job = leave_job(tx, context.actor, job_id, crew, said.reason, said.words, context.now)
        view = _viewed(tx, context, job)
    tell_boards(context)
    return view


def _own_crew(tx: Tx, context: Context) -> Crew | None:
    """Return the crew that may only change its own list; `None` for who dispatches."""
    if context.has(*_DISPATCH):
        return None
    crew = find_crew_of_user(tx, context.user.id)
    if crew is None:
        raise NotFoundError("crew", context.user.login)
    return crew


def crew_of(app: App, user: User) -> Crew | None:
    """Return the crew that somebody signs in for."""
    if Role.CREW not in user.roles:
        return None
    with reading(app.engine) as tx:
        return find_crew_of_user(tx, user.id)


def _list_of(tx: Tx, context: Context, crew: Crew) -> tuple[CrewShift | None, list[JobRow]]:
    storm = find_active_storm(tx)
    if storm is None:
        return None, []
    jobs = list_crew_jobs_of_crew(tx, storm.id, crew.id)
    ground = ground_of(tx, context, jobs)
    rows = [job_row(job, ground) for job in jobs]
    return find_duty(tx, storm.id, crew.id, context.now), rows


def _viewed(tx: Tx, context: Context, job: CrewJob) -> CrewJobView:
    return crew_job_view(job, ground_of(tx, context, [job]))
