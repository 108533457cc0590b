"""Comparable plans of two fleets: each search starts from the plan before it.

What another search finds for the same fleet tells which differences are chance. The changed fleet
begins from the plan of the fleet as it is, without what machines did there that it does not have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.model import Plan
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import Start
from fleet.what_if.answer import no_worse, outcome_json, spread_min
from fleet.what_if.question import HOLDS, Change, changed

SEEDS = (1, 2)
"""A search for each."""

type Solve = Callable[[Prepared, int, Start | None], Plan]
"""Searches for a plan with a seed, from another plan if there is one."""


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """A fleet with its best known plan, and the outcome by class.

    `outcome` has in `spread_min` by how many minutes the searches for this fleet are apart.
    """

    prepared: Prepared
    plan: Plan
    outcome: dict[str, Any]


class KnownBase:
    """Cache of the plan of the present fleet, for questions about the same situation."""

    def __init__(self) -> None:
        self._digest = ""
        self._kept: Searched | None = None

    def find(self, digest: str, now: datetime) -> Searched | None:
        """Return the cached result of a situation, while it is valid."""
        kept = self._kept
        same = kept is not None and self._digest == digest
        return kept if kept and same and now - kept.prepared.now < HOLDS else None

    def keep(self, digest: str, base: Searched) -> None:
        """Cache the result of a situation in place of the one before."""
        self._digest, self._kept = digest, base


def base_of(prepared: Prepared, solve: Solve) -> Searched:
    """Return the result of the present fleet."""
    return _searched(prepared, solve, None, None)


def with_change(base: Searched, change: Change, solve: Solve) -> tuple[Searched, list[str]]:
    """Return the result of a changed fleet, and which machines are left out.

    Of a fleet that is only larger the plan of the fleet as it is is a plan too: what is found
    beyond it makes no class worse, or is not taken.
    """
    other, without = changed(base.prepared, change)
    larger = all(count > 0 for count in change.values())
    known = Searched(other, base.plan, outcome_json(base.plan, other)) if larger else None
    return _searched(other, solve, known, Start(base.plan, keeps=larger)), without


def _searched(
    prepared: Prepared, solve: Solve, known: Searched | None, start: Start | None
) -> Searched:
    """Search once for each seed and keep the last plan that is no worse than the others."""
    outcomes: list[dict[str, Any]] = []
    for seed in SEEDS:
        plan = solve(prepared, seed, start)
        outcomes.append(outcome_json(plan, prepared))
        if known is None or no_worse(outcomes[-1], known.outcome):
            known = Searched(prepared, plan, outcomes[-1])
            start = Start(plan, keeps=True)
    if known is None:
        raise RuntimeError("expected a search, found none")
    spread = {name: spread_min(outcomes, name) for name in known.outcome["finish"]}
    proved = {name: outcomes[-1][name] for name in ("bound", "not_before")}
    return Searched(prepared, known.plan, {**known.outcome, **proved, "spread_min": spread})
