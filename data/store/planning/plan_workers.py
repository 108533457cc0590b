"""Workers that solve plan runs: who was seen lately, and for which kinds of runs."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from data.model import RunKind
from data.store.database.engine import Tx
from data.store.schema import plan_worker

SEEN_FOR = timedelta(seconds=30)
"""A worker that was not seen for so long is not there any more."""


def note_worker(tx: Tx, name: str, kinds: Collection[RunKind], now: datetime) -> None:
    """Note that a worker is there; `now` is real time, not the storm's."""
    new = insert(plan_worker).values(name=name, kinds=sorted(kinds), seen_at=now)
    seen = {"kinds": new.excluded.kinds, "seen_at": new.excluded.seen_at}
    tx.execute(new.on_conflict_do_update(index_elements=[plan_worker.c.name], set_=seen))


def remove_workers(tx: Tx, name: str, before: datetime) -> None:
    """Remove a worker that ends, and those not seen since a time."""
    gone = (plan_worker.c.name == name) | (plan_worker.c.seen_at < before)
    tx.execute(delete(plan_worker).where(gone))


def count_workers(tx: Tx, kind: RunKind, since: datetime) -> int:
    """Return how many workers that solve a kind of runs were seen since a time."""
    query = select(plan_worker.c.kinds).where(plan_worker.c.seen_at >= since)
    return sum(kind in kinds for (kinds,) in tx.execute(query))
