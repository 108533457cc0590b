"""The Open311 endpoints that read requests."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import FileResponse, Response

from api.open311.access import ReadingVisitor
from api.open311.arguments import WantedPage, Words, wanted_of
from api.open311.errors import FaultsAsRecords
from api.open311.formats import MEDIA_TYPES, Format, answer, body_of
from api.open311.records import records_of
from api.open311.schemas import MEDIA, REQUESTS, TOKENS
from api.open311.services import BASE
from api.processes.cached_response import ANYBODYS, shared_answer
from api.web.photos import photo_answer
from data.errors import NotFoundError
from data.model import ServiceRequest
from data.store.database.engine import Tx, reading
from data.store.requests.partners import list_partner_reports
from data.store.requests.public_requests import PublicRequestFilter, find_requests
from data.store.requests.request_photos import find_photographed

router = APIRouter(route_class=FaultsAsRecords, tags=["Open311"])

Extensions = Annotated[str, Query(description="true for more about each request")]
Number = Annotated[str, Path(max_length=40)]


@router.get(f"{BASE}/requests.{{form}}", responses=REQUESTS)
def list_requests(
    form: Format,
    request: Request,
    visitor: ReadingVisitor,
    page: WantedPage,
    service_request_id: Annotated[Words, Query(description="Numbers with commas")] = "",
    service_code: Annotated[Words, Query(description="Services with commas")] = "",
    status: Annotated[Words, Query(description="open, closed, or both with a comma")] = "",
    start_date: Annotated[Words, Query(description="Asked for since then")] = "",
    end_date: Annotated[Words, Query(description="Asked for until then")] = "",
    extensions: Extensions = "",
) -> Response:
    """Return requests, the newest first; by default those of the last 90 days."""
    asked_s, app = time.monotonic(), visitor.app
    given = service_request_id, service_code, status, start_date, end_date
    wanted, more = wanted_of(visitor.now, *given), _more(extensions)

    def made() -> bytes:
        with reading(app.engine) as tx:
            found = find_requests(tx, wanted, page.limit, page.offset)
            records = records_of(tx, request, visitor, found, more=more)
        return body_of(form, "service_requests", records)

    if visitor.key is not None:  # it is shown the words that it brought
        return Response(made(), media_type=MEDIA_TYPES[form])
    shared = app.boards.public_lists.of((form, visitor.t.language, given, page, more))
    packed = shared.resting(asked_s)
    if packed is None:
        with reading(app.engine) as tx:
            revision = app.boards.revision(tx, visitor.now)
        packed = shared.packed(made, revision, asked_s=asked_s)
    return shared_answer(request, packed, ANYBODYS, MEDIA_TYPES[form])


@router.get(f"{BASE}/requests/{{service_request_id}}.{{form}}", responses=REQUESTS)
def get_request(
    service_request_id: Number,
    form: Format,
    request: Request,
    visitor: ReadingVisitor,
    extensions: Extensions = "",
) -> Response:
    """Return one request, as a list with one entry."""
    with reading(visitor.app.engine) as tx:
        found = request_by_number(tx, service_request_id)
        records = records_of(tx, request, visitor, [found], more=_more(extensions))
    return answer(form, "service_requests", records)


@router.get(f"{BASE}/tokens/{{token}}.{{form}}", responses=TOKENS)
def get_token(token: Number, form: Format, visitor: ReadingVisitor) -> Response:
    """Return the request number of a token; both are the same, since numbers are given at once."""
    with reading(visitor.app.engine) as tx:
        found = request_by_number(tx, token)
    record = {"service_request_id": found.reference, "token": token}
    return answer(form, "service_requests", [{**record}])


@router.get(f"{BASE}/media/{{name}}", response_class=FileResponse, responses=MEDIA)
def get_media(name: Annotated[str, Path(max_length=80)], visitor: ReadingVisitor) -> FileResponse:
    """Return a photo sent by a system; its random address is the only protection."""
    with reading(visitor.app.engine) as tx:
        request_id = find_photographed(tx, name)
        brought = request_id is not None and request_id in list_partner_reports(tx, [request_id])
    if not brought:
        raise NotFoundError("photo", name)
    return photo_answer(visitor.app.folder, name, name)


def request_by_number(tx: Tx, number: str) -> ServiceRequest:
    """Return the request with this number; raise `NotFoundError` where there is none."""
    found = find_requests(tx, PublicRequestFilter(references=(number,)), 1, 0)
    if not found:
        raise NotFoundError("request", number)
    return found[0]


def _more(extensions: str) -> bool:
    return extensions.strip().lower() == "true"
