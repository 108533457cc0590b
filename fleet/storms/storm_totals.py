"""A storm in numbers: its jobs, its plans, revisions of its evidence, its next deadline."""

from dataclasses import dataclass
from datetime import datetime

from data.model import JobState, ServiceClass, Storm, StormId
from data.store.coverage.coverage_revisions import list_revisions
from data.store.database.engine import Tx
from data.store.planning.plans import list_plan_heads
from data.store.work import count_jobs, find_next_deadline


@dataclass(frozen=True, slots=True)
class StormTotals:
    """Jobs of a storm by class and state, plans that were sent out, revisions of its coverage."""

    jobs: dict[tuple[ServiceClass, JobState], int]
    plans: int
    revisions: int


def storm_totals(tx: Tx, storm_id: StormId) -> StormTotals:
    """Return how much work, how many plans and revisions a storm has."""
    return StormTotals(
        count_jobs(tx, storm_id),
        len(list_plan_heads(tx, storm_id)),
        len(list_revisions(tx, storm_id)),
    )


def next_deadline(tx: Tx, storm: Storm | None, now: datetime) -> datetime | None:
    """Return when the next open job is due that is not late yet; `None` without one."""
    return find_next_deadline(tx, storm.id, now) if storm else None
