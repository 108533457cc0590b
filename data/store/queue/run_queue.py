"""The queue of plan runs: their rows on SQLite, jobs of procrastinate on PostgreSQL.

What a run is and how it goes stands in its row alone. The queue says which run comes next and whose
worker is gone; it changes in the transaction of the row, so the two never disagree.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from pkgutil import resolve_name
from typing import Protocol, cast

from sqlalchemy import ColumnElement, and_, case, select

from data.model import PlanRunId, RunKind, RunState
from data.model.planning.plan_runs import PATIENCE
from data.store.database.engine import Database, Tx
from data.store.schema import plan_run

LEASE_S = 30.0
"""A worker that was silent for so long is gone."""

QUEUES = {
    "sqlite": "data.store.queue.lease_queue:LeaseQueue",
    "postgresql": "data.store.queue.procrastinate_queue:ProcrastinateQueue",
}
"""Class of the queue of each store, `module:class`: each is imported only where it is used."""


class RunQueue(Protocol):
    """The runs that are not over; every method works in the transaction of the caller."""

    def make(self, tx: Tx) -> None:
        """Make the tables that it needs beside those of the schema."""
        ...

    def add(self, tx: Tx, run_id: PlanRunId, kind: RunKind) -> None:
        """Let a new run wait."""
        ...

    def waits(self, tx: Tx, now: datetime, kinds: Collection[RunKind]) -> bool:
        """Whether a run of some kinds can be taken."""
        ...

    def abandoned(self, tx: Tx, now: datetime) -> list[PlanRunId]:
        """Return the runs that were taken by workers which are gone."""
        ...

    def take(self, tx: Tx, now: datetime, kinds: Collection[RunKind]) -> PlanRunId | None:
        """Take the oldest run of some kinds that waits or is abandoned, patient ones last."""
        ...

    def keep(self, tx: Tx, run_id: PlanRunId) -> None:
        """Note that the worker of a run is alive."""
        ...

    def end(self, tx: Tx, run_id: PlanRunId) -> None:
        """Forget a run that is over."""
        ...

    def put_back(self, tx: Tx, run_id: PlanRunId) -> None:
        """Let a run that was taken wait again, where it was in the order."""
        ...

    def refill(self, tx: Tx) -> None:
        """Make the queue anew from the rows, for a copy of a city that no worker has open."""
        ...

    def channels(self, kinds: Collection[RunKind]) -> list[str]:
        """Return the channels on which the database tells of new runs; none where it does not."""
        ...


def queue_of(database: Database | Tx) -> RunQueue:
    """Return the queue of the store that a database is in."""
    return _queue(database.dialect.name)


@cache
def _queue(store: str) -> RunQueue:
    return cast(RunQueue, resolve_name(QUEUES[store])())


def rank_of(kind: RunKind) -> int:
    """Return which runs come first: lower ones."""
    return PATIENCE.get(kind, 0)


def rank() -> ColumnElement[int]:
    """Return `rank_of` the kind of each row."""
    return case(*((plan_run.c.kind == kind, rank) for kind, rank in PATIENCE.items()), else_=0)


def is_split() -> ColumnElement[bool]:
    """Whether a run waits for the runs of its sectors, and so is in no queue."""
    return and_(plan_run.c.state == RunState.RUNNING, plan_run.c.lease_until.is_(None))


def unfinished_runs(tx: Tx) -> list[tuple[PlanRunId, RunKind]]:
    """Return the runs that are not over and belong into a queue, oldest first."""
    unfinished = plan_run.c.state.in_((RunState.QUEUED, RunState.RUNNING))
    here = and_(unfinished, ~is_split())
    query = select(plan_run.c.id, plan_run.c.kind).where(here).order_by(plan_run.c.id)
    return [(PlanRunId(row.id), RunKind(row.kind)) for row in tx.execute(query)]
