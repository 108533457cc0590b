"""What an instructor adds to a rehearsal and notes of it, as rows."""

from sqlalchemy import insert, select

from data.model.training.live_training import TrainingEvent, TrainingNote
from data.store.database.engine import Tx
from data.store.database.records import only_record, records, row_of
from data.store.schema import training_event, training_note


def add_training_event(tx: Tx, new: TrainingEvent) -> TrainingEvent:
    """Add an event; its id is ignored, the database gives a new one."""
    added = insert(training_event).values(row_of(new, training_event)).returning(training_event)
    return only_record(TrainingEvent, tx.execute(added))


def list_training_events(tx: Tx) -> list[TrainingEvent]:
    """Return what was added to the scenario, in that order."""
    query = select(training_event).order_by(training_event.c.id)
    return records(TrainingEvent, tx.execute(query))


def add_training_note(tx: Tx, new: TrainingNote) -> TrainingNote:
    """Add a note; its id is ignored, the database gives a new one."""
    added = insert(training_note).values(row_of(new, training_note)).returning(training_note)
    return only_record(TrainingNote, tx.execute(added))


def list_training_notes(tx: Tx) -> list[TrainingNote]:
    """Return all notes, by the moment that they are on."""
    query = select(training_note).order_by(training_note.c.at, training_note.c.id)
    return records(TrainingNote, tx.execute(query))
