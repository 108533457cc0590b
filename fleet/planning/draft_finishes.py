"""When a new draft finishes each class beside the plan in force, pure: found once, as it is made.

The plan in force counts as it is driven: what its trucks have ahead, as late as they are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from data.files.json_records import from_plain, to_plain
from data.model import Job, Plan, PlanRun, Route, ServiceClass, Shift
from fleet.planning.plan_comparison import compared
from fleet.planning.plan_preparation import Prepared
from fleet.planning.remaining_routes import jobs_of
from fleet.routes.plan_vs_actual import RouteCheck, expected_times
from fleet.routes.route_progress import PlanCheck

ALIKE = timedelta(minutes=5)
"""Classes that end nearer to each other are alike: trucks are not as punctual as that."""

MORE_SHARE = 0.05
"""A draft that does so much of a class that the plan in force does not is no worse in it."""


_KEY = "finishes"


@dataclass(frozen=True, slots=True)
class DraftFinish:
    """When a class ends by the plan in force and by a draft, over the work that is in both.

    A moment is `None` where some of it is left undone that machines could do. `more` counts jobs of
    the draft that nobody has ahead now, 0 where they are few.
    """

    service_class: ServiceClass
    now_at: datetime | None
    then_at: datetime | None
    differs: bool
    more: int

    @property
    def worse(self) -> bool:
        """Whether the draft ends the class later, or not at all, and does not much more of it."""
        if not self.differs or self.more or self.now_at is None:
            return False
        return self.then_at is None or self.then_at > self.now_at


Finishes = tuple[DraftFinish, ...]


def draft_finishes(draft: Plan, prepared: Prepared) -> tuple[DraftFinish, ...]:
    """Return the finishes of the classes that draft and plan in force share, the most urgent first.

    None without a plan in force. `prepared` is what the draft was made for.
    """
    if prepared.check is None:
        return ()
    driven = as_driven(prepared.check, prepared.shifts)
    found = compared(
        driven, draft, prepared.jobs, prepared.vehicles, prepared.network, prepared.policy
    )
    first, second = found.first.classes, found.second.classes
    jobs, added = _done(draft, driven, prepared.jobs)
    return tuple(
        _finish(one, first[one].finish_at, second[one].finish_at, jobs[one], added[one])
        for one in prepared.policy.in_order(first.keys() & second.keys())
    )


def _finish(
    name: ServiceClass, now_at: datetime | None, then_at: datetime | None, jobs: int, added: int
) -> DraftFinish:
    if now_at is None or then_at is None:
        differs = now_at is not then_at
    else:
        differs = abs(then_at - now_at) >= ALIKE
    return DraftFinish(name, now_at, then_at, differs, added if added > MORE_SHARE * jobs else 0)


def worst_class(finishes: Iterable[DraftFinish]) -> DraftFinish | None:
    """Return the most urgent class that differs, if the draft is worse in that; else `None`."""
    first = next((one for one in finishes if one.differs or one.more), None)
    return first if first is not None and first.worse else None


def finishes_answer(finishes: tuple[DraftFinish, ...]) -> dict[str, Any]:
    """Return finishes as the answer of a plan run."""
    return {_KEY: to_plain(Finishes, finishes)}


def finishes_of(run: PlanRun) -> tuple[DraftFinish, ...]:
    """Return the finishes of a run's draft; none of runs of a former version."""
    return from_plain(Finishes, (run.answer or {}).get(_KEY, []))


def as_driven(check: PlanCheck, shifts: Iterable[Shift]) -> Plan:
    """Return a plan with what the trucks of these shifts still do of it, when they are expected."""
    serving = {one.id for one in shifts}
    pairs = zip(check.plan.routes, check.routes, strict=True)
    ahead = (_ahead(route, one) for route, one in pairs if route.shift_id in serving)
    return replace(check.plan, routes=tuple(ahead))


def _ahead(route: Route, check: RouteCheck) -> Route:
    expected = expected_times(route, check)
    legs = (
        replace(leg, starts_at=expected[number].starts_at, ends_at=expected[number].ends_at)
        for number, leg in enumerate(route.legs)
        if number in expected
    )
    return replace(route, legs=tuple(legs))


def _done(
    draft: Plan, driven: Plan, jobs: Sequence[Job]
) -> tuple[Counter[ServiceClass], Counter[ServiceClass]]:
    """Return how many jobs of each class the draft does, and how many of those nobody has ahead."""
    wanted, before = jobs_of(draft.routes), jobs_of(driven.routes)
    mine = [job for job in jobs if job.id in wanted]
    new = (job.service_class for job in mine if job.id not in before)
    return Counter(job.service_class for job in mine), Counter(new)
