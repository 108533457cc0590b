"""Comparable plans of two fleets: both go on from one plan of the fleet as it is, for as long.

That plan is searched first, from the published one where there is one. What the second search finds
for the same fleet beyond it is chance; a large city has no time for it, since setting up and
checking a search takes most of its seconds there. The changed fleet goes on without what machines
did that it does not have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from data.files.json_records import to_plain
from data.model import Plan
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import Start
from fleet.what_if.answer import better_by_class, no_worse, outcome_json, spread_min
from fleet.what_if.class_limits import ClassLimit, class_limits
from fleet.what_if.question import HOLDS, MANY_JOBS, Change, changed

FIRST_SEED, SECOND_SEED = 1, 2


class TimeShares(NamedTuple):
    """Share of a question's time for the first search, and of the rest for the second, if any.

    The changed fleet has what is then left. A search from nothing takes more: what it leaves undone
    for want of time would be answered.
    """

    first: float
    second: float


FROM_PLAN, FROM_NOTHING = TimeShares(1 / 3, 1 / 2), TimeShares(1 / 2, 1 / 2)
LARGE = TimeShares(0.8, 0.0)
"""The first search gives much of it back: it keeps more for its end than that takes there."""
KNOWN_SHARE = 0.5
"""Share for the changed fleet of a large city whose present one is known."""

type Solve = Callable[[Prepared, int, Start | None, float], Plan]
"""Searches for a plan with a seed, from another plan if there is one, for a share of the time that
is left."""


@dataclass(frozen=True, slots=True, eq=False)
class BaseResult:
    """The fleet as it is: the plan that both fleets go on from, the best one, and its outcome.

    `outcome` has in `spread_min` by how many minutes its two searches are apart, if there are two.
    """

    prepared: Prepared
    first: Plan
    plan: Plan
    outcome: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class ChangeResult:
    """Outcomes by class of the fleet as it is and of the changed one, and the machines left out.

    `found` has in `limits` what holds up each class.
    """

    base: dict[str, Any]
    found: dict[str, Any]
    without: list[str]


class KnownBase:
    """Cache of the plan of the present fleet, for questions about the same situation."""

    def __init__(self) -> None:
        self._digest = ""
        self._kept: BaseResult | None = None

    def find(self, digest: str, now: datetime) -> BaseResult | None:
        """Return the cached result of a situation, while it is valid."""
        kept = self._kept
        same = kept is not None and self._digest == digest
        return kept if kept and same and now - kept.prepared.now < HOLDS else None

    def keep(self, digest: str, base: BaseResult) -> None:
        """Cache the result of a situation in place of the one before."""
        self._digest, self._kept = digest, base


def base_of(prepared: Prepared, solve: Solve) -> BaseResult:
    """Return the result of the present fleet."""
    published = prepared.check.plan if prepared.check else None
    start = Start(published, keeps=False) if published else None
    shares = time_shares(prepared)
    first = plan = solve(prepared, FIRST_SEED, start, shares.first)
    outcomes = [outcome_json(first, prepared)]
    best = outcomes[0]
    if shares.second:
        again = solve(prepared, SECOND_SEED, Start(first, keeps=True), shares.second)
        outcomes.append(outcome_json(again, prepared))
        if no_worse(outcomes[1], outcomes[0]):
            plan, best = again, outcomes[1]
    spread = {name: spread_min(outcomes, name) for name in best["finish"]}
    return BaseResult(prepared, first, plan, {**best, "spread_min": spread})


def time_shares(prepared: Prepared) -> TimeShares:
    """Return how the time of a question is divided."""
    if len(prepared.jobs) > MANY_JOBS:
        return LARGE
    return FROM_NOTHING if prepared.parent_id is None else FROM_PLAN


def known_share(prepared: Prepared, change: Change) -> float:
    """Return the share for the changed fleet where the present one is known.

    Its search takes as long as the second of that did, or a gain of the search would be told as one
    of the machines; of fewer machines there is none to be told.
    """
    if all(count < 0 for count in change.values()):
        return 1.0
    first, second = time_shares(prepared)
    return (1.0 - first) * second or KNOWN_SHARE


def with_change(base: BaseResult, change: Change, solve: Solve, share: float = 1.0) -> ChangeResult:
    """Return the outcomes beside each other, of a search for a share of the time left.

    That is all of it, or the `known_share` where the base was known before. What a fleet can do,
    one with more machines of any type and fewer of none can do too: of its plan and that of the
    smaller fleet each class is told by the better.
    """
    other, without = changed(base.prepared, change)
    larger = all(count > 0 for count in change.values())
    plan = solve(other, SECOND_SEED, Start(base.first, keeps=larger), share)
    mine, found = base.outcome, outcome_json(plan, other)
    added = frozenset(name for name, count in change.items() if count > 0)
    limits = class_limits(plan, other, added)
    if larger:
        alone, found = found, better_by_class(found, mine)
        limits |= {
            name: one
            for name, one in class_limits(base.plan, base.prepared, added).items()
            if found["finish"][name] != alone["finish"].get(name)
        }
    if all(count < 0 for count in change.values()):
        mine = better_by_class(mine, found)
    told = {
        "spread_min": base.outcome["spread_min"],
        "limits": {str(name): to_plain(ClassLimit, one) for name, one in limits.items()},
    }
    return ChangeResult(mine, {**found, **told}, without)
