"""The plans that were driven one after the other in a training, each checked at its end."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from data.model import Plan, PlanId, Storm
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.engine import Tx
from data.store.planning.plan_runs import list_recent_runs
from data.store.planning.plans import PlanHead, get_plan, list_plan_heads
from data.streets.network import StreetNetwork
from fleet.planning.draft_validity import find_waiting_draft
from fleet.routes.route_progress import PlanCheck, check_plan
from fleet.training.scores.driver_score import DrivenPlan
from fleet.training.scores.plan_changes import PlanSwitch


class PublishedPlan(NamedTuple):
    """A plan that a dispatcher published, and when."""

    at: datetime
    plan: Plan


class DrivenStorm:
    """The plans of a storm that were driven until a moment, the first driven first.

    The passes of the storm are read once for all of them.
    """

    def __init__(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, until: datetime
    ) -> None:
        passes = list_work_and_drives(tx, storm.id, {one.id for one in network.segments})

        def checked(plan_id: PlanId, at: datetime) -> PlanCheck:
            return check_plan(tx, plan_id, network, policy, at, passes)

        self._checked = checked
        heads = _heads(tx, storm)
        ends = [*(driven_from(one) for one in heads[1:]), until]
        self.plans = [
            DrivenPlan(driven_from(head), end, checked(head.id, end))
            for head, end in zip(heads, ends, strict=False)
        ]
        """Each as it stood at its end."""

    def switches(self) -> Iterator[PlanSwitch]:
        """Yield each plan that took the place of another one, both as they stood then."""
        for before, after in pairwise(self.plans):
            begun = self._checked(after.check.plan.id, after.since)
            yield PlanSwitch(after.since, before.check, begun)


def plans_driven(tx: Tx, storm: Storm) -> frozenset[PlanId]:
    """Return which plans are or were driven."""
    return frozenset(one.id for one in list_plan_heads(tx, storm.id))


def published_between(
    tx: Tx, storm: Storm, known: Collection[PlanId], since: datetime, until: datetime
) -> list[PublishedPlan]:
    """Return the plans published from one moment to another that were not known then.

    The first first. While the clock stands, time does not tell whether a plan was published before
    the moment or as an answer to it.
    """
    heads = [one for one in _heads(tx, storm) if since <= driven_from(one) <= until]
    new = [one for one in heads if one.id not in known]
    return [PublishedPlan(driven_from(one), get_plan(tx, one.id)) for one in new]


def waiting_drafts(tx: Tx, storm: Storm, now: datetime) -> list[Plan]:
    """Return the drafts of a storm that can be published now, the newest first."""
    found = (find_waiting_draft(tx, run) for run in list_recent_runs(tx, storm.id, 0))
    valid = (one for one in found if one and not one.outdated and now <= one.good_until)
    return [get_plan(tx, one.plan_id) for one in valid]


def driven_from(head: PlanHead) -> datetime:
    """Return since when a plan is driven.

    One that goes on with another's routes, into which urgent work was inserted, was published with
    them, but made later.
    """
    return max(head.made_at, head.published_at or head.made_at)


def _heads(tx: Tx, storm: Storm) -> list[PlanHead]:
    heads = list_plan_heads(tx, storm.id)
    return sorted(heads, key=lambda head: (driven_from(head), head.revision))
