"""Moments at which a new plan would have been better, pure: the driven plan beside new ones.

Both go on from the same moment with the same knowledge. The driven plan goes on as it is, and what
it does not know yet comes behind its routes where that fits; the new ones are what several
searches found from there. What they differ in is told only where all of them are clearly better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import mean, median
from typing import NamedTuple

from data.model import Plan, PlanId
from data.model.training.rehearsal import TrainingMarkId
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_scope import works_of
from fleet.planning.plan_summary import HOPELESS, pass_ends

CLEAR_MIN = 1.0
"""Minutes that the worst of all searches saves at least where a new plan is clearly better."""

NO_WORSE_MIN = 0.2
"""So little later a class is by chance."""

JUDGED = 2
"""Classes that are judged: so many of the most urgent."""

SEEDS = (1, 2, 3)
"""Seeds of the searches at a moment: what they have in common is no luck."""

LEAST_ITERATIONS, JOB_ITERATIONS = 200_000, 200
"""Iterations of one search: so many, and so many more for each open job.

So a busy machine takes longer, and finds the same.
"""

ITERATIONS_PER_S = 30_000.0
"""About what one thread of a machine does that has nothing else to do."""

SEEN_TO = timedelta(minutes=30)
"""Only a plan that is published within this time can have used a moment."""

USED_SHARE = 0.75
"""Share of what the worst of all searches saves that such a plan brings at least."""


class MinutesSaved(NamedTuple):
    """Minutes of lateness that the worst, the middle and the best search save."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class DecisionPoint:
    """A moment, and what a new plan would have saved there against the one that was driven.

    Lateness is in minutes, the mean of the open streets of a class. `saved` has the classes that
    are judged, the most urgent first, and `late_min` how late they are by the driven plan. `moved`
    streets go to another truck in the middle search. `published_at` is when the dispatcher
    published a plan soon after, and `brought` the minutes that it saves, by the same measure.
    """

    mark_id: TrainingMarkId
    at: datetime
    plan_id: PlanId
    late_min: Mapping[str, float]
    saved: Mapping[str, MinutesSaved]
    moved: int
    published_at: datetime | None = None
    brought: Mapping[str, float] = field(default_factory=dict)

    @property
    def better(self) -> Mapping[str, MinutesSaved]:
        """Return what is saved of each class of which every search is clearly better.

        That is a class for which no more urgent one is later, and by more than what the less urgent
        ones lose.
        """
        clear = _clearly_better({name: one.low for name, one in self.saved.items()})
        return {name: one for name, one in self.saved.items() if name in clear}

    @property
    def left(self) -> Mapping[str, float]:
        """Return the minutes that the middle search saves and nobody brought, by such a class.

        A plan that brings about what the worst search does leaves nothing.
        """
        brought = _clearly_better(self.brought)
        return {
            name: one.middle - brought.get(name, 0.0)
            for name, one in self.better.items()
            if brought.get(name, 0.0) < USED_SHARE * one.low
        }

    @property
    def most(self) -> float:
        """Minutes that are left of the class of which most are."""
        return max(self.left.values(), default=0.0)

    @property
    def clear(self) -> bool:
        """Whether every search is clearly better, of one class at least."""
        return bool(self.better)

    @property
    def missed(self) -> bool:
        """Whether a new plan was clearly better and nobody made one that brings about as much."""
        return bool(self.left)


def searches_at(marks: int) -> int:
    """Return how many searches look at so many marks."""
    return marks * len(SEEDS)


def search_iterations(jobs: int) -> int:
    """Return how many iterations one search does for so many open jobs."""
    return LEAST_ITERATIONS + JOB_ITERATIONS * jobs


def lateness_min(plan: Plan, prepared: Prepared) -> dict[str, float]:
    """Return by how many minutes the open streets of each class are late by a plan, their mean.

    A street counts once, with its last pass; one that is never done is late until the last shift
    ends. What no plan of these machines does is left out.
    """
    ends, until = pass_ends(plan), max(shift.ends_at for shift in prepared.shifts)
    hopeless = {one.job_id for one in plan.unserved if one.reason in HOPELESS | {"closed"}}
    done = prepared.present.done
    late: dict[str, list[float]] = {}
    for job in prepared.jobs:
        if job.id in hopeless:
            continue
        mine = ends.get(job.id, {})
        wanted = [work for work in works_of(job) if work in mine or work not in done]
        last = max((mine.get(work, until) for work in wanted), default=job.due_at)
        minutes = max(last - job.due_at, timedelta(0)) / timedelta(minutes=1)
        late.setdefault(str(job.service_class), []).append(minutes)
    return {name: mean(each) for name, each in late.items()}


def saved_minutes(
    driven: Mapping[str, float], searched: Sequence[Mapping[str, float]], judged: Sequence[str]
) -> dict[str, MinutesSaved]:
    """Return what searches save of the lateness of each judged class that has work."""
    saved = {}
    for name in judged:
        if name in driven:
            each = [driven[name] - one.get(name, 0.0) for one in searched]
            saved[name] = MinutesSaved(min(each), median(each), max(each))
    return saved


def minutes_brought(driven: Mapping[str, float], followed: Mapping[str, float]) -> dict[str, float]:
    """Return what a plan saves of the lateness of each class that has work."""
    return {name: late - followed.get(name, 0.0) for name, late in driven.items()}


def missed_min(points: Sequence[DecisionPoint]) -> float:
    """Return what the best moment would have saved that nobody used, 0 where none was missed."""
    return max((one.most for one in points), default=0.0)


def _clearly_better(saved: Mapping[str, float]) -> dict[str, float]:
    """Return the classes, the most urgent first, of which so many minutes are clearly better."""
    minutes = [*saved.values()]
    return {
        name: each
        for number, (name, each) in enumerate(saved.items())
        if each + sum(min(less, 0.0) for less in minutes[number + 1 :]) >= CLEAR_MIN
        and all(more > -NO_WORSE_MIN for more in minutes[:number])
    }
