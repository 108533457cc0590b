"""Deadlines kept against extra metres, by how surely the policy wants them kept.

Storms that nothing was learned from, in a half of the town, so that machines have time to spare. A
plan without deadlines is made first. Then every third of its lesser streets is due at the moment by
which that plan has done half of these: planned anew, all of them can be in time, with a margin too,
but nothing else presses a plan to leave one. Each plan is searched with the same seed, and driven
in nights with more and with less ice than anybody knows.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
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

KEPT_PCT = (50.0, 80.0, 90.0, 95.0)
STORMS, FIRST, TIMES = 4, 300, 8
"""Storms that are planned, numbered from the first, and how often each plan is driven."""

SEARCHED = 300_000
"""Iterations of each search, some seconds: with few of them, plans hardly differ by what is due."""

PART = 0.5
"""Share of the streets that are planned, those farthest west."""

EVERY, LESSER = 3, ("P2", "P3")
"""Which of the streets are due: every third, of the classes that are not done first anyway."""

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
    """Yield deadlines kept and metres for each probability, and the share kept in each storm."""
    sums = {kept_pct: [_Sums() for _ in range(STORMS)] for kept_pct in KEPT_PCT}
    for number, night in enumerate(nights(STORMS, FIRST)):
        storm, prepared = begun(town, night)
        prepared = _hurried(town, prepared, night)
        for kept_pct in KEPT_PCT:
            policy = replace(prepared.policy, punctuality=PunctualityRules(kept_pct))
            wanted = replace(prepared, policy=policy)
            plan = planned(wanted, night, SEARCHED)
            _driven(town, wanted, plan, night, sums[kept_pct][number])
        over(town, storm, night)
    usual = _all(sums[KEPT_PCT[0]])
    for kept_pct, each in sums.items():
        found = _all(each)
        by_storm = ", ".join(f"{one.kept / one.due:.0%}" for one in each)
        yield (
            f"deadlines to be kept with {kept_pct:.0f}%",
            f"{found.kept / found.due:.1%} of {found.due:,} kept ({by_storm}), "
            f"{found.late_min / found.due:.2f} min late each, "
            f"{found.metres / usual.metres - 1.0:+.1%} km, "
            f"{found.hours / usual.hours - 1.0:+.1%} machine hours, "
            f"{found.planned_late / TIMES:.0f} of {found.due / TIMES:.0f} planned late",
            "",
        )
        yield (
            f"streets over by the latest end of {kept_pct:.0f}%",
            f"{found.within / found.ends:.0%}",
            f"{kept_pct:.0f}%",
        )


def _hurried(town: Town, prepared: Prepared, night: Night) -> Prepared:
    """Return the work of a part of the town with the deadlines that its own ends suggest."""
    place = {
        one.id: town.network.projection.plane(one.geometry[len(one.geometry) // 2])[0]
        for one in town.network.segments
    }
    east = float(np.quantile([place[job.segment_id] for job in prepared.jobs], PART))
    never = night.starts_at + timedelta(days=1)
    part = tuple(
        replace(job, due_at=never) for job in prepared.jobs if place[job.segment_id] <= east
    )
    free = replace(prepared, jobs=part)
    hurried = {job.id for job in part if job.id % EVERY == 0 and job.service_class in LESSER}
    ends_s = [
        (each.planned_at - night.starts_at).total_seconds()
        for each in job_ends(town, planned(free, night, SEARCHED), night)
        if JobId(each.job_id) in hurried
    ]
    due_at = night.starts_at + timedelta(seconds=float(np.median(ends_s)))
    jobs = (replace(job, due_at=due_at) if job.id in hurried else job for job in part)
    return replace(free, jobs=tuple(jobs))


def _driven(town: Town, prepared: Prepared, plan: Plan, night: Night, sums: _Sums) -> None:
    """Add up what comes of a plan in nights of which nobody knows how icy they are."""
    never = max(job.due_at for job in prepared.jobs)
    due_at = {job.id: job.due_at for job in prepared.jobs if job.due_at < never}
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
        sums.due += len(due_at)
        for one in job_ends(town, plan, truly):
            _add(sums, one, due_at.get(JobId(one.job_id)), odds, night)


def _add(sums: _Sums, one: Ended, due_at: datetime | None, odds: FinishOdds, night: Night) -> None:
    if due_at is not None:
        sums.kept += one.ended_at <= due_at
        sums.planned_late += one.planned_at > due_at
        sums.late_min += max((one.ended_at - due_at) / MINUTE, 0.0)
    sums.ends += 1
    ahead_s = (one.planned_at - night.starts_at).total_seconds()
    sums.within += one.ended_at <= one.planned_at + timedelta(seconds=odds.off_s(ahead_s))


def _all(each: list[_Sums]) -> _Sums:
    return _Sums(*(sum(parts) for parts in zip(*map(astuple, each), strict=True)))
