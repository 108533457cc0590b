"""The city's set-up in the browser: the overview, and street updates."""

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.config.console import open_city_database
from api.processes.background_job import Report, WorkState
from api.processes.limited_process import limits_of, run_reporting
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import AdminContext, AdminFormContext, App
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from api.web.uploads import (
    MOST_BYTES,
    SUFFIXES,
    URMIA,
    UploadedFileOut,
    keep_upload,
    ready_files,
    wanted_upload,
)
from data.errors import ConflictError
from data.files.spoken_clips import can_speak
from data.setup.reachability import unreachable
from data.store.database.engine import reading
from data.store.setup.city import get_report
from data.store.setup.machines import list_depots
from fleet.setup.city_setup import Report as CityReport
from fleet.setup.setup_steps import end_setup, read_setup, resume_setup
from fleet.setup.street_update import Newer, compare, take_over
from maps.pages.error_texts import message_of
from maps.setup.checklist import checklist_view
from maps.setup.city_setup import StreetsView, streets_view
from maps.setup.street_changes import (
    StreetDifferenceView,
    UnreachedView,
    difference_view,
    unreached_view,
)

COMPARING = ("read", "network")
TAKING_OVER = ("tiles", "store")
"""Steps of the two halves of a re-import."""

router = APIRouter(route_class=CheckedRoute)

FileName = Annotated[str, Field(max_length=200)]


class NewerIn(Wire):
    """Files to compare with the present streets; "" keeps boundary or districts."""

    file: Annotated[str, Field(min_length=1, max_length=200)]
    boundary: FileName = ""
    districts: FileName = ""


@dataclass(frozen=True, slots=True)
class NewerFiles:
    """Uploaded files that are compared with the present streets."""

    streets: Path
    boundary: Path | None
    districts: Path | None


class ReimportOut(BaseModel):
    """The progress of a re-import; `work` is compare or take_over."""

    work: str
    state: WorkState
    step: str
    steps: list[str]
    message: str
    details: str
    difference: StreetDifferenceView | None
    report: StreetsView | None
    plan_superseded: bool


@router.get("/setup")
def overview_page(request: Request, context: AdminContext) -> Response:
    """Show what is set up and what is still a default."""
    context.app.position_ingest.tracker_stats.write()
    with context.reading() as tx:
        records = read_setup(tx)
    checklist = checklist_view(records, translator_of(request))
    voices = {"can_speak": can_speak(), "failed_voices": context.app.voice_task.failures()}
    return page(request, "setup/overview.html", {"checklist": checklist} | voices)


@router.post("/setup/end")
def leave_setup(context: AdminFormContext) -> Response:
    """End the set-up as it stands: administrators go to the board from now on."""
    with context.writing() as tx:
        end_setup(tx, context.actor, context.now)
    return RedirectResponse("/", status_code=303)


@router.post("/setup/resume")
def take_setup_up_again(context: AdminFormContext) -> Response:
    """Lead administrators to the set-up again until it is done."""
    with context.writing() as tx:
        resume_setup(tx, context.actor, context.now)
    return RedirectResponse("/setup", status_code=303)


@router.get("/setup/streets")
def streets_page(request: Request, context: AdminContext) -> Response:
    """Show the street figures and the form for a newer file."""
    with context.reading() as tx:
        report = streets_view(get_report(tx), translator_of(request))
    boot = boot_of(request, context) | {"suffixes": SUFFIXES, "urmia": URMIA}
    return page(request, "setup/streets.html", {"boot": boot | {"report": asdict(report)}})


@router.get("/api/setup/unreached")
def list_unreached_streets(context: AdminContext) -> UnreachedView:
    """Return the streets that no depot reaches."""
    with context.reading() as tx:
        depots = list_depots(tx)
    network = context.app.network
    lost = unreachable(network, [depot.location for depot in depots])
    return unreached_view(network, lost, depots)


@router.get("/api/setup/files")
def list_uploaded_files(context: AdminContext) -> dict[str, list[UploadedFileOut]]:
    """Return the uploaded files by purpose."""
    return ready_files(context.app.settings.uploads)


@router.post("/api/setup/files", status_code=201, dependencies=[takes_up_to(MOST_BYTES)])
async def upload_file(
    request: Request, name: str, purpose: str, context: AdminContext
) -> UploadedFileOut:
    """Store the request body as an uploaded file."""
    return await keep_upload(request, context.app.settings.uploads, name, purpose)


@router.get("/api/setup/reimport")
def get_street_update(request: Request, context: AdminContext) -> ReimportOut:
    """Return the progress of a comparison or an import."""
    return _reimport(request, context.app)


@router.post("/api/setup/reimport/compare", status_code=202)
def start_street_comparison(
    request: Request, wanted: NewerIn, context: AdminContext
) -> ReimportOut:
    """Start comparing a newer file with the present streets; nothing is changed by it."""
    app, folder = context.app, context.app.settings.uploads
    files = NewerFiles(
        streets=wanted_upload(folder, wanted.file, "streets"),
        boundary=wanted_upload(folder, wanted.boundary, "boundary") if wanted.boundary else None,
        districts=wanted_upload(folder, wanted.districts, "districts")
        if wanted.districts
        else None,
    )

    def work(report: Report) -> Newer:
        name, comparison = files.streets.name, partial(compare_as_child, app.folder, files)
        return run_reporting(report, limits_of(app.settings), name, comparison)

    app.background_job.begin("compare", work)
    return _reimport(request, app)


@router.post("/api/setup/reimport/take-over", status_code=202)
def start_street_update(request: Request, context: AdminContext) -> ReimportOut:
    """Start importing the compared file as the city's streets."""
    app, newer = context.app, context.app.background_job.state.outcome
    if not isinstance(newer, Newer):
        raise ConflictError("nothing was compared", reason="nothing_compared")

    def work(report: Report) -> CityReport:
        taken = take_over(
            app.engine, app.folder, newer, app.clock.now(), context.actor, report=report
        )
        app.city_state.refresh()
        return taken

    app.background_job.begin("take_over", work)
    return _reimport(request, app)


@router.post("/api/setup/reimport/forget")
def delete_street_update(request: Request, context: AdminContext) -> ReimportOut:
    """Discard the result of a comparison or an import."""
    context.app.background_job.forget()
    return _reimport(request, context.app)


def compare_as_child(folder: Path, files: NewerFiles, report: Report) -> Newer:
    """Compare files with a city's present streets, in a process of its own."""
    engine = open_city_database(folder)
    try:
        with reading(engine) as tx:
            return compare(
                tx,
                files.streets,
                boundary=files.boundary,
                districts=files.districts,
                report=report,
            )
    finally:
        engine.dispose()


def _reimport(request: Request, app: App) -> ReimportOut:
    state, t = app.background_job.state, translator_of(request)
    outcome = state.outcome
    report = outcome if isinstance(outcome, dict) else None
    return ReimportOut(
        work=state.name,
        state=state.state,
        step=state.step,
        steps=list(TAKING_OVER if state.name == "take_over" else COMPARING),
        message=message_of(state.error, t) if state.error else "",
        details=str(state.error or ""),
        difference=difference_view(outcome, t) if isinstance(outcome, Newer) else None,
        report=streets_view(report, t) if report else None,
        plan_superseded=bool(report and report.get("plan_superseded")),
    )
