"""The plans that were driven one after the other in a training, each checked at its end."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from data.model import Plan, Storm
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.planning.plans import PlanHead, get_plan, list_plan_heads
from data.streets.network import StreetNetwork
from fleet.routes.route_progress import check_plan
from fleet.training.scores.driver_score import DrivenPlan
from fleet.training.scores.plan_changes import PlanSwitch


class PublishedPlan(NamedTuple):
    """A plan that a dispatcher published, and when."""

    at: datetime
    plan: Plan


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


def published_between(
    tx: Tx, storm: Storm, since: datetime, until: datetime
) -> list[PublishedPlan]:
    """Return the plans published after a moment and up to another, the first first."""
    heads = [one for one in _heads(tx, storm) if since < driven_from(one) <= until]
    return [PublishedPlan(driven_from(one), get_plan(tx, one.id)) for one in heads]


def driven_from(head: PlanHead) -> datetime:
    """Return since when a plan is driven."""
    return head.published_at or head.counts_from or head.made_at


def _heads(tx: Tx, storm: Storm) -> list[PlanHead]:
    return sorted(list_plan_heads(tx, storm.id), key=driven_from)
