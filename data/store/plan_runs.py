"""The queue of plan runs: rows that workers lease.

A lease is known by its end. Whoever renews it must name the end it last saw, so a worker that
slept too long finds out that another one took the run.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, or_, select, update

from data.errors import ConflictError, NotFoundError
from data.model import PlanId, PlanRun, PlanRunId, RunState, StormId
from data.store.engine import Tx
from data.store.schema import plan_run


def add_run(
    tx: Tx, storm_id: StormId, asked_by: str, asked_at: datetime, seconds: float
) -> PlanRun:
    """Put a run into the queue."""
    new = insert(plan_run).values(
        storm_id=storm_id,
        asked_by=asked_by,
        asked_at=asked_at,
        seconds=seconds,
        state=RunState.QUEUED,
    )
    return _run(tx.execute(new.returning(plan_run)).one())


def get_run(tx: Tx, run_id: PlanRunId) -> PlanRun:
    """Return the run."""
    row = tx.execute(select(plan_run).where(plan_run.c.id == run_id)).first()
    if row is None:
        raise NotFoundError("plan run", run_id)
    return _run(row)


def list_runs(tx: Tx, storm_id: StormId, limit: int | None = None) -> list[PlanRun]:
    """Return the runs of a storm, newest first."""
    query = select(plan_run).where(plan_run.c.storm_id == storm_id).order_by(plan_run.c.id.desc())
    return [_run(row) for row in tx.execute(query.limit(limit))]


MOST_TRIES = 3
"""A run whose workers died so often is given up: it would kill the next one too."""


def run_waits(tx: Tx, now: datetime) -> bool:
    """Whether a run waits for a worker, or its worker let its lease run out."""
    return tx.execute(_waiting(now)).scalar() is not None


def lease_run(tx: Tx, now: datetime, seconds: float) -> PlanRun | None:
    """Take the oldest run that waits, or whose worker let its lease run out.

    `now` is real time, not the storm's: a demo at thirty times the speed must not lose its leases.
    """
    _give_up(tx, and_(_abandoned(now), plan_run.c.tries >= MOST_TRIES))
    run_id = tx.execute(_waiting(now)).scalar()
    if run_id is None:
        return None
    change = update(plan_run).where(plan_run.c.id == run_id)
    taken = change.values(
        state=RunState.RUNNING,
        lease_until=now + timedelta(seconds=seconds),
        tries=plan_run.c.tries + 1,
    )
    return _run(tx.execute(taken.returning(plan_run)).one())


def _abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(plan_run.c.state == RunState.RUNNING, plan_run.c.lease_until < now)


def _waiting(now: datetime) -> Select[tuple[int]]:
    waits = or_(plan_run.c.state == RunState.QUEUED, _abandoned(now))
    return select(plan_run.c.id).where(waits).order_by(plan_run.c.id).limit(1)


def heartbeat(tx: Tx, run: PlanRun, lease_until: datetime) -> PlanRun:
    """Renew the lease and write the progress that `run` carries; return the run as it now stands.

    The answer carries `stop_requested`. Raises `ConflictError` where another worker has the run.
    """
    row = tx.execute(
        update(plan_run)
        .where(_held(run))
        .values(
            lease_until=lease_until,
            best=run.best,
            bound=run.bound,
            unserved=run.unserved,
            iterations=run.iterations,
            elapsed_s=run.elapsed_s,
        )
        .returning(plan_run)
    ).first()
    if row is None:
        raise _lost(run)
    return _run(row)


def finish_run(tx: Tx, run: PlanRun, plan_id: PlanId | None, error: str = "") -> PlanRun:
    """End a run: done with a plan, or failed with an error. Raises `ConflictError` as above."""
    state = RunState.FAILED if plan_id is None else RunState.DONE
    row = tx.execute(
        update(plan_run)
        .where(_held(run))
        .values(state=state, plan_id=plan_id, error=error, lease_until=None)
        .returning(plan_run)
    ).first()
    if row is None:
        raise _lost(run)
    return _run(row)


def count_runs(tx: Tx) -> dict[str, int]:
    """Return how many runs there are, by state."""
    query = select(plan_run.c.state, func.count()).group_by(plan_run.c.state)
    return {row[0]: row[1] for row in tx.execute(query)}


def set_stop_requested(tx: Tx, run_id: PlanRunId) -> None:
    """Ask the worker of a run to stop; the caller checked the state and writes the event."""
    tx.execute(update(plan_run).where(plan_run.c.id == run_id).values(stop_requested=True))


def _give_up(tx: Tx, hopeless: ColumnElement[bool]) -> None:
    error = f"its worker died {MOST_TRIES} times"
    failed = update(plan_run).where(hopeless)
    tx.execute(failed.values(state=RunState.FAILED, error=error, lease_until=None))


def _held(run: PlanRun) -> ColumnElement[bool]:
    return and_(
        plan_run.c.id == run.id,
        plan_run.c.state == RunState.RUNNING,
        plan_run.c.lease_until == run.lease_until,
    )


def _lost(run: PlanRun) -> ConflictError:
    return ConflictError(f"another worker took plan run {run.id}", reason="run_lost", run=run.id)


def _run(row: Row[Any]) -> PlanRun:
    return PlanRun(
        id=PlanRunId(row.id),
        storm_id=StormId(row.storm_id),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        seconds=row.seconds,
        state=RunState(row.state),
        lease_until=row.lease_until,
        best=row.best,
        bound=row.bound,
        unserved=row.unserved,
        iterations=row.iterations,
        elapsed_s=row.elapsed_s,
        stop_requested=row.stop_requested,
        plan_id=None if row.plan_id is None else PlanId(row.plan_id),
        error=row.error,
    )
