"""What the dispatchers of a training made of its storm, read from its database."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.store.alerts import list_alerts
from data.store.database.engine import Tx
from fleet.reports.own_and_hired import MoneySpent
from fleet.reports.storm_statistics import Account
from fleet.training.clock_speeds import clock_speeds
from fleet.training.scores.alert_times import alert_times
from fleet.training.scores.decision_points import DecisionPoint, missed_min
from fleet.training.scores.dispatcher_score import DispatchFacts, lateness_by_class
from fleet.training.scores.plan_changes import PlanChange


def dispatch_facts(
    tx: Tx,
    account: Account,
    spent: MoneySpent,
    changes: tuple[PlanChange, ...],
    points: Sequence[DecisionPoint] | None,
    until: datetime,
    speed: float,
) -> DispatchFacts:
    """Return what a storm came to until a moment of it.

    `speed` is the clock's, where nobody changed it. `points` are `None` where nobody looked for
    them, and empty where no mark could be judged.
    """
    storm = account.storm
    elapsed_s = max((until - storm.started_at).total_seconds(), 0.0)
    alerts = [one for one in list_alerts(tx, storm.id) if one.since <= until]
    return DispatchFacts(
        hours=max((until - storm.snow_at) / timedelta(hours=1), 0.0),
        lateness=lateness_by_class(account.lanes, account.spells, elapsed_s),
        response=account.at(until).city.response,
        alerts=alert_times(alerts, until, clock_speeds(tx, storm.started_at, until, speed)),
        changes=changes,
        moved_m=sum(one.cost.moved_m for one in spent.trucks),
        cleared_m=account.cleared_m(until),
        missed_min=missed_min(points) if points else None,
        points=len(points or ()),
    )
