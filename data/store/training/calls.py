"""Calls of a rehearsal, as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, insert, select, update

from data.model import RequestId
from data.model.training.live_training import TrainingCall, TrainingCallId, TrainingEventId
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import training_call


def add_call(tx: Tx, new: TrainingCall) -> TrainingCall:
    """Add a call; its id is ignored, the database gives a new one."""
    added = insert(training_call).values(row_of(new, training_call)).returning(training_call)
    return only_record(TrainingCall, tx.execute(added))


def get_call(tx: Tx, call_id: TrainingCallId) -> TrainingCall:
    """Return a call; raise `NotFoundError`."""
    query = select(training_call).where(training_call.c.id == call_id)
    return get_record(TrainingCall, tx.execute(query), "training_call", call_id)


def find_call(tx: Tx, call_id: TrainingCallId) -> TrainingCall | None:
    """Return a call, `None` where there is none."""
    query = select(training_call).where(training_call.c.id == call_id)
    return first_record(TrainingCall, tx.execute(query))


def list_calls(tx: Tx) -> list[TrainingCall]:
    """Return all calls, in the order in which they rang."""
    query = select(training_call).order_by(training_call.c.rang_at, training_call.c.id)
    return records(TrainingCall, tx.execute(query))


def list_newest_calls(tx: Tx, most: int) -> list[TrainingCall]:
    """Return the calls that rang last, the newest first."""
    query = select(training_call).order_by(
        training_call.c.rang_at.desc(), training_call.c.id.desc()
    )
    return records(TrainingCall, tx.execute(query.limit(most)))


def list_calls_due(tx: Tx, moments: Collection[datetime]) -> list[TrainingCall]:
    """Return the calls of who was due at one of these moments."""
    query = select(training_call).where(training_call.c.due_at.in_(moments))
    return records(TrainingCall, tx.execute(query)) if moments else []


def list_open_calls(tx: Tx) -> list[TrainingCall]:
    """Return the calls that ring or are on the line, in the order in which they rang."""
    query = select(training_call).where(training_call.c.ended_at.is_(None))
    query = query.order_by(training_call.c.rang_at, training_call.c.id)
    return records(TrainingCall, tx.execute(query))


def list_newest_callers(tx: Tx) -> dict[TrainingEventId | None, datetime]:
    """Return when who rang last of each of the instructor's events was due; `None` is the scenario.

    Of calls of before this was kept it is when they rang.
    """
    due_at = func.coalesce(training_call.c.due_at, training_call.c.rang_at)
    query = select(training_call.c.event_id, func.max(due_at).label("at"))
    return {row.event_id: row.at for row in tx.execute(query.group_by(training_call.c.event_id))}


def set_taken(tx: Tx, call_id: TrainingCallId, by: str, at: datetime) -> None:
    """Say who took a call; the caller writes the event."""
    change = update(training_call).where(training_call.c.id == call_id)
    tx.execute(change.values(taken_by=by, taken_at=at))


def set_ended(tx: Tx, call_id: TrainingCallId, at: datetime, request_id: RequestId | None) -> None:
    """Say that a call ended, and what request came of it; the caller writes the event."""
    change = update(training_call).where(training_call.c.id == call_id)
    tx.execute(change.values(ended_at=at, request_id=request_id))


def end_unanswered(tx: Tx, rang_before: datetime, at: datetime) -> int:
    """End the calls that have rung since before a moment; return how many."""
    rings = training_call.c.taken_at.is_(None) & training_call.c.ended_at.is_(None)
    change = update(training_call).where(rings & (training_call.c.rang_at < rang_before))
    return tx.execute(change.values(ended_at=at)).rowcount
