"""Updates of requests, read and written: the Open311 extension of FixMyStreet."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.open311.access import KEY_GUARD, ReadingVisitor, Visitor
from api.open311.arguments import WantedPage, Words, period_of
from api.open311.errors import FaultsAsRecords
from api.open311.formats import Format, answer
from api.open311.forms import SubmittedForm, submitted
from api.open311.requests import request_by_number
from api.open311.schemas import UPDATE_FORM, UPDATE_TAKEN, UPDATES
from api.open311.services import BASE
from api.requests.requests import viewed
from data.errors import InvalidError, Need
from data.files.moment_text import read_moment
from data.store.database.engine import reading, transaction
from data.store.requests.partners import list_partner_updates
from data.store.requests.public_requests import list_request_events
from data.store.requests.requests import list_requests_by_id
from fleet.requests.intake import SHORT_LETTERS, TEXT_LETTERS
from fleet.requests.partners import TOLD, ReceivedUpdate, Wish, save_partner_update
from maps.requests.open311 import UPDATES as VERBS
from maps.requests.open311 import Record, by_request, update_record

WISHES = {
    "open": Wish.REOPEN,
    "reopen": Wish.REOPEN,
    "closed": Wish.CLOSE,
    "fixed": Wish.CLOSE,
    "cancelled": Wish.CLOSE,
    "no_further_action": Wish.CLOSE,
}
"""The action for a status of the sender; other statuses are stored only."""

router = APIRouter(route_class=FaultsAsRecords, tags=["Open311"])


@router.get(f"{BASE}/servicerequestupdates.{{form}}", responses=UPDATES)
def list_updates(
    form: Format,
    visitor: ReadingVisitor,
    page: WantedPage,
    start_date: Annotated[Words, Query(description="Happened since then")] = "",
    end_date: Annotated[Words, Query(description="Happened until then")] = "",
) -> Response:
    """Return updates, the oldest first; by default those of the last 90 days.

    A system's own updates are returned to that system only.
    """
    start, end = period_of(visitor.now, start_date, end_date)
    with reading(visitor.app.engine) as tx:
        verbs = (*VERBS, TOLD)
        lines = list_request_events(tx, verbs, start, end, page.limit, page.offset)
        asked = list_requests_by_id(tx, by_request(lines))
        said = list_partner_updates(tx, [line.id for _, line in lines if line.verb == TOLD])
    own = {key: each for key, each in said.items() if _own(visitor, each.key_id)}
    records = [
        update_record(asked[request_id], line, own.get(line.id), visitor.t)
        for request_id, line in lines
        if line.verb != TOLD or line.id in own
    ]
    return answer(form, "service_request_updates", records)


@router.post(
    f"{BASE}/servicerequestupdates.{{form}}",
    status_code=201,
    responses=UPDATE_TAKEN,
    dependencies=[KEY_GUARD],
    openapi_extra=UPDATE_FORM,
)
async def create_update(form: Format, request: Request) -> Response:
    """Store a system's update of a request that it created."""
    async with submitted(request) as (visitor, sent):
        return await run_in_threadpool(_take, form, visitor, sent)


def _take(form: Format, visitor: Visitor, sent: SubmittedForm) -> Response:
    app, said = visitor.app, _said(sent, visitor)
    number = sent.wanted("service_request_id")
    with transaction(app.engine) as tx:
        asked = request_by_number(tx, number)
        update_id = save_partner_update(tx, visitor.writing_key, asked.id, said, visitor.now)
        view = viewed(tx, app, request_by_number(tx, number))
    app.hub.publish("requests", [view])
    record: Record = {"update_id": str(update_id)}
    return answer(form, "service_request_updates", [record], 201)


def _said(sent: SubmittedForm, visitor: Visitor) -> ReceivedUpdate:
    status, description = sent.wanted("status"), sent.text("description")
    for name, text, most in (
        ("status", status, SHORT_LETTERS),
        ("update_id", sent.text("update_id"), SHORT_LETTERS),
        ("description", description, TEXT_LETTERS),
    ):
        if len(text) > most:
            wanted = Need("at most {max_length} characters", max_length=most)
            raise InvalidError(name, f"{len(text)} letters", wanted)
    said_at = sent.text("updated_datetime")
    return ReceivedUpdate(
        wish=WISHES.get(status.lower().replace(" ", "_"), Wish.TELL),
        status=status,
        description=description,
        said_at=read_moment("updated_datetime", said_at) if said_at else visitor.now,
        update_id=sent.text("update_id"),
        media_url=next(iter(sent.media_urls), ""),
    )


def _own(visitor: Visitor, key_id: int) -> bool:
    return visitor.key is not None and visitor.key.id == key_id
