"""Files that runs of the queue have made, in parts, so that any machine can make and read them."""

from collections.abc import Collection
from datetime import datetime
from itertools import batched

from sqlalchemy import delete, insert, select

from data.errors import NotFoundError
from data.model import PlanRun, PlanRunId, RunState
from data.model.planning.plan_runs import FILE_KINDS
from data.store.database.engine import Tx
from data.store.planning.plan_runs import run_of
from data.store.schema import plan_run, run_file

PART_BYTES = 64 * 1024
"""Size of a part: thousands of rows are copied together where a city moves."""

AT_ONCE = 64
"""Parts that are written together."""

UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


def add_file(tx: Tx, run_id: PlanRunId, content: bytes) -> None:
    """Keep the file that a run has made."""
    starts = enumerate(range(0, len(content), PART_BYTES))
    for some in batched(starts, AT_ONCE, strict=False):
        rows = [
            {"run_id": run_id, "part": number, "content": content[start : start + PART_BYTES]}
            for number, start in some
        ]
        tx.execute(insert(run_file), rows)


def get_file(tx: Tx, run_id: PlanRunId) -> bytes:
    """Return the file that a run has made."""
    query = select(run_file.c.content).where(run_file.c.run_id == run_id)
    parts = tx.scalars(query.order_by(run_file.c.part)).all()
    if not parts:
        raise NotFoundError("file", run_id)
    return b"".join(parts)


def list_unfinished_files(tx: Tx) -> list[PlanRun]:
    """Return the runs that are to make files, oldest first."""
    unfinished = plan_run.c.state.in_(UNFINISHED)
    query = select(plan_run).where(plan_run.c.kind.in_(FILE_KINDS), unfinished)
    return [run_of(row) for row in tx.execute(query.order_by(plan_run.c.id))]


def erase_files(tx: Tx, before: datetime) -> int:
    """Erase the runs that made files and were asked for earlier; return how many there were."""
    old = select(plan_run.c.id).where(
        plan_run.c.kind.in_(FILE_KINDS),
        plan_run.c.state.not_in(UNFINISHED),
        plan_run.c.asked_at < before,
    )
    run_ids: Collection[int] = tx.scalars(old).all()
    tx.execute(delete(run_file).where(run_file.c.run_id.in_(run_ids)))
    tx.execute(delete(plan_run).where(plan_run.c.id.in_(run_ids)))
    return len(run_ids)
