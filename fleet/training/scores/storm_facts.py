"""What the dispatchers of a training made of its storm, read from its database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from fleet.logbook.log_store import read_until
from fleet.reports.storm_statistics import Account, StormRecords
from fleet.training.scores.alert_times import AlertTimes
from fleet.training.scores.decision_points import DecisionPoint, missed_min
from fleet.training.scores.dispatcher_score import DispatchFacts, lateness_by_class
from fleet.training.scores.plan_changes import PlanChange


class DrivenMetres(NamedTuple):
    """What all trucks drove, and the lane metres that were cleared by then."""

    moved_m: float
    cleared_m: float


def driven_metres(
    tx: Tx, records: StormRecords, account: Account, policy: Policy, until: datetime
) -> DrivenMetres:
    """Return what was driven for what was cleared until a moment, or as far as logs are read."""
    read_at = max(read_until(tx, until), account.storm.started_at)
    spent = records.spent(tx, account.storm, policy, read_at)
    moved_m = sum(one.cost.moved_m for one in spent.trucks)
    return DrivenMetres(moved_m, account.cleared_m(read_at))


def dispatch_facts(
    account: Account,
    driven: DrivenMetres,
    changes: tuple[PlanChange, ...],
    points: Sequence[DecisionPoint] | None,
    alerts: tuple[AlertTimes, ...],
    until: datetime,
) -> DispatchFacts:
    """Return what a storm came to until a moment of it.

    `points` are `None` where nobody looked for them, and empty where no mark could be judged.
    """
    storm = account.storm
    elapsed_s = max((until - storm.started_at).total_seconds(), 0.0)
    return DispatchFacts(
        hours=max((until - storm.snow_at) / timedelta(hours=1), 0.0),
        lateness=lateness_by_class(account.lanes, account.spells, elapsed_s),
        response=account.at(until).city.response,
        alerts=alerts,
        changes=changes,
        moved_m=driven.moved_m,
        cleared_m=driven.cleared_m,
        missed_min=missed_min(points) if points else None,
        points=len(points or ()),
    )
