"""Workers that took plan runs and died: nothing was heard of them for longer than a lease."""

from datetime import datetime, timedelta

from sqlalchemy import text, update

from data.model import RunState
from data.store.database.engine import Tx
from data.store.schema import plan_run

_SILENT = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"


def let_workers_die(tx: Tx, now: datetime) -> None:
    """Let all runs that are solved lose their workers, by the clock that the store goes by."""
    if tx.dialect.name == "postgresql":
        tx.execute(text(_SILENT))
        return
    held = update(plan_run).where(
        plan_run.c.state == RunState.RUNNING, plan_run.c.lease_until.is_not(None)
    )
    tx.execute(held.values(lease_until=now - timedelta(seconds=1)))
