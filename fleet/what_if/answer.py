"""The answer to a what-if as plain values: the outcome of two fleets by class."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.model import Plan
from data.planning.plan_json import utc_text
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_summary import class_outcomes

EQUAL = 1e-6
SLACK = timedelta(seconds=1)
"""A class that is finished so little later is finished at the same time."""


def outcome_json(plan: Plan, prepared: Prepared) -> dict[str, Any]:
    """Return the outcome of a plan by class, as plain values.

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


def no_worse(found: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """Whether one plan leaves no more undone than another, costs no more, and is no later.

    That is asked of each class: when the last of it is done, and how much is in time.
    """
    return (
        found["unserved"] <= known["unserved"]
        and found["cost"] <= known["cost"] * (1.0 + EQUAL)
        and all(_no_later(found["finish"][name], at) for name, at in known["finish"].items())
        and all(found["in_time"][name] >= share - EQUAL for name, share in known["in_time"].items())
    )


def better_by_class(larger: Mapping[str, Any], smaller: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outcome of a fleet that could drive the plan of a smaller one too.

    Each class is told by the plan that finishes it earlier.
    """
    found = {name: dict(larger[name]) for name in ("finish", "in_time")}
    for name, at in smaller["finish"].items():
        if not _no_later(found["finish"].get(name), at):
            found["finish"][name] = at
    for name, share in smaller["in_time"].items():
        found["in_time"][name] = max(found["in_time"].get(name, 0.0), share)
    least = {name: min(larger[name], smaller[name]) for name in ("unserved", "cost")}
    return {**larger, **found, **least}


def spread_min(searches: Sequence[Mapping[str, Any]], name: str) -> float:
    """Return the range in minutes of the times at which some searches finish a class."""
    times = [one["finish"].get(name) for one in searches]
    moments = [datetime.fromisoformat(text).timestamp() for text in times if text]
    return (max(moments) - min(moments)) / 60 if moments else 0.0


def _no_later(found: str | None, known: str | None) -> bool:
    if found is None or known is None:
        return known is None
    return datetime.fromisoformat(found) <= datetime.fromisoformat(known) + SLACK
