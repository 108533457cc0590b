"""The plans that were driven one after the other in a training, each checked at its end."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from data.model import Storm
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.planning.plans import PlanHead, list_plan_heads
from data.streets.network import StreetNetwork
from fleet.routes.route_progress import check_plan
from fleet.training.scores.driver_score import DrivenPlan
from fleet.training.scores.plan_changes import PlanSwitch


def driven_plans(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, until: datetime
) -> list[DrivenPlan]:
    """Return the plans of a storm, the first driven first, each as it stood at its end."""
    heads = _heads(tx, storm)
    ends = [*(driven_from(one) for one in heads[1:]), until]
    return [
        DrivenPlan(driven_from(head), end, check_plan(tx, head.id, network, policy, end))
        for head, end in zip(heads, ends, strict=False)
    ]


def plan_switches(
    tx: Tx, network: StreetNetwork, policy: Policy, plans: list[DrivenPlan]
) -> Iterator[PlanSwitch]:
    """Yield each plan that took the place of another one, both as they stood then."""
    for before, after in pairwise(plans):
        begun = check_plan(tx, after.check.plan.id, network, policy, after.since)
        yield PlanSwitch(after.since, before.check, begun)


def published_times(tx: Tx, storm: Storm) -> list[datetime]:
    """Return when the plans of a storm were published, the first first."""
    return [driven_from(one) for one in _heads(tx, storm)]


def driven_from(head: PlanHead) -> datetime:
    """Return since when a plan is driven."""
    return head.published_at or head.counts_from or head.made_at


def _heads(tx: Tx, storm: Storm) -> list[PlanHead]:
    return sorted(list_plan_heads(tx, storm.id), key=driven_from)
