"""Notes that dispatchers leave to the next one, as rows."""

from datetime import datetime

from sqlalchemy import insert, select, update

from data.model import HandoverNote, HandoverNoteId, StormId
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import handover_note


def add_note(tx: Tx, new: HandoverNote) -> HandoverNote:
    """Add a note; its id is ignored, the database gives a new one."""
    added = insert(handover_note).values(row_of(new, handover_note)).returning(handover_note)
    return only_record(HandoverNote, tx.execute(added))


def get_note(tx: Tx, note_id: HandoverNoteId) -> HandoverNote:
    """Return the note."""
    return get_record(
        HandoverNote,
        tx.execute(select(handover_note).where(handover_note.c.id == note_id)),
        "handover_note",
        note_id,
    )


def list_notes_of_storm(tx: Tx, storm_id: StormId) -> list[HandoverNote]:
    """Return the notes of a storm, the newest first."""
    query = select(handover_note).where(handover_note.c.storm_id == storm_id)
    return records(HandoverNote, tx.execute(query.order_by(handover_note.c.id.desc())))


def set_read(tx: Tx, note_id: HandoverNoteId, read_by: str, read_at: datetime) -> None:
    """Say who has taken over with a note; the caller writes the event."""
    change = update(handover_note).where(handover_note.c.id == note_id)
    tx.execute(change.values(read_by=read_by, read_at=read_at))


def erase_notes(tx: Tx, before: datetime) -> int:
    """Take the words away that were written before a moment; return of how many notes."""
    old = (handover_note.c.written_at < before) & (handover_note.c.text != "")
    return tx.execute(update(handover_note).where(old).values(text="", texts={}, salt=b"")).rowcount
