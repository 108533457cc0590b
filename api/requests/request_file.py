"""Import of requests from a file: checked first, then stored."""

from collections.abc import Sequence
from itertools import batched
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile

from api.requests.requests import viewed
from api.web.checked_route import CheckedRoute
from api.web.context import Context, IntakeContext
from api.web.page_context import translator_of
from api.web.schemas import Wire
from api.web.uploads import TABLE_LIMIT, content_of
from data.errors import InvalidError
from data.model import ServiceRequest
from data.requests.request_csv import requests_from_csv
from data.store.requests.requests import get_request
from fleet.followup.bulk_changes import places_by_text
from fleet.followup.request_import import count_known, place_taken, take_in
from maps.setup.machines import MistakeView, mistake_view

TOGETHER = 50
"""Requests placed in one transaction, so that others can write in between."""

router = APIRouter(route_class=CheckedRoute)


class FileCheckOut(Wire):
    """What a file would import; nothing where it has mistakes."""

    requests: int
    known: int
    mistakes: list[MistakeView]


class FileTakenOut(Wire):
    """The imported requests: how many were placed, and how many were known already.

    `change_id` takes them back.
    """

    ids: list[int]
    placed: int
    known: int
    change_id: int | None


@router.post("/api/queue/file/check", dependencies=[TABLE_LIMIT])
def check_request_file(
    request: Request, file: Annotated[UploadFile, File()], context: IntakeContext
) -> FileCheckOut:
    """Return a file's mistakes, or how many requests it would import."""
    lines, mistakes = requests_from_csv(content_of(file))
    if mistakes:
        t = translator_of(request)
        return FileCheckOut(requests=0, known=0, mistakes=[mistake_view(m, t) for m in mistakes])
    with context.reading() as tx:
        known = count_known(tx, lines)
    return FileCheckOut(requests=len(lines) - known, known=known, mistakes=[])


@router.post("/api/queue/file", status_code=201, dependencies=[TABLE_LIMIT])
def import_request_file(
    file: Annotated[UploadFile, File()], context: IntakeContext
) -> FileTakenOut:
    """Import a file's requests, all or none, then place those that name a place.

    They are committed before they are placed.
    """
    lines, mistakes = requests_from_csv(content_of(file))
    if mistakes:
        wrong = mistakes[0]
        raise InvalidError(f"{wrong.line}: {wrong.field}", wrong.got, wrong.expected)
    with context.writing() as tx:
        taken = take_in(tx, context.actor, lines, context.now)
    placed = _place(context, taken.new)
    return FileTakenOut(
        ids=[asked.id for asked in taken.new],
        placed=placed,
        known=taken.known,
        change_id=taken.change_id,
    )


def _place(context: Context, taken: Sequence[ServiceRequest]) -> int:
    """Place and promise new requests and publish them; return how many were placed.

    Only a few share a transaction.
    """
    placed = 0
    app, ids = context.app, [asked.id for asked in taken]
    with context.reading() as tx:
        places = places_by_text(tx, ids, app.network, app.geocoder)
    for some in batched(taken, TOGETHER, strict=False):
        with context.writing() as tx:
            placed += len(place_taken(context.city(tx), context.actor, some, places, app.plans))
            views = [viewed(tx, app, get_request(tx, asked.id)) for asked in some]
        app.hub.publish("requests", views)
    return placed
