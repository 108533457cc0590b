"""The complaints office: overdue requests, their owners, and inspections on site."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from pydantic import AwareDatetime
from starlette.responses import FileResponse, HTMLResponse

from api.followup.request_details import file_boot, file_of
from api.processes.photo_intake import PhotoSource
from api.requests.requests import announced, viewed
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import BoardContext, Context, IntakeContext
from api.web.page_context import boot_of, page, translator_of
from api.web.photos import photo_answer
from api.web.request_body import FORM_BYTES
from api.web.schemas import Lat, Lon, Short, Wire
from data.errors import InvalidError, Need
from data.files.photos import MOST_BYTES, remove_photo
from data.model import LonLat, RequestId, SegmentId
from data.store.followup.sightings import get_sighting
from fleet.accounts.people import names_by_login
from fleet.followup.waiting_requests import (
    NOTE_LETTERS,
    OnSiteReport,
    assign,
    comment,
    escalate,
    list_waiting,
    settle,
    sight,
)
from fleet.requests.request_lookup import known_request
from maps.followup.request_details import FileView
from maps.followup.waiting_requests import FollowUpView, ListPage, WaitingFilter, followup_view

router = APIRouter(route_class=CheckedRoute)

Note = Annotated[str, Form(max_length=NOTE_LETTERS)]


class RequestNoteIn(Wire):
    """A note on a request."""

    text: str = ""


class AssignIn(Wire):
    """The owner of a request, "" for nobody, and a target time of its own."""

    login: Short = ""
    due_at: AwareDatetime | None = None


@router.get("/followup")
def followup_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show the office's page."""
    return page(request, "followup/office.html", {"boot": boot_of(request, context) | file_boot()})


@router.get("/api/followup")
def list_waiting_requests(
    context: BoardContext,
    chosen: Annotated[WaitingFilter, Query(alias="filter")] = WaitingFilter.LATE,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> FollowUpView:
    """Return a page of waiting requests in order of their targets."""
    app = context.app
    with context.reading() as tx:
        waiting = list_waiting(tx, app.network, app.policy)
        names = names_by_login(tx)
    wanted = ListPage(chosen, page, context.user.login)
    return followup_view(waiting, app.network, app.policy, wanted, names, context.now)


@router.post("/api/requests/{request_id}/escalate")
def escalate_request(request_id: RequestId, why: RequestNoteIn, context: IntakeContext) -> None:
    """Escalate a request to the supervisor."""
    with context.writing() as tx:
        escalate(tx, context.actor, request_id, why.text, context.now)
    announce_request(context, request_id)


@router.post("/api/requests/{request_id}/settle")
def settle_request(request: Request, request_id: RequestId, context: BoardContext) -> FileView:
    """End the escalation of a request."""
    with context.writing() as tx:
        settle(tx, context.actor, request_id, context.now)
        view = file_of(tx, context, request_id, translator_of(request))
    announce_request(context, request_id)
    return view


@router.post("/api/requests/{request_id}/assign")
def assign_request(
    request: Request, request_id: RequestId, to: AssignIn, context: BoardContext
) -> FileView:
    """Assign a request to a user."""
    with context.writing() as tx:
        assign(tx, context.actor, request_id, to.login, to.due_at, context.now)
        view = file_of(tx, context, request_id, translator_of(request))
    announce_request(context, request_id)
    return view


@router.post("/api/requests/{request_id}/comments")
def create_request_comment(
    request_id: RequestId, note: RequestNoteIn, context: IntakeContext
) -> None:
    """Add a note to a request."""
    with context.writing() as tx:
        comment(tx, context.actor, request_id, note.text, context.now)


@router.post(
    "/api/requests/{request_id}/sightings", dependencies=[takes_up_to(MOST_BYTES + FORM_BYTES)]
)
def create_sighting(
    request: Request,
    request_id: RequestId,
    context: BoardContext,
    clear: Annotated[bool, Form()],
    photo: Annotated[UploadFile, File()],
    text: Note = "",
    lon: Annotated[Lon | None, Form()] = None,
    lat: Annotated[Lat | None, Form()] = None,
) -> FileView:
    """Store an inspection on site with a photo; a clear street closes the request."""
    place = None if lon is None or lat is None else LonLat(lon, lat)
    folder = context.app.folder
    name = taken_photo(context, photo)
    try:
        with context.writing() as tx:
            spot = OnSiteReport(clear, name, place, text)
            sight(context.city(tx), context.actor, request_id, spot)
            view = file_of(tx, context, request_id, translator_of(request))
    except BaseException:
        remove_photo(folder, name)
        raise
    announce_request(context, request_id)
    if view.request.segment_id is not None:
        context.app.consumer.announce_streets([SegmentId(view.request.segment_id)])
    return view


@router.get("/api/sightings/{sighting_id}/photo")
def get_sighting_photo(sighting_id: int, context: BoardContext) -> FileResponse:
    """Return the photo of an inspection, as an image."""
    with context.reading() as tx:
        name = get_sighting(tx, sighting_id).photo
    return photo_answer(context.app.folder, name, sighting_id)


def taken_photo(context: Context, photo: UploadFile) -> str:
    """Store an uploaded photo without what the camera wrote into it; return its name."""
    photos = context.app.photos
    with photos.place():
        return photos.submit(_content(photo), PhotoSource.SIGNED_IN).result()


def _content(photo: UploadFile) -> bytes:
    content = photo.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        most = Need("at most {most} MB", most=MOST_BYTES // 1_000_000)
        raise InvalidError("photo", f"{len(content)} bytes", most)
    return content


def announce_request(context: Context, request_id: RequestId) -> int | None:
    """Tell boards how a request stands now; return its street."""
    with context.reading() as tx:
        view = viewed(tx, context.app, known_request(tx, request_id))
    announced(context, view)
    return view.segment_id
