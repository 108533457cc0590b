"""What a sandbox rehearses and its marks, as rows."""

from sqlalchemy import delete, insert, select

from data.model.training.rehearsal import Training, TrainingMark, TrainingMarkId
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import training, training_mark


def find_training(tx: Tx) -> Training | None:
    """Return what is rehearsed in this database; `None` in that of a real city."""
    return first_record(Training, tx.execute(select(training)))


def set_training(tx: Tx, one: Training) -> None:
    """Make this database that of a sandbox, which no real city's may become."""
    tx.execute(insert(training).values(row_of(one, training, id=1)))


def list_marks(tx: Tx) -> list[TrainingMark]:
    """Return the moments that may be set back to, the earliest first."""
    query = select(training_mark).order_by(training_mark.c.at, training_mark.c.id)
    return records(TrainingMark, tx.execute(query))


def get_mark(tx: Tx, mark_id: TrainingMarkId) -> TrainingMark:
    """Return a mark; raise `NotFoundError`."""
    query = select(training_mark).where(training_mark.c.id == mark_id)
    return get_record(TrainingMark, tx.execute(query), "training_mark", mark_id)


def add_mark(tx: Tx, new: TrainingMark) -> TrainingMark:
    """Add a mark; its id is ignored, the database gives a new one."""
    added = insert(training_mark).values(row_of(new, training_mark)).returning(training_mark)
    return only_record(TrainingMark, tx.execute(added))


def remove_mark(tx: Tx, mark_id: TrainingMarkId) -> None:
    """Remove a mark, whose file goes too."""
    tx.execute(delete(training_mark).where(training_mark.c.id == mark_id))
