"""Runs for the sectors of a plan: children of the run that somebody asked for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, insert, select, update

from data.errors import ConflictError
from data.model import PlanRun, PlanRunId, RunKind, RunState
from data.store.database.engine import Tx
from data.store.planning.plan_runs import run_of
from data.store.queue.run_queue import queue_of
from data.store.schema import plan_run


def add_sector_runs(
    tx: Tx, run: PlanRun, seconds: float, sectors: Sequence[dict[str, Any]]
) -> PlanRun:
    """Queue a run for each sector of a run, which gives up its lease until they are over.

    Raises `ConflictError` where another worker has the run.
    """
    held = (
        plan_run.c.id == run.id,
        plan_run.c.state == RunState.RUNNING,
        plan_run.c.lease_until == run.lease_until,
    )
    change = update(plan_run).where(*held).values(lease_until=None, tries=0)
    row = tx.execute(change.returning(plan_run)).first()
    if row is None:
        raise ConflictError(f"another worker took plan run {run.id}", reason="run_lost", run=run.id)
    waiting = run_of(row)
    alike = {
        "storm_id": run.storm_id,
        "asked_by": run.asked_by,
        "asked_at": run.asked_at,
        "seconds": seconds,
        "state": RunState.QUEUED,
        "kind": RunKind.SECTOR,
        "stop_requested": waiting.stop_requested,
        "parent_id": run.id,
    }
    queue = queue_of(tx)
    queue.end(tx, run.id)
    for sector in sectors:
        new = insert(plan_run).values(options=sector, **alike).returning(plan_run.c.id)
        queue.add(tx, PlanRunId(tx.scalars(new).one()), RunKind.SECTOR)
    return waiting


def list_sector_runs(tx: Tx, parent_id: PlanRunId) -> list[PlanRun]:
    """Return the runs for the sectors of a run, in order; none where it was not split."""
    query = select(plan_run).where(plan_run.c.parent_id == parent_id).order_by(plan_run.c.id)
    return [run_of(row) for row in tx.execute(query)]


def note_sector_progress(tx: Tx, parent_id: PlanRunId, share: float) -> None:
    """Sum up the progress of the sectors of a run, which take a share of its seconds.

    Costs and streets left out add up once every sector has some.
    """
    known = func.count(plan_run.c.best) == func.count()
    sums = select(
        case((known, func.sum(plan_run.c.best))).label("best"),
        case((known, func.sum(plan_run.c.unserved))).label("unserved"),
        func.sum(plan_run.c.iterations).label("iterations"),
        (func.sum(plan_run.c.elapsed_s) / func.sum(plan_run.c.seconds)).label("gone"),
    ).where(plan_run.c.parent_id == parent_id)
    row = tx.execute(sums).one()
    tx.execute(
        update(plan_run)
        .where(plan_run.c.id == parent_id, plan_run.c.lease_until.is_(None))
        .values(
            best=row.best,
            unserved=None if row.unserved is None else int(row.unserved),
            iterations=int(row.iterations),
            elapsed_s=plan_run.c.seconds * share * min(float(row.gone), 1.0),
        )
    )
