"""The queue of runs on SQLite: their rows, each taken one with the end of its lease."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from data.model import PlanRunId, RunKind, RunState
from data.store.database.engine import Tx
from data.store.queue.run_queue import rank
from data.store.schema import plan_run


class LeaseQueue:
    """Reads the queue from the rows, so that whoever changes a row has changed the queue."""

    def make(self, tx: Tx) -> None:
        """Make nothing: the rows are enough."""

    def add(self, tx: Tx, run_id: PlanRunId, kind: RunKind) -> None:
        """Do nothing: a queued row waits."""

    def waits(self, tx: Tx, now: datetime, kinds: Collection[RunKind]) -> bool:
        """Whether a row is queued, or its lease ran out."""
        return _next(tx, now, kinds) is not None

    def abandoned(self, tx: Tx, now: datetime) -> list[PlanRunId]:
        """Return the runs whose lease ran out."""
        query = select(plan_run.c.id).where(_abandoned(now))
        return [PlanRunId(run_id) for run_id in tx.scalars(query)]

    def take(self, tx: Tx, now: datetime, kinds: Collection[RunKind]) -> PlanRunId | None:
        """Return the run that comes next; the caller writes its lease."""
        return _next(tx, now, kinds)

    def keep(self, tx: Tx, run_id: PlanRunId) -> None:
        """Do nothing: the caller writes the lease."""

    def end(self, tx: Tx, run_id: PlanRunId) -> None:
        """Do nothing: a row that is over does not wait."""

    def put_back(self, tx: Tx, run_id: PlanRunId) -> None:
        """Do nothing: a queued row waits."""

    def refill(self, tx: Tx) -> None:
        """Do nothing: the rows are the queue."""

    def channels(self, kinds: Collection[RunKind]) -> list[str]:
        """Return none: SQLite tells nobody of new rows."""
        return []


def _abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(plan_run.c.state == RunState.RUNNING, plan_run.c.lease_until < now)


def _next(tx: Tx, now: datetime, kinds: Collection[RunKind]) -> PlanRunId | None:
    waits = or_(plan_run.c.state == RunState.QUEUED, _abandoned(now))
    waiting = select(plan_run.c.id).where(waits, plan_run.c.kind.in_(kinds))
    run_id = tx.scalar(waiting.order_by(rank(), plan_run.c.id).limit(1))
    return None if run_id is None else PlanRunId(run_id)
