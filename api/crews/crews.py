"""Crews for dispatchers: the register, shifts in a storm, and crew jobs."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.schemas import Lat, Lon, Moment, Short, Spoken, Wire, moment_in
from data.errors import InvalidError, NotFoundError
from data.model import (
    LonLat,
    RequestId,
    RequestState,
    SegmentId,
    StormId,
)
from data.model.crews import (
    Crew,
    CrewId,
    CrewJob,
    CrewJobId,
    CrewPriority,
    CrewShiftId,
    CrewWork,
)
from data.store.crews.crew_jobs import get_crew_job, list_crew_jobs
from data.store.crews.crew_photos import crew_photos
from data.store.crews.crew_register import list_crew_shifts, list_crews
from data.store.database.engine import Tx
from fleet.context import CityContext
from fleet.crews.crew_progress import put_back
from fleet.crews.crew_register import (
    NOT_YET,
    change_crew,
    enroll_crew,
    give_crew_code,
    put_on_duty,
    retire_crew,
    send_home,
)
from fleet.requests.intake import no_place, wrong_state
from fleet.requests.request_lookup import known_request, requests_by_id
from fleet.setup.machine_list import all_sites
from fleet.storms.storm_lookup import active_storm, known_storm, wanted_storm
from fleet.work.crew_jobs import CrewJobWish, add_job_by_hand, cancel_job, change_job, crew_job_for
from maps.crews import (
    CrewJobContext,
    CrewJobView,
    CrewShiftView,
    CrewView,
    crew_job_view,
    crew_shift_view,
    crew_view,
)
from maps.pages.i18n import translator
from maps.pages.qr_code import QrCode, qr_code

router = APIRouter(route_class=CheckedRoute)

EVERYTHING = (0,)
"""The event for a change of any crew; it carries no words of callers."""

Number = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]


class CrewIn(Wire):
    """A crew's description; its base is a depot by name, or a place."""

    name: Short
    size: Annotated[int, Field(ge=1, le=50)]
    works: Annotated[tuple[CrewWork, ...], Field(min_length=1, max_length=len(CrewWork))]
    depot: Short = ""
    lon: Lon | None = None
    lat: Lat | None = None
    contact: Short = ""
    language: Spoken = ""
    drives: bool = False
    shift_h: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)] = 8.0
    rate_h: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] = 0.0


class DutyIn(Wire):
    """A crew's shift in a storm: its start, by default now, and length, by default the usual."""

    crew_id: CrewId
    starts_at: Moment | None = None
    hours_h: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)] | None = None


class CrewJobIn(Wire):
    """A crew job's description; missing values come from the policy."""

    work: CrewWork
    words: Annotated[str, Field(max_length=300)] = ""
    size: Number | None = None
    minutes: Number | None = None
    priority: CrewPriority = CrewPriority.NORMAL
    due_at: Moment | None = None


class NewCrewJobIn(CrewJobIn):
    """A new crew job at a pin, on a street, or where its words are unambiguous."""

    lon: Lon | None = None
    lat: Lat | None = None
    segment_id: SegmentId | None = None


class CrewCodeOut(Wire):
    """A sign-in code for a crew's leader, shown once; `qr` opens `/crew` signed in."""

    code: str
    qr: QrCode
    crew: str
    expires_at: str


@router.get("/api/crews")
def get_crews(context: BoardContext) -> list[CrewView]:
    """Return all crews, retired ones too."""
    with context.reading() as tx:
        return [crew_view(crew) for crew in list_crews(tx)]


@router.post("/api/crews", status_code=201)
def create_crew(wanted: CrewIn, context: DispatcherContext) -> CrewView:
    """Add a crew."""
    with context.writing() as tx:
        return crew_view(enroll_crew(tx, context.actor, _described(tx, wanted), context.now))


@router.post("/api/crews/{crew_id}")
def update_crew(crew_id: CrewId, wanted: CrewIn, context: DispatcherContext) -> CrewView:
    """Change a crew's description."""
    with context.changing(f"crew:{crew_id}") as tx:
        crew = _described(tx, wanted)
        view = crew_view(change_crew(tx, context.actor, crew_id, crew, context.now))
    tell_boards(context)
    return view


@router.post("/api/crews/{crew_id}/retire")
def delete_crew(crew_id: CrewId, context: DispatcherContext) -> CrewView:
    """Retire a crew, or restore it."""
    with context.writing() as tx:
        return crew_view(retire_crew(tx, context.actor, crew_id, context.now))


@router.get("/api/storms/{storm_id}/crew-shifts")
def get_crew_shifts(storm_id: StormId, context: BoardContext) -> list[CrewShiftView]:
    """Return the crew shifts of a storm."""
    with context.reading() as tx:
        known_storm(tx, storm_id)
        return [crew_shift_view(one) for one in list_crew_shifts(tx, storm_id)]


@router.post("/api/storms/{storm_id}/crew-shifts", status_code=201)
def create_crew_shift(
    storm_id: StormId, wanted: DutyIn, context: DispatcherContext
) -> CrewShiftView:
    """Add a crew's shift to a storm."""
    starts_at = None
    if wanted.starts_at is not None:
        starts_at = moment_in(wanted.starts_at, context.app.city.timezone, "starts_at")
    who, now = context.actor, context.now
    with context.writing() as tx:
        shift = put_on_duty(tx, who, storm_id, wanted.crew_id, now, starts_at, wanted.hours_h)
    tell_boards(context)
    return crew_shift_view(shift)


@router.post("/api/crew-shifts/{shift_id}/end")
def end_crew_shift(shift_id: CrewShiftId, context: DispatcherContext) -> CrewShiftView:
    """End a crew's shift."""
    with context.writing() as tx:
        shift = send_home(tx, context.actor, shift_id, context.now)
    tell_boards(context)
    return crew_shift_view(shift)


@router.post("/api/crew-shifts/{shift_id}/code")
def create_crew_code(
    request: Request, shift_id: CrewShiftId, context: DispatcherContext
) -> CrewCodeOut:
    """Create a sign-in code for a crew's leader; it revokes the one before."""
    app = context.app
    with context.writing() as tx:
        given = give_crew_code(
            tx, context.actor, shift_id, app.settings.secret_key(), app.city.language, context.now
        )
    address = f"{str(request.base_url).rstrip('/')}/drive#link={given.token}"
    return CrewCodeOut(
        code=given.digits,
        qr=qr_code(address),
        crew=given.crew.name,
        expires_at=given.expires_at.isoformat(),
    )


@router.get("/api/crew-jobs")
def get_crew_jobs(context: BoardContext, storm_id: StormId | None = None) -> list[CrewJobView]:
    """Return the crew jobs of a storm, by default the active one."""
    with context.reading() as tx:
        storm = wanted_storm(tx, storm_id)
        jobs = list_crew_jobs(tx, storm.id) if storm else []
        job_context = job_context_of(tx, context, jobs)
    return [crew_job_view(job, job_context) for job in jobs]


@router.post("/api/storms/{storm_id}/crew-jobs", status_code=201)
def create_crew_job(
    storm_id: StormId, wanted: NewCrewJobIn, context: DispatcherContext
) -> CrewJobView:
    """Add a crew job without a request."""
    app = context.app
    wish = job_wish(context, wanted, _place_of(context, wanted))
    with context.writing() as tx:
        policy = app.city_state.policy_of(tx, known_storm(tx, storm_id))
        who, now = context.actor, context.now
        job = add_job_by_hand(CityContext(tx, app.network, policy, now), who, storm_id, wish)
        view = _viewed(tx, context, job)
    tell_boards(context)
    return view


@router.post("/api/requests/{request_id}/crew-job", status_code=201)
def create_crew_job_of_request(request_id: RequestId, context: DispatcherContext) -> CrewJobView:
    """Create a crew job for a request of any kind; an existing job is returned."""
    app = context.app
    with context.changing(f"request:{request_id}") as tx:
        storm, asked = active_storm(tx), known_request(tx, request_id)
        if asked.state is not RequestState.OPEN:
            raise wrong_state(asked)
        segment = app.network.find(asked.snap.segment_id) if asked.snap else None
        if segment is None:
            raise no_place(asked)
        policy = app.city_state.policy_of(tx, storm)
        who, now = context.actor, context.now
        job = crew_job_for(tx, who, asked, storm.id, segment, policy, now)
        view = _viewed(tx, context, job)
    tell_boards(context)
    return view


@router.post("/api/crew-jobs/{job_id}")
def update_crew_job(
    job_id: CrewJobId, wanted: CrewJobIn, context: DispatcherContext
) -> CrewJobView:
    """Change a crew job before it is begun."""
    wish = job_wish(context, wanted, LonLat(0.0, 0.0))
    with context.changing(f"crew_job:{job_id}") as tx:
        storm = known_storm(tx, get_crew_job(tx, job_id).storm_id)
        policy = context.app.city_state.policy_of(tx, storm)
        job = change_job(tx, context.actor, job_id, wish, policy, context.now)
        view = _viewed(tx, context, job)
    tell_boards(context)
    return view


@router.post("/api/crew-jobs/{job_id}/cancel")
def cancel_crew_job(job_id: CrewJobId, context: DispatcherContext) -> CrewJobView:
    """Cancel a crew job for good."""
    with context.changing(f"crew_job:{job_id}") as tx:
        view = _viewed(tx, context, cancel_job(tx, context.actor, job_id, context.now))
    tell_boards(context)
    return view


@router.post("/api/crew-jobs/{job_id}/put-back")
def reopen_crew_job(job_id: CrewJobId, context: DispatcherContext) -> CrewJobView:
    """Reopen a crew job that a crew has ended."""
    with context.changing(f"crew_job:{job_id}") as tx:
        view = _viewed(tx, context, put_back(tx, context.actor, job_id, context.now))
    tell_boards(context)
    return view


def tell_boards(context: Context) -> None:
    """Notify open pages that crews changed; they reload what they show."""
    context.app.hub.publish("crews", [EVERYTHING])


def job_context_of(tx: Tx, context: Context, jobs: list[CrewJob]) -> CrewJobContext:
    """Return what views of crew jobs need beside the jobs."""
    ids = [job.request_id for job in jobs if job.request_id is not None]
    words = translator(context.language, context.app.city.timezone)
    shown = crew_photos(tx, [job.id for job in jobs if job.state.over])
    return CrewJobContext(context.app.network, requests_by_id(tx, ids), shown, {}, words)


def job_wish(context: Context, wanted: CrewJobIn, place: LonLat) -> CrewJobWish:
    """Return the record that `fleet.work.crew_jobs` takes."""
    due_at = None
    if wanted.due_at is not None:
        due_at = moment_in(wanted.due_at, context.app.city.timezone, "due_at")
    return CrewJobWish(
        work=wanted.work,
        place=place,
        words=wanted.words,
        size=wanted.size,
        minutes=wanted.minutes,
        priority=wanted.priority,
        due_at=due_at,
    )


def _place_of(context: Context, wanted: NewCrewJobIn) -> LonLat:
    if wanted.lon is not None and wanted.lat is not None:
        return LonLat(wanted.lon, wanted.lat)
    network = context.app.network
    if wanted.segment_id is not None:
        segment = network.find(wanted.segment_id)
        if segment is None:
            raise NotFoundError("segment", wanted.segment_id)
        return network.point_at(segment.id, segment.length_m / 2)
    found = context.app.geocoder.candidates(wanted.words) if wanted.words.strip() else []
    if not found or not found[0].confident:
        raise InvalidError("words", wanted.words, "an address that leaves no doubt, or a pin")
    return found[0].point


def _viewed(tx: Tx, context: Context, job: CrewJob) -> CrewJobView:
    return crew_job_view(job, job_context_of(tx, context, [job]))


def _described(tx: Tx, wanted: CrewIn) -> Crew:
    base, base_name = None, ""
    if wanted.lon is not None and wanted.lat is not None:
        base = LonLat(wanted.lon, wanted.lat)
    elif wanted.depot:
        depot = next((one for one in all_sites(tx).depots if one.name == wanted.depot), None)
        if depot is None:
            raise NotFoundError("depot", wanted.depot)
        base, base_name = depot.location, depot.name
    if base is None:
        raise InvalidError("depot", "", "a depot or a place")
    return Crew(
        id=NOT_YET,
        name=wanted.name,
        size=wanted.size,
        works=wanted.works,
        base=base,
        base_name=base_name,
        contact=wanted.contact,
        language=wanted.language,
        drives=wanted.drives,
        shift_h=wanted.shift_h,
        rate_h=wanted.rate_h,
    )
