"""The answer to a what-if as plain values: what two fleets make of each class."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from data.model import Plan
from data.plan_json import utc_text
from fleet.plan_outcome import class_outcomes
from fleet.planning import Prepared
from fleet.what_if import Change


def outcome_json(plan: Plan, prepared: Prepared) -> dict[str, Any]:
    """Return what a plan makes of the situation that it was made for, as plain values.

    `not_before` are times that are proved for whatever plan, of classes that cannot be in time.
    """
    outcomes = class_outcomes(plan, prepared.jobs, prepared.network)
    proved = {
        str(proof.classes[0]): utc_text(proof.earliest_at)
        for proof in plan.proofs
        if len(proof.classes) == 1 and proof.work_s > 0.0 and proof.earliest_at is not None
    }
    return {
        "as_of": utc_text(prepared.now),
        "machines": len({shift.vehicle_id for shift in prepared.shifts}),
        "cost": plan.cost.total,
        "bound": plan.bound,
        "unserved": len({left.job_id for left in plan.unserved}),
        "finish": {
            str(name): None if one.finish_at is None else utc_text(one.finish_at)
            for name, one in outcomes.items()
        },
        "in_time": {str(name): one.in_time_share for name, one in outcomes.items()},
        "not_before": proved,
    }


def best_of(searches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the cheapest of some searches for the same fleet, with how far apart they ended.

    `spread_min` are minutes between the times at which they finish each class: what is no more than
    chance.
    """
    best = min(searches, key=lambda one: float(one["cost"]))
    return {**best, "spread_min": {name: _spread_min(searches, name) for name in best["finish"]}}


def _spread_min(searches: Sequence[Mapping[str, Any]], name: str) -> float:
    times = [one["finish"].get(name) for one in searches]
    moments = [datetime.fromisoformat(text).timestamp() for text in times if text]
    return (max(moments) - min(moments)) / 60 if moments else 0.0


def better_known(base: Mapping[str, Any], found: dict[str, Any], change: Change) -> dict[str, Any]:
    """Return what a changed fleet makes of it, at least what is known of a part of it.

    Where machines are only added, the plan of the fleet as it is is one of the larger fleet too.
    """
    only_more = all(count > 0 for count in change.values())
    if only_more and found["cost"] > base["cost"]:
        return {**base, "machines": found["machines"]}
    return found
