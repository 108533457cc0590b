"""One page for a request, open or closed: everything stored about it, and its photos."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, Context, IntakeContext
from api.web.page_context import boot_of, page, translator_of
from api.web.photos import photo_answer, thumbnail_answer
from data.errors import NotFoundError
from data.model import RequestId, RequestKind
from data.store.database.engine import Tx
from fleet.followup.request_details import (
    numbered_request,
    photos_of,
    request_details,
    request_photo,
)
from fleet.requests.request_lookup import known_request
from maps.followup.request_details import (
    FileView,
    HistoryLine,
    PhotoView,
    file_view,
    photo_views,
)
from maps.pages.i18n import Translator
from maps.reports.audit_log import SubjectNames, sentence

router = APIRouter(route_class=CheckedRoute)

Number = Annotated[str, Path(max_length=20, pattern=r"^([A-Za-z]\s?-?)?\d+$")]
PhotoName = Annotated[str, Path(max_length=60)]


@router.get("/requests/{number}")
def request_page(request: Request, number: Number, context: IntakeContext) -> Response:
    """Show the page of a request by its number: "12", "B-0012" and "b12" are the same."""
    with context.reading() as tx:
        asked = numbered_request(tx, number)
    if asked is None:
        raise NotFoundError("request", number)
    if number != str(asked.id):
        return RedirectResponse(f"/requests/{asked.id}", 303)
    boot = boot_of(request, context) | {"request": asked.id} | file_boot()
    view = {"reference": asked.reference, "boot": boot, "office": context.has(*BOARD_ROLES)}
    return page(request, "followup/request.html", view)


@router.get("/api/requests/{request_id}/file")
def get_request_file(request: Request, request_id: RequestId, context: IntakeContext) -> FileView:
    """Return everything about one request but its caller, who is asked for apart."""
    with context.reading() as tx:
        return file_of(tx, context, request_id, translator_of(request))


@router.get("/api/requests/{request_id}/photos")
def list_photos(request_id: RequestId, context: IntakeContext) -> tuple[PhotoView, ...]:
    """Return the photos that citizens sent with a request."""
    with context.reading() as tx:
        known_request(tx, request_id)
        return photo_views(request_id, photos_of(tx, request_id))


@router.get("/api/requests/{request_id}/photos/{name}")
def get_request_photo(
    request_id: RequestId, name: PhotoName, context: IntakeContext
) -> FileResponse:
    """Return a citizen's photo, as an image."""
    return photo_answer(context.app.folder, _photo(context, request_id, name), request_id)


@router.get("/api/requests/{request_id}/photos/{name}/thumbnail")
def get_request_thumbnail(
    request_id: RequestId, name: PhotoName, context: IntakeContext
) -> Response:
    """Return a citizen's photo small, as an image."""
    return thumbnail_answer(context.app.folder, _photo(context, request_id, name), request_id)


def file_boot() -> dict[str, object]:
    """Return what the file of a request needs in the start data of a page."""
    return {"kinds": list(RequestKind)}


def file_of(tx: Tx, context: Context, request_id: RequestId, t: Translator) -> FileView:
    """Return everything about one request but its caller."""
    app = context.app
    assigns = context.has(*BOARD_ROLES)
    file = request_details(tx, request_id, app.network, app.policy, context.now, assigns=assigns)
    names = SubjectNames(file.names, app.network, file.people_names)
    history = [HistoryLine(line.at, sentence(line, names, t)) for line in file.history]
    return file_view(file, history, app.network, app.policy, t, context.now)


def _photo(context: Context, request_id: RequestId, name: str) -> str:
    with context.reading() as tx:
        return request_photo(tx, request_id, name)
