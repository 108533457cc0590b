"""Plan runs as boards show them."""

from datetime import UTC, datetime

from data.model import PlanRun, RunState
from data.store.database.engine import Tx
from data.store.planning.plan_runs import count_ahead
from data.store.planning.plan_workers import SEEN_FOR, count_workers
from fleet.planning.draft_validity import find_waiting_draft
from maps.board.board import RunView, run_view


def shown_run(tx: Tx, run: PlanRun) -> RunView:
    """Return the progress of a run, its place in the queue and its draft."""
    ahead, draft = count_ahead(tx, run), find_waiting_draft(tx, run)
    return run_view(run, ahead, draft, starting=_awaits_start(tx, run))


def _awaits_start(tx: Tx, run: PlanRun) -> bool:
    """Whether a run is queued while no worker of its kind is there: one starts, or starts again."""
    if run.state is not RunState.QUEUED:
        return False
    return count_workers(tx, run.kind, datetime.now(UTC) - SEEN_FOR) == 0
