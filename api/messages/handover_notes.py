"""Hand-over notes from one dispatcher to the next, with read receipts."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.schemas import Wire
from data.model import HandoverNote, HandoverNoteId, StormId
from data.store.messages.handover_notes import list_notes_of_storm
from fleet.messages.handover_notes import MOST_LETTERS, take_over, waiting_notes, write_note
from fleet.storms.storm_lookup import known_storm, wanted_storm
from maps.messages.handover_notes import NoteView, note_view

router = APIRouter(route_class=CheckedRoute)


type Words = Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]

MOST_LANGUAGES = 20


class HandoverNoteIn(Wire):
    """The text of a handover note; `texts` says the same by language."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]
    texts: Annotated[dict[str, Words], Field(default_factory=dict, max_length=MOST_LANGUAGES)]


@router.get("/api/storms/{storm_id}/handover-notes")
def list_handover_notes(storm_id: StormId, context: BoardContext) -> list[NoteView]:
    """Return the notes of a storm, the newest first."""
    with context.reading() as tx:
        known_storm(tx, storm_id)
        return [note_view(one) for one in list_notes_of_storm(tx, storm_id)]


@router.get("/api/handover-notes/waiting")
def list_waiting_notes(context: DispatcherContext) -> list[NoteView]:
    """Return the active storm's notes that the reader has not confirmed."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        notes = waiting_notes(tx, storm.id, context.user.login) if storm else []
    return [note_view(one) for one in notes]


@router.post("/api/storms/{storm_id}/handover-notes", status_code=201)
def create_handover_note(
    storm_id: StormId, wanted: HandoverNoteIn, context: DispatcherContext
) -> NoteView:
    """Write a note; other dispatchers' boards show it until one has read it."""
    with context.writing() as tx:
        note = write_note(tx, context.actor, storm_id, wanted.text, context.now, wanted.texts)
    return _published(context, note)


@router.post("/api/handover-notes/{note_id}/read")
def acknowledge_handover_note(note_id: HandoverNoteId, context: DispatcherContext) -> NoteView:
    """Confirm that a note was read."""
    with context.writing() as tx:
        note = take_over(tx, context.actor, note_id, context.now)
    return _published(context, note)


def _published(context: Context, note: HandoverNote) -> NoteView:
    view = note_view(note)
    context.app.hub.publish("handover_notes", [view])
    return view
