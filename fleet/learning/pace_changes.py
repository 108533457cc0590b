"""What a proposal would change, pure: by how much, how sure, from how many drives."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp

from data.model import RoadClass, SegmentId
from data.model.planning.paces import (
    ConditionRatio,
    KindRatio,
    LearnedPace,
    LearnedRatio,
    Movement,
)
from fleet.learning.corrections import InPlans

SURE_SD = 2.0
"""So many standard deviations is the range that is told: nineteen of twenty lie within."""


class ChangeKind(StrEnum):
    """What a line of a proposal is about."""

    KIND = "kind"
    DEPTH = "depth"
    HOUR = "hour"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class ChangeSubject:
    """What a line is about: a machine on a class of roads, a depth in mm, an hour, or a street."""

    kind: ChangeKind
    movement: Movement
    machine: str = ""
    road: RoadClass | None = None
    at: float = 0.0
    segment_id: SegmentId | None = None


@dataclass(frozen=True, slots=True)
class PaceChange:
    """How many times the assumed seconds something takes, from `low` to `high`, and `now` in plans.

    A street is against its class of roads, a depth and an hour against the others.
    """

    subject: ChangeSubject
    times: float
    low: float
    high: float
    now: float
    count: int

    @property
    def sure(self) -> bool:
        """Whether its range does not hold what is assumed."""
        return not self.low <= 1.0 <= self.high


def pace_changes(proposed: LearnedPace, in_plans: InPlans) -> list[PaceChange]:
    """Return what is proposed beside what plans use: kinds, depths, hours, and streets.

    Streets are those that surely differ from their class, the farthest off first.
    """
    in_force = in_plans.learned
    kinds = [*_kinds(proposed, in_plans)]
    depths = [*_conditions(ChangeKind.DEPTH, proposed.depths, in_force.depths)]
    hours = [*_conditions(ChangeKind.HOUR, proposed.hours, in_force.hours)]
    streets = sorted(_streets(proposed, in_force), key=_off, reverse=True)
    return [*kinds, *depths, *hours, *(one for one in streets if one.sure)]


def _off(one: PaceChange) -> float:
    return max(one.times, 1.0 / one.times)


def _kinds(proposed: LearnedPace, in_plans: InPlans) -> Iterator[PaceChange]:
    means = _means(proposed)
    for one in proposed.kinds:
        if one.ratio.drives:
            subject = ChangeSubject(ChangeKind.KIND, one.movement, one.machine, one.road)
            yield _change(subject, one.ratio, _now(one, in_plans), means[one.movement])


def _now(kind: KindRatio, in_plans: InPlans) -> float:
    """Return how many times as long plans take for a type of machine on a class of roads.

    A type that was never seen at that is planned as all are.
    """
    if (kind.movement, kind.machine) in in_plans.by_file:
        return 1.0
    usual = {one.movement: one.ratio for one in in_plans.learned.movements}
    if kind.movement not in usual:
        return 1.0
    seen = {(one.movement, one.machine, one.road): one.ratio for one in in_plans.learned.kinds}
    ratio = seen.get((kind.movement, kind.machine, kind.road), usual[kind.movement])
    return exp(ratio.log) * _means(in_plans.learned)[kind.movement]


def _means(learned: LearnedPace) -> Mapping[Movement, float]:
    return {one.movement: one.mean for one in learned.movements}


def _conditions(
    kind: ChangeKind, proposed: Sequence[ConditionRatio], in_force: Sequence[ConditionRatio]
) -> Iterator[PaceChange]:
    known = {(one.movement, one.at): exp(one.ratio.log) for one in in_force}
    for one in proposed:
        now = known.get((one.movement, one.at), 1.0)
        yield _change(ChangeSubject(kind, one.movement, at=one.at), one.ratio, now)


def _streets(proposed: LearnedPace, in_force: LearnedPace) -> Iterable[PaceChange]:
    known = {(one.movement, one.segment_id): exp(one.ratio.log) for one in in_force.streets}
    for one in proposed.streets:
        now = known.get((one.movement, one.segment_id), 1.0)
        subject = ChangeSubject(ChangeKind.STREET, one.movement, segment_id=one.segment_id)
        yield _change(subject, one.ratio, now)


def _change(
    subject: ChangeSubject, ratio: LearnedRatio, now: float, mean: float = 1.0
) -> PaceChange:
    off = SURE_SD * ratio.sd
    times, low, high = (mean * exp(ratio.log + each) for each in (0.0, -off, off))
    return PaceChange(subject, times, low, high, now, ratio.drives)
