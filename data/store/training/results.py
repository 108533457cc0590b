"""What people reached in trainings, as rows."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from data.model.training.results import TrainingResult
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import training_result


def save_result(tx: Tx, new: TrainingResult) -> None:
    """Keep a result in place of an earlier one of the same person, role and training."""
    row = row_of(new, training_result)
    key = [training_result.c[name] for name in ("login", "role", "began_at")]
    made = insert_or_update(training_result).values(row)
    tx.execute(made.on_conflict_do_update(index_elements=key, set_=row))


def list_results(tx: Tx) -> list[TrainingResult]:
    """Return all results, the newest first."""
    query = select(training_result).order_by(training_result.c.kept_at.desc())
    return records(TrainingResult, tx.execute(query))
