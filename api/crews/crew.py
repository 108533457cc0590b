"""The crew's page: its jobs in order with map and photos, and their outcomes."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import FileResponse, RedirectResponse, Response

from api.crews.crews import job_context_of, tell_boards
from api.processes.stored_tiles import stored_tiles
from api.requests.requests import viewed
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import App, BoardContext, Context, CrewContext, app_of, context_of, signed_in
from api.web.idempotency import NO_TAP, TapBody, order_once
from api.web.installed_app import AppName, app_headers, installed
from api.web.page_context import boot_of, daylight_of, is_night, page
from api.web.photos import keep_photo, photo_answer
from api.web.request_body import limited_body
from api.web.schemas import TapIn
from data.errors import NotFoundError
from data.files.photos import MOST_BYTES
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
from data.store.crews.crew_jobs import get_crew_job, list_crew_jobs_of_crew
from data.store.crews.crew_photos import crew_photos
from data.store.crews.crew_register import find_crew_of_user
from data.store.database.engine import Tx, reading
from fleet.crews.crew_lists import days_of, published_lists
from fleet.crews.crew_progress import (
    SAID_LETTERS,
    Hindrance,
    finish_job,
    leave_job,
    photograph_job,
    require_own,
    start_job,
)
from fleet.crews.crew_register import find_duty
from fleet.requests.request_lookup import known_request
from fleet.storms.storm_lookup import wanted_storm
from maps.crews import CrewJobView, JobPin, JobRow, crew_job_view, job_pin, job_row
from maps.pages.stored_map import StoredTiles, box_around

router = APIRouter(route_class=CheckedRoute)

_DISPATCH = (Role.ADMINISTRATOR, Role.DISPATCHER)


class CrewJobNoteIn(TapIn):
    """A crew's note on a finished job."""

    words: Annotated[str, Field(max_length=SAID_LETTERS)] = ""


class CrewHindranceIn(CrewJobNoteIn):
    """The reason why a crew could not do a job."""

    reason: CannotReason


@dataclass(frozen=True, slots=True)
class StoredList:
    """What a crew's phone needs beside its list: the map around its jobs, by layers."""

    tiles: Mapping[str, StoredTiles]


@router.get("/crew")
def crew_page(request: Request) -> Response:
    """Show a crew its jobs; redirect others to the code page."""
    app = app_of(request)
    signed = signed_in(request)
    crew = crew_of(app, signed.user) if signed else None
    if signed is None or crew is None:
        return RedirectResponse("/drive", status_code=303)
    context = context_of(request, signed)
    with context.reading() as tx:
        shift, rows, pins = _list_of(tx, context, crew)
    told = installed(app, AppName.CREW, context.language)
    boot = boot_of(request, context) | {
        "sign_in": "/drive",
        "app": told,
        "emergency": app.policy.messages.emergency,
        "daylight": daylight_of(app, context.now),
        "crew": _boot_of_crew(shift, pins),
    }
    view = {
        "crew": crew,
        "shift": shift,
        "over": shift is None or shift.ended_at is not None or shift.ends_at < context.now,
        "ahead": [row for row in rows if not row.state.over],
        "ended": [row for row in rows if row.state.over],
        "reasons": list(CannotReason),
        "boot": boot,
        "night": is_night(app, context.now),
        "app": told,
    }
    return page(request, "crews/crew.html", view, headers=app_headers(told, boot["texts_address"]))


@router.get("/api/crew")
def get_crew_list(context: CrewContext) -> list[CrewJobView]:
    """Return the crew's jobs in order."""
    with context.reading() as tx:
        crew, storm = find_crew_of_user(tx, context.user.id), wanted_storm(tx)
        jobs = list_crew_jobs_of_crew(tx, storm.id, crew.id) if crew and storm else []
        job_context = job_context_of(tx, context, jobs)
    return [crew_job_view(job, job_context) for job in jobs]


@router.get("/api/crew/stored")
def get_stored_list(context: CrewContext) -> StoredList:
    """Return the map around the crew's jobs and its base, for the phone to keep."""
    with context.reading() as tx:
        crew, storm = find_crew_of_user(tx, context.user.id), wanted_storm(tx)
        jobs = list_crew_jobs_of_crew(tx, storm.id, crew.id) if crew and storm else []
    places = [job.place for job in jobs] + ([crew.base] if crew else [])
    return StoredList(stored_tiles(context.app.folder, [box_around([one]) for one in places]))


@router.post("/api/crew-jobs/{job_id}/start")
def start_crew_job(job_id: CrewJobId, context: CrewContext, tap: TapBody = NO_TAP) -> CrewJobView:
    """Mark a job as begun."""
    with context.writing() as tx:
        crew = _own_crew(tx, context)

        def order(tx: Tx) -> CrewJobView:
            job = start_job(tx, context.actor, job_id, crew, context.now, tap.tapped_at)
            return _viewed(tx, context, job)

        view = order_once(tx, context, tap, order)
    tell_boards(context)
    return view


@router.post("/api/crew-jobs/{job_id}/done")
def finish_crew_job(job_id: CrewJobId, wanted: CrewJobNoteIn, context: CrewContext) -> CrewJobView:
    """Mark a job as done and close its request; a photo may follow."""
    with context.writing() as tx:
        crew = _own_crew(tx, context)

        def order(tx: Tx) -> CrewJobView:
            told = (wanted.words, context.now, wanted.tapped_at)
            return _viewed(tx, context, finish_job(tx, context.actor, job_id, crew, *told))

        view = order_once(tx, context, wanted, order)
        request_id = get_crew_job(tx, job_id).request_id
        asked = known_request(tx, request_id) if request_id is not None else None
        closed = viewed(tx, context.app, asked) if asked else None
    tell_boards(context)
    if closed is not None:
        context.app.hub.publish("requests", [closed])
    return view


@router.post("/api/crew-jobs/{job_id}/cannot")
def decline_crew_job(
    job_id: CrewJobId, wanted: CrewHindranceIn, context: CrewContext
) -> CrewJobView:
    """Mark a job as impossible with a reason; a photo may follow."""
    with context.writing() as tx:
        crew = _own_crew(tx, context)

        def order(tx: Tx) -> CrewJobView:
            why, who = Hindrance(wanted.reason, wanted.words), context.actor
            left = leave_job(tx, who, job_id, crew, why, context.now, wanted.tapped_at)
            return _viewed(tx, context, left)

        view = order_once(tx, context, wanted, order)
    tell_boards(context)
    return view


@router.post("/api/crew-jobs/{job_id}/photo", dependencies=[takes_up_to(MOST_BYTES)])
async def upload_crew_job_photo(
    job_id: CrewJobId, request: Request, context: CrewContext
) -> CrewJobView:
    """Store the request body as the job's photo: JPEG, PNG or WebP; it replaces an earlier one."""
    crew = await asyncio.to_thread(_may_photograph, context, job_id)
    content = await limited_body(request, MOST_BYTES)

    def store(tx: Tx, photo: str) -> tuple[CrewJobView, str]:
        job, former = photograph_job(tx, context.actor, job_id, crew, photo, context.now)
        return _viewed(tx, context, job), former

    view = await asyncio.to_thread(keep_photo, context, content, store)
    tell_boards(context)
    return view


@router.get("/api/crew-jobs/{job_id}/photo")
def get_crew_job_photo(job_id: CrewJobId, context: BoardContext) -> FileResponse:
    """Return the photo of a job, as an image."""
    with context.reading() as tx:
        photo = crew_photos(tx, [job_id]).get(job_id, "")
    return photo_answer(context.app.folder, photo, job_id)


def _may_photograph(context: Context, job_id: CrewJobId) -> Crew | None:
    with context.reading() as tx:
        crew = _own_crew(tx, context)
        require_own(get_crew_job(tx, job_id), crew)
    return crew


def _own_crew(tx: Tx, context: Context) -> Crew | None:
    """Return the crew that may change its own jobs only; `None` for dispatchers."""
    if context.has(*_DISPATCH):
        return None
    crew = find_crew_of_user(tx, context.user.id)
    if crew is None:
        raise NotFoundError("crew", context.user.login)
    return crew


def crew_of(app: App, user: User) -> Crew | None:
    """Return the crew of a signed-in leader."""
    if Role.CREW not in user.roles:
        return None
    with reading(app.engine) as tx:
        return find_crew_of_user(tx, user.id)


def _list_of(
    tx: Tx, context: Context, crew: Crew
) -> tuple[CrewShift | None, list[JobRow], list[JobPin]]:
    storm = wanted_storm(tx)
    if storm is None:
        return None, [], []
    jobs = list_crew_jobs_of_crew(tx, storm.id, crew.id)
    job_context = job_context_of(tx, context, jobs)
    rules = context.app.city_state.policy_of(tx, storm).crews
    days = days_of(tx, storm.id, published_lists(tx, storm.id), rules, context.now)
    stops = {stop.job.id: stop for day in days if day.crew.id == crew.id for stop in day.stops}
    rows = [job_row(job, job_context, stops.get(job.id)) for job in jobs]
    pins = [job_pin(job, row, stops.get(job.id)) for job, row in zip(jobs, rows, strict=True)]
    pins.sort(key=lambda pin: pin.state.over)
    return find_duty(tx, storm.id, crew.id, context.now), rows, pins


def _boot_of_crew(shift: CrewShift | None, pins: Sequence[JobPin]) -> dict[str, object]:
    """Return what the page's scripts know of the list.

    `map_mark` is another one where the map around the list is another one.
    """
    places = "\n".join(f"{pin.lon} {pin.lat}" for pin in pins)
    on_duty = shift is not None and shift.ended_at is None
    return {
        "shift_id": shift.id if shift and on_duty else None,
        "jobs": [asdict(pin) for pin in pins],
        "map_mark": hashlib.sha256(places.encode()).hexdigest()[:16] if pins else "",
    }


def _viewed(tx: Tx, context: Context, job: CrewJob) -> CrewJobView:
    return crew_job_view(job, job_context_of(tx, context, [job]))
