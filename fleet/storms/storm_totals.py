"""Totals of a storm: jobs, plans and evidence revisions."""

from dataclasses import dataclass

from data.model import JobState, ServiceClass, StormId
from data.store.coverage.coverage_revisions import list_revisions
from data.store.database.engine import Tx
from data.store.planning.plans import list_plan_heads
from data.store.work import count_jobs


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
