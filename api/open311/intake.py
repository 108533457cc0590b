"""The Open311 endpoint that creates requests; it needs a key."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.open311.access import KEY_GUARD, Visitor
from api.open311.errors import FaultsAsRecords
from api.open311.formats import Format, answer
from api.open311.forms import MOST_FORM_BYTES, SubmittedForm, report_of, submitted
from api.open311.schemas import REQUEST_FORM, TAKEN
from api.open311.services import BASE
from api.processes.photo_intake import PhotoSource
from api.web.checked_route import takes_up_to
from api.web.context import App
from data.files.photos import MOST_BYTES, remove_photo
from data.model import RequestState, ServiceRequest
from data.store.database.engine import reading, transaction
from fleet.context import CityContext
from fleet.requests.intake import Report
from fleet.requests.partners import Extras, partner, receive_from
from fleet.requests.placing import locate
from fleet.requests.request_lookup import deadlines
from maps.requests.open311 import Record, notice
from maps.requests.requests import request_view

ACCOUNT_LETTERS = 100

router = APIRouter(route_class=FaultsAsRecords, tags=["Open311"])


@router.post(
    f"{BASE}/requests.{{form}}",
    status_code=201,
    responses=TAKEN,
    dependencies=[KEY_GUARD, takes_up_to(MOST_FORM_BYTES)],
    openapi_extra=REQUEST_FORM,
)
async def create_request(form: Format, request: Request) -> Response:
    """Create a request; 200 instead of 201 where the sender's own number is known already."""
    async with submitted(request) as (visitor, sent):
        return await run_in_threadpool(_take, form, visitor, sent)


def _take(form: Format, visitor: Visitor, sent: SubmittedForm) -> Response:
    report = report_of(sent, visitor.writing_key, visitor.app.network)
    asked, new = _stored(visitor, report, sent)
    if new and asked.state is RequestState.NEW:
        asked = _placed(visitor, asked)
    record = _announced(visitor, asked) | {"account_id": sent.text("account_id") or None}
    return answer(form, "service_requests", [record], 201 if new else 200)


def _stored(visitor: Visitor, report: Report, sent: SubmittedForm) -> tuple[ServiceRequest, bool]:
    """Store photos before the rows that name them; remove those that no row names."""
    names: list[str] = []
    new = False
    try:
        _keep_photos(visitor.app, sent, names)
        extras = Extras(
            attributes=sent.attributes,
            media_urls=sent.media_urls,
            account_id=sent.text("account_id")[:ACCOUNT_LETTERS],
            device_id=sent.text("device_id")[:ACCOUNT_LETTERS],
            photos=tuple(names),
        )
        with transaction(visitor.app.engine) as tx:
            asked, new = receive_from(tx, visitor.writing_key, report, extras, visitor.now)
    finally:
        if not new:
            for name in names:
                remove_photo(visitor.app.folder, name)
    return asked, new


def _keep_photos(app: App, sent: SubmittedForm, names: list[str]) -> None:
    """Store the photos of a form one after the other, and add their files' names to `names`."""
    if not sent.photos:
        return
    with app.photos.place():
        for photo in sent.photos:
            content = photo.file.read(MOST_BYTES + 1)
            names.append(app.photos.submit(content, PhotoSource.OUTSIDE).result())


def _placed(visitor: Visitor, asked: ServiceRequest) -> ServiceRequest:
    app, who = visitor.app, partner(visitor.writing_key)
    with transaction(app.engine) as tx:
        city = CityContext(tx, app.network, app.policy, visitor.now)
        return locate(city, who, asked.id, app.geocoder, app.plans)


def _announced(visitor: Visitor, asked: ServiceRequest) -> Record:
    """Publish the request to boards, and return the answer to the sender."""
    network = visitor.app.network
    with reading(visitor.app.engine) as tx:
        due_at = deadlines(tx, [asked], network, visitor.app.policy)
    visitor.app.hub.publish("requests", [request_view(asked, due_at, network)])
    return {
        "service_request_id": asked.reference,
        "service_notice": notice(asked, due_at.get(asked.id), visitor.t, visitor.now),
    }
