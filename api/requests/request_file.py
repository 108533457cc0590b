"""Requests of another system as a file: checked first, then taken in."""

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile

from api.requests.requests import viewed
from api.web.context import IntakeContext
from api.web.page_context import translator_of
from api.web.schemas import Wire
from api.web.uploads import content_of
from data.errors import InvalidError
from data.requests.request_csv import requests_from_csv
from fleet.followup.request_import import count_known, take_in
from maps.setup.machines import MistakeView, mistake_view

router = APIRouter()


class FileCheckOut(Wire):
    """What a file would bring; nothing while there are mistakes."""

    requests: int
    known: int
    mistakes: list[MistakeView]


class FileTakenOut(Wire):
    """Which requests a file brought, and how many were known; `change_id` takes them back."""

    ids: list[int]
    known: int
    change_id: int | None


@router.post("/api/queue/file/check")
def check_file(
    request: Request, file: Annotated[UploadFile, File()], context: IntakeContext
) -> FileCheckOut:
    """Say what is wrong in a file with requests, or how many it would bring."""
    lines, mistakes = requests_from_csv(content_of(file))
    if mistakes:
        t = translator_of(request)
        return FileCheckOut(requests=0, known=0, mistakes=[mistake_view(m, t) for m in mistakes])
    with context.reading() as tx:
        known = count_known(tx, lines)
    return FileCheckOut(requests=len(lines) - known, known=known, mistakes=[])


@router.post("/api/queue/file", status_code=201)
def take_file(file: Annotated[UploadFile, File()], context: IntakeContext) -> FileTakenOut:
    """Take the requests of a file in, wholly or not at all; they wait for their places."""
    lines, mistakes = requests_from_csv(content_of(file))
    if mistakes:
        wrong = mistakes[0]
        raise InvalidError(f"{wrong.line}: {wrong.field}", wrong.got, wrong.expected)
    with context.writing() as tx:
        taken = take_in(tx, context.actor, lines, context.now)
        views = [viewed(tx, asked) for asked in taken.new]
    if views:
        context.app.hub.publish("requests", views)
    return FileTakenOut(
        ids=[asked.id for asked in taken.new], known=taken.known, change_id=taken.change_id
    )
