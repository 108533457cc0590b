"""The queue of plan runs: rows that workers lease.

A lease is known by its end. Whoever renews it must name the end it last saw, so a worker that
slept too long finds out that another one took the run.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, insert, or_, select, update

from data.errors import ConflictError, NotFoundError
from data.model import (
    SLOW_KINDS,
    PlanId,
    PlanRun,
    PlanRunId,
    RunFailure,
    RunKind,
    RunState,
    RunWish,
    StormId,
)
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.schema import plan_run

PATIENT = RunKind.WHATIF
"""Runs of this kind wait for all others, whenever they were asked for."""


def add_run(
    tx: Tx,
    storm_id: StormId,
    asked_by: str,
    asked_at: datetime,
    wish: RunWish,
) -> PlanRun:
    """Put a run into the queue."""
    new = insert(plan_run).values(
        storm_id=storm_id,
        asked_by=asked_by,
        asked_at=asked_at,
        seconds=wish.seconds,
        state=RunState.QUEUED,
        kind=wish.kind,
        options=dict(wish.options),
        digest=wish.digest,
    )
    return _run(tx.execute(new.returning(plan_run)).one())


def get_run(tx: Tx, run_id: PlanRunId) -> PlanRun:
    """Return the run."""
    row = tx.execute(select(plan_run).where(plan_run.c.id == run_id)).first()
    if row is None:
        raise NotFoundError("plan run", run_id)
    return _run(row)


def list_runs(
    tx: Tx,
    storm_id: StormId,
    limit: int | None = None,
    kinds: Collection[RunKind] = tuple(RunKind),
) -> list[PlanRun]:
    """Return the runs of a storm, newest first; of some kinds only where given."""
    query = select(plan_run).where(plan_run.c.storm_id == storm_id, plan_run.c.kind.in_(kinds))
    return [_run(row) for row in tx.execute(query.order_by(plan_run.c.id.desc()).limit(limit))]


def count_ahead(tx: Tx, run: PlanRun) -> int:
    """Return how many runs a worker ends before it begins with a queued one."""
    if run.state is not RunState.QUEUED:
        return 0
    unfinished = plan_run.c.state.in_((RunState.QUEUED, RunState.RUNNING))
    rank = 1 if run.kind is PATIENT else 0
    sooner = or_(_rank() < rank, and_(_rank() == rank, plan_run.c.id < run.id))
    query = select(func.count()).select_from(plan_run).where(unfinished, sooner)
    return tx.execute(query).scalar_one()


MOST_TRIES = 3
"""A run whose workers died so often is given up: it would kill the next one too."""


def run_waits(tx: Tx, now: datetime, kinds: Collection[RunKind] = SLOW_KINDS) -> bool:
    """Whether a run waits for a worker, or its worker let its lease run out."""
    return tx.execute(_waiting(now, kinds)).scalar() is not None


def urgent_run_waits(tx: Tx, now: datetime) -> bool:
    """Whether a run waits that a patient one makes room for."""
    query = _waiting(now, SLOW_KINDS - {PATIENT})
    return tx.execute(query).scalar() is not None


def lease_run(
    tx: Tx, now: datetime, seconds: float, kinds: Collection[RunKind] = SLOW_KINDS
) -> PlanRun | None:
    """Take the oldest run that waits, or whose worker let its lease run out; patient ones last.

    `now` is real time, not the storm's: a demo at thirty times the speed must not lose its leases.
    """
    _give_up(tx, and_(_abandoned(now), plan_run.c.tries >= MOST_TRIES))
    run_id = tx.execute(_waiting(now, kinds)).scalar()
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


def _waiting(now: datetime, kinds: Collection[RunKind]) -> Select[tuple[int]]:
    waits = or_(plan_run.c.state == RunState.QUEUED, _abandoned(now))
    mine = plan_run.c.kind.in_(kinds)
    return select(plan_run.c.id).where(waits, mine).order_by(_rank(), plan_run.c.id).limit(1)


def _rank() -> ColumnElement[int]:
    return case((plan_run.c.kind == PATIENT, 1), else_=0)


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
            curve=[list(point) for point in run.curve],
        )
        .returning(plan_run)
    ).first()
    if row is None:
        raise _lost(run)
    return _run(row)


def finish_run(
    tx: Tx, run: PlanRun, plan_id: PlanId | None, error: str = "", fault: RunFailure | None = None
) -> PlanRun:
    """End a run: done with a plan, or failed with an error. Raises `ConflictError` as above."""
    state = RunState.FAILED if plan_id is None else RunState.DONE
    return _ended(tx, run, state=state, plan_id=plan_id, error=error, fault=list(fault or ()))


def answer_run(tx: Tx, run: PlanRun, answer: Mapping[str, Any], digest: str) -> PlanRun:
    """End a run that makes no plan with what it found; raises `ConflictError` as above.

    `digest` tells for which situation it is an answer.
    """
    return _ended(tx, run, state=RunState.DONE, answer=dict(answer), digest=digest)


def forget_plan(tx: Tx, plan_id: PlanId) -> None:
    """Let no run point to a plan any more; the caller writes the event."""
    tx.execute(update(plan_run).where(plan_run.c.plan_id == plan_id).values(plan_id=None))


def put_back(tx: Tx, run: PlanRun, digest: str) -> PlanRun:
    """Let a run wait again; raises `ConflictError` as above."""
    return _ended(tx, run, state=RunState.QUEUED, tries=plan_run.c.tries - 1, digest=digest)


def _ended(tx: Tx, run: PlanRun, **values: object) -> PlanRun:
    change = update(plan_run).where(_held(run)).values(lease_until=None, **values)
    row = tx.execute(change.returning(plan_run)).first()
    if row is None:
        raise _lost(run)
    return _run(row)


def count_runs(tx: Tx) -> dict[str, int]:
    """Return how many runs there are, by state."""
    query = select(plan_run.c.state, func.count().label("runs")).group_by(plan_run.c.state)
    return {row.state: row.runs for row in tx.execute(query)}


def set_stop_requested(tx: Tx, run_id: PlanRunId) -> None:
    """Ask the worker of a run to stop; the caller checked the state and writes the event."""
    tx.execute(update(plan_run).where(plan_run.c.id == run_id).values(stop_requested=True))


def _give_up(tx: Tx, hopeless: ColumnElement[bool]) -> None:
    error = f"its worker died {MOST_TRIES} times"
    fault = ["run:worker_died", {"count": MOST_TRIES}]
    failed = update(plan_run).where(hopeless)
    tx.execute(failed.values(state=RunState.FAILED, error=error, fault=fault, lease_until=None))


def _held(run: PlanRun) -> ColumnElement[bool]:
    return and_(
        plan_run.c.id == run.id,
        plan_run.c.state == RunState.RUNNING,
        plan_run.c.lease_until == run.lease_until,
    )


def _lost(run: PlanRun) -> ConflictError:
    return ConflictError(f"another worker took plan run {run.id}", reason="run_lost", run=run.id)


def _run(row: Row[Any]) -> PlanRun:
    return record(PlanRun, row, fault=RunFailure(*row.fault) if row.fault else None)
