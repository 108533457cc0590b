"""Asking for a proposal of how long things take, which a worker makes while nothing else waits."""

from collections.abc import Collection
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, PlanRun, RunKind, RunWish, StormId
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plan_runs import add_run, count_ahead, count_unfinished, find_last_run
from fleet.learning.pace_proposals import storms_to_learn_from

STORM_S = 60.0
"""About how long reading a storm takes, and finding what is behind all of them."""


def ask_to_learn(tx: Tx, actor: Actor, wanted: Collection[int], now: datetime) -> PlanRun:
    """Return the run that learns from storms, and then proposes.

    Raises `NotFoundError` for an unknown storm, `InvalidError` for none, `ConflictError` while one
    of them goes on or somebody learns already.
    """
    storms = storms_to_learn_from(tx, wanted) if wanted else []
    if not storms:
        raise InvalidError("storms", "", Need("a storm that is over"))
    if any(storm.ended_at is None for storm in storms):
        raise ConflictError("the storm goes on", reason="learning_storm_on")
    if count_unfinished(tx, RunKind.LEARN):
        raise ConflictError("somebody learns already", reason="learning_runs")
    options = {"storms": [int(storm.id) for storm in storms]}
    wish = RunWish(STORM_S * (len(storms) + 1), RunKind.LEARN, options)
    run = add_run(tx, StormId(storms[-1].id), actor.id, now, wish)
    add_event(tx, now, actor, "pace.asked", f"plan_run:{run.id}", after=options)
    return run


def find_learning_run(tx: Tx) -> PlanRun | None:
    """Return the run that learns or learned last; `None` where nobody asked yet."""
    return find_last_run(tx, RunKind.LEARN)


def runs_before(tx: Tx, run: PlanRun) -> int:
    """Return how many runs are over before a worker begins with one that waits."""
    return count_ahead(tx, run)
