"""Deadlines kept against extra metres, by how surely the policy wants them kept.

Three storms that nothing was learned from are planned three times; each plan is driven in nights
with more and with less ice than anybody knows. Deadlines are set so that they bind.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from data.model import JobId, Plan
from data.policy.class_rules import PunctualityRules
from fleet.planning.plan_preparation import Prepared
from routing.problem.finish_odds import FinishOdds
from tests.benchmarks.learned_town import (
    MOST_ICE,
    Ended,
    Night,
    Town,
    begun,
    job_ends,
    nights,
    over,
    planned,
)

KEPT_PCT = (50.0, 80.0, 90.0)
STORMS, FIRST, TIMES = 3, 100, 6
"""Storms that are planned, numbered from the first, and how often each plan is driven."""

SEARCHED = 10_000
"""Iterations of each search; metres of two searches differ by about one in a hundred by chance."""

DUE_H = {"P1": 1.75, "P2": 3.5}
"""Deadlines by class: sooner than usual, so that a tenth to a third of the streets is near them."""

MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class _Sums:
    """What came of the plans of one probability."""

    due: int = 0
    kept: int = 0
    late_min: float = 0.0
    within: int = 0
    ends: int = 0
    metres: float = 0.0
    planned_late: int = 0
    hours: float = 0.0


def rows_of(town: Town) -> Iterator[tuple[str, str, str]]:
    """Yield deadlines kept and metres for each probability."""
    sums: defaultdict[float, _Sums] = defaultdict(_Sums)
    for night in nights(STORMS, FIRST):
        storm, prepared = begun(town, night)
        prepared = _hurried(prepared, night)
        for kept_pct in KEPT_PCT:
            policy = replace(prepared.policy, punctuality=PunctualityRules(kept_pct))
            wanted = replace(prepared, policy=policy)
            plan = planned(wanted, night, SEARCHED)
            _driven(town, wanted, plan, night, sums[kept_pct])
        over(town, storm, night)
    usual = sums[KEPT_PCT[0]]
    for kept_pct, found in sums.items():
        more = found.metres / usual.metres - 1.0
        yield (
            f"deadlines to be kept with {kept_pct:.0f}%",
            f"{found.kept / found.due:.1%} of {found.due:,} kept, "
            f"{found.late_min / found.due:.2f} min late each, {more:+.1%} km, "
            f"{found.hours / usual.hours - 1.0:+.1%} machine hours, "
            f"{found.planned_late} planned late",
            "",
        )
        yield (
            f"streets over by the latest end of {kept_pct:.0f}%",
            f"{found.within / found.ends:.0%}",
            f"{kept_pct:.0f}%",
        )


def _hurried(prepared: Prepared, night: Night) -> Prepared:
    jobs = (
        replace(job, due_at=night.starts_at + timedelta(hours=DUE_H[job.service_class]))
        for job in prepared.jobs
        if job.service_class in DUE_H
    )
    return replace(prepared, jobs=tuple(jobs))


def _driven(town: Town, prepared: Prepared, plan: Plan, night: Night, sums: _Sums) -> None:
    """Add up what comes of a plan in nights of which nobody knows how icy they are."""
    due_at = {job.id: job.due_at for job in prepared.jobs}
    scatter = prepared.pace.scatter
    assert scatter is not None, "nothing was learned of how sure ends are"
    odds = FinishOdds(*scatter, prepared.policy.punctuality.probability)
    sums.metres += sum(leg.length_m for route in plan.routes for leg in route.legs)
    sums.hours += sum(
        (route.legs[-1].ends_at - route.legs[0].starts_at) / timedelta(hours=1)
        for route in plan.routes
        if route.legs
    )
    chance = np.random.default_rng(night.number)
    for number, ice in enumerate(chance.uniform(0.0, MOST_ICE, TIMES).tolist()):
        truly = replace(night, number=1_000 * night.number + number, ice=ice)
        ended = job_ends(town, plan, truly)
        for one in ended:
            _add(sums, one, due_at[JobId(one.job_id)], odds, night)
        left = len(due_at) - len(ended)
        sums.due += left


def _add(sums: _Sums, one: Ended, due_at: datetime, odds: FinishOdds, night: Night) -> None:
    sums.due += 1
    sums.kept += one.ended_at <= due_at
    sums.planned_late += one.planned_at > due_at
    sums.late_min += max((one.ended_at - due_at) / MINUTE, 0.0)
    sums.ends += 1
    ahead_s = (one.planned_at - night.starts_at).total_seconds()
    sums.within += one.ended_at <= one.planned_at + timedelta(seconds=odds.off_s(ahead_s))
