"""Totals of a storm: jobs, plans, evidence revisions, next deadline."""

from dataclasses import dataclass
from datetime import datetime

from data.model import JobState, ServiceClass, Storm, StormId
from data.store.coverage.coverage_revisions import list_revisions
from data.store.database.engine import Tx
from data.store.planning.plans import list_plan_heads
from data.store.work import count_jobs, find_next_deadline


@dataclass(frozen=True, slots=True)
class StormTotals:
    """Jobs by class and state, published plans, and coverage revisions of a storm."""

    jobs: dict[tuple[ServiceClass, JobState], int]
    plans: int
    revisions: int


def storm_totals(tx: Tx, storm_id: StormId) -> StormTotals:
    """Return the totals of a storm."""
    return StormTotals(
        count_jobs(tx, storm_id),
        len(list_plan_heads(tx, storm_id)),
        len(list_revisions(tx, storm_id)),
    )


def next_deadline(tx: Tx, storm: Storm | None, now: datetime) -> datetime | None:
    """Return the next due time of an open job that is not late; `None` without one."""
    return find_next_deadline(tx, storm.id, now) if storm else None
