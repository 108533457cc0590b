"""Plan runs: what each is for, who solves it and how it goes; `data.store.queue` has their order.

A lease is known by its end. Whoever renews it must name the end it last saw, so a worker that
slept too long finds out that another one took the run.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, or_, select, update

from data.errors import ConflictError, NotFoundError
from data.model import (
    PLAN_KINDS,
    SLOW_KINDS,
    PlanId,
    PlanRun,
    PlanRunId,
    PlanState,
    RunFailure,
    RunKind,
    RunState,
    RunWish,
    StormId,
)
from data.model.planning.plan_runs import ASKED_KINDS, FILE_KINDS, PATIENCE
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.queue.run_queue import is_split, queue_of, rank, rank_of
from data.store.schema import plan, plan_run


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
    run = run_of(tx.execute(new.returning(plan_run)).one())
    queue_of(tx).add(tx, run.id, run.kind)
    return run


def get_run(tx: Tx, run_id: PlanRunId) -> PlanRun:
    """Return the run."""
    row = tx.execute(select(plan_run).where(plan_run.c.id == run_id)).first()
    if row is None:
        raise NotFoundError("plan run", run_id)
    return run_of(row)


def list_runs(
    tx: Tx,
    storm_id: StormId,
    limit: int | None = None,
    kinds: Collection[RunKind] = ASKED_KINDS,
) -> list[PlanRun]:
    """Return the runs of a storm, newest first; of some kinds only where given."""
    query = select(plan_run).where(plan_run.c.storm_id == storm_id, plan_run.c.kind.in_(kinds))
    return [run_of(row) for row in tx.execute(query.order_by(plan_run.c.id.desc()).limit(limit))]


def list_recent_runs(tx: Tx, storm_id: StormId, newest: int) -> list[PlanRun]:
    """Return the newest runs of a storm that make plans, and older ones whose draft waits."""
    mine = (plan_run.c.storm_id == storm_id, plan_run.c.kind.in_(PLAN_KINDS))
    last = select(plan_run.c.id).where(*mine).order_by(plan_run.c.id.desc()).limit(newest)
    drafts = select(plan.c.id).where(plan.c.storm_id == storm_id, plan.c.state == PlanState.DRAFT)
    shown = or_(plan_run.c.id.in_(last), plan_run.c.plan_id.in_(drafts))
    query = select(plan_run).where(*mine, shown).order_by(plan_run.c.id.desc())
    return [run_of(row) for row in tx.execute(query)]


def find_last_run(tx: Tx, kind: RunKind) -> PlanRun | None:
    """Return the newest run of a kind, of any storm."""
    query = select(plan_run).where(plan_run.c.kind == kind).order_by(plan_run.c.id.desc())
    row = tx.execute(query.limit(1)).first()
    return None if row is None else run_of(row)


def find_run_of_plan(tx: Tx, plan_id: PlanId) -> PlanRun | None:
    """Return the run that made a plan; `None` for one that was edited by hand or discarded."""
    row = tx.execute(select(plan_run).where(plan_run.c.plan_id == plan_id)).first()
    return None if row is None else run_of(row)


def count_ahead(tx: Tx, run: PlanRun) -> int:
    """Return how many runs a worker ends before it begins with a queued one.

    Files are made beside plans, and do not wait for them.
    """
    if run.state is not RunState.QUEUED:
        return 0
    unfinished = plan_run.c.state.in_((RunState.QUEUED, RunState.RUNNING))
    own = rank_of(run.kind)
    sooner = or_(rank() < own, and_(rank() == own, plan_run.c.id < run.id))
    asked = plan_run.c.kind.in_(FILE_KINDS if run.kind in FILE_KINDS else ASKED_KINDS)
    query = select(func.count()).select_from(plan_run).where(unfinished, asked, sooner)
    return tx.execute(query).scalar_one()


MOST_TRIES = 3
"""A run whose workers died so often is given up: it would kill the next one too."""


def run_waits(tx: Tx, now: datetime, kinds: Collection[RunKind] = SLOW_KINDS) -> bool:
    """Whether a run waits for a worker, or its worker is gone."""
    return queue_of(tx).waits(tx, now, kinds)


def urgent_run_waits(tx: Tx, now: datetime, kind: RunKind) -> bool:
    """Whether a run waits that one of a patient kind makes room for."""
    sooner = {one for one in SLOW_KINDS if rank_of(one) < rank_of(kind)}
    return queue_of(tx).waits(tx, now, sooner)


def lease_run(
    tx: Tx, now: datetime, seconds: float, kinds: Collection[RunKind] = SLOW_KINDS
) -> PlanRun | None:
    """Take the oldest run that waits, or whose worker is gone; patient ones last.

    `now` is real time, not the storm's: a demo at thirty times the speed must not lose its leases.
    """
    queue = queue_of(tx)
    _give_up(tx, queue.abandoned(tx, now))
    run_id = queue.take(tx, now, kinds)
    if run_id is None:
        return None
    change = update(plan_run).where(plan_run.c.id == run_id)
    taken = change.values(
        state=RunState.RUNNING,
        lease_until=now + timedelta(seconds=seconds),
        tries=plan_run.c.tries + 1,
    )
    return run_of(tx.execute(taken.returning(plan_run)).one())


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
    queue_of(tx).keep(tx, run.id)
    return run_of(row)


def finish_run(
    tx: Tx,
    run: PlanRun,
    plan_id: PlanId | None,
    error: str = "",
    fault: RunFailure | None = None,
    answer: Mapping[str, Any] | None = None,
) -> PlanRun:
    """End a run: done with a plan, or failed with an error. Raises `ConflictError` as above.

    `answer` is what is to be known of the plan. A sector that failed ends the other sectors of its
    plan.
    """
    state = RunState.FAILED if plan_id is None else RunState.DONE
    found = {} if answer is None else {"answer": dict(answer)}
    fault_values = list(fault or ())
    ended = _ended(tx, run, state=state, plan_id=plan_id, error=error, fault=fault_values, **found)
    if state is RunState.FAILED and run.parent_id is not None:
        _end_other_sectors(tx, ended)
    return ended


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
    waiting = _released(tx, run, state=RunState.QUEUED, tries=plan_run.c.tries - 1, digest=digest)
    queue_of(tx).put_back(tx, run.id)
    return waiting


def _ended(tx: Tx, run: PlanRun, **values: object) -> PlanRun:
    ended = _released(tx, run, **values)
    queue_of(tx).end(tx, run.id)
    if run.parent_id is not None:
        _take_up_again(tx, run.parent_id)
    return ended


def _take_up_again(tx: Tx, run_id: PlanRunId) -> None:
    """Let a run that was split wait for a worker again, once all its sectors are over."""
    sector = plan_run.alias("sector")
    unfinished = sector.c.state.in_((RunState.QUEUED, RunState.RUNNING))
    split = and_(
        plan_run.c.id == run_id,
        is_split(),
        ~exists().where(sector.c.parent_id == run_id, unfinished),
    )
    change = update(plan_run).where(split).values(state=RunState.QUEUED)
    for kind in tx.scalars(change.returning(plan_run.c.kind)).all():
        queue_of(tx).add(tx, run_id, RunKind(kind))


def _end_other_sectors(tx: Tx, run: PlanRun) -> None:
    """End the other sectors of a plan since one failed: those that wait fail, others stop."""
    others = (plan_run.c.parent_id == run.parent_id, plan_run.c.id != run.id)
    running = update(plan_run).where(*others, plan_run.c.state == RunState.RUNNING)
    tx.execute(running.values(stop_requested=True))
    waiting = update(plan_run).where(*others, plan_run.c.state == RunState.QUEUED)
    fault = list(run.fault or ())
    failed = waiting.values(state=RunState.FAILED, error=run.error, fault=fault)
    for run_id in tx.scalars(failed.returning(plan_run.c.id)).all():
        queue_of(tx).end(tx, PlanRunId(run_id))
    if run.parent_id is not None:
        _take_up_again(tx, run.parent_id)


def _released(tx: Tx, run: PlanRun, **values: object) -> PlanRun:
    change = update(plan_run).where(_held(run)).values(lease_until=None, **values)
    row = tx.execute(change.returning(plan_run)).first()
    if row is None:
        raise _lost(run)
    return run_of(row)


def count_runs(tx: Tx) -> dict[str, int]:
    """Return how many runs there are, by state."""
    query = select(plan_run.c.state, func.count().label("runs")).group_by(plan_run.c.state)
    return {row.state: row.runs for row in tx.execute(query)}


def count_unfinished(tx: Tx, kind: RunKind) -> int:
    """Return how many runs of a kind are not over, in all storms."""
    unfinished = plan_run.c.state.in_((RunState.QUEUED, RunState.RUNNING))
    query = select(func.count()).where(plan_run.c.kind == kind, unfinished)
    return tx.execute(query).scalar_one()


def oldest_waiting_at(tx: Tx, now: datetime) -> datetime | None:
    """Return when the oldest run was asked for that no worker has; `None` without any.

    Patient ones do not count: they may wait as long as there are others. `now` is real time.
    """
    gone = plan_run.c.id.in_(queue_of(tx).abandoned(tx, now))
    waits = or_(plan_run.c.state == RunState.QUEUED, gone)
    oldest = select(func.min(plan_run.c.asked_at)).where(waits, plan_run.c.kind.not_in(PATIENCE))
    return tx.execute(oldest).scalar()


def count_held(tx: Tx, now: datetime) -> int:
    """Return how many runs workers are at that are not gone. `now` is real time."""
    gone = plan_run.c.id.in_(queue_of(tx).abandoned(tx, now))
    held = select(func.count()).where(plan_run.c.state == RunState.RUNNING, ~gone, ~is_split())
    return tx.execute(held).scalar_one()


def set_stop_requested(tx: Tx, run_id: PlanRunId) -> None:
    """Ask the workers of a run and its sectors to stop; the caller checked its state.

    The caller writes the event.
    """
    own = or_(plan_run.c.id == run_id, plan_run.c.parent_id == run_id)
    tx.execute(update(plan_run).where(own).values(stop_requested=True))


def fail_queued(tx: Tx, run_id: PlanRunId, error: str, fault: RunFailure) -> PlanRun | None:
    """Fail a run that no worker has begun; `None` where one has. The caller writes the event."""
    queued = (plan_run.c.id == run_id, plan_run.c.state == RunState.QUEUED)
    change = update(plan_run).where(*queued)
    failed = change.values(state=RunState.FAILED, error=error, fault=list(fault))
    row = tx.execute(failed.returning(plan_run)).first()
    if row is None:
        return None
    queue_of(tx).end(tx, run_id)
    return run_of(row)


def _give_up(tx: Tx, abandoned: Collection[PlanRunId]) -> None:
    """Fail the runs whose workers died too often, and end the other sectors of their plans."""
    error = f"its worker died {MOST_TRIES} times"
    fault = ["run:worker_died", {"count": MOST_TRIES}]
    hopeless = and_(plan_run.c.id.in_(abandoned), plan_run.c.tries >= MOST_TRIES)
    change = update(plan_run).where(hopeless)
    failed = change.values(state=RunState.FAILED, error=error, fault=fault, lease_until=None)
    for run in [run_of(row) for row in tx.execute(failed.returning(plan_run)).all()]:
        queue_of(tx).end(tx, run.id)
        if run.parent_id is not None:
            _end_other_sectors(tx, run)


def _held(run: PlanRun) -> ColumnElement[bool]:
    return and_(
        plan_run.c.id == run.id,
        plan_run.c.state == RunState.RUNNING,
        plan_run.c.lease_until == run.lease_until,
    )


def _lost(run: PlanRun) -> ConflictError:
    return ConflictError(f"another worker took plan run {run.id}", reason="run_lost", run=run.id)


def run_of(row: Row[Any]) -> PlanRun:
    """Return a row of the queue as a run."""
    return record(PlanRun, row, fault=RunFailure(*row.fault) if row.fault else None)
