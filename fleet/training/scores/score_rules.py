"""How what somebody did in a training becomes points, pure: each measure by a rule of its own.

The rules are told in docs/training-scores.md and on the debrief's page, which reads them from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.model import Role

FULL = 100.0
"""Points of a measure that is as good as asked for."""


class Unit(StrEnum):
    """What the value of a measure counts."""

    SHARE = "share"
    SECONDS = "seconds"
    MINUTES = "minutes"
    RATIO = "ratio"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """The value of a measure that has all points, the one that has none, and its weight.

    Values between the two have points in proportion; either end may be the higher one. `counted`
    is whether it was measured over things that can be counted, as calls and not as a whole storm.
    """

    unit: Unit
    full_at: float
    none_at: float
    weight: float
    counted: bool = True

    def points(self, value: float) -> float:
        """Return the points of a value, 0 to 100."""
        share = (value - self.none_at) / (self.full_at - self.none_at)
        return FULL * min(max(share, 0.0), 1.0)


RULES: Mapping[Role, Mapping[str, ScoreRule]] = {
    Role.OPERATOR: {
        "taken": ScoreRule(Unit.SHARE, 0.95, 0.5, 1.0),
        "saved_s": ScoreRule(Unit.SECONDS, 75.0, 300.0, 2.0),
        "right_street": ScoreRule(Unit.SHARE, 0.95, 0.5, 3.0),
        "duplicates": ScoreRule(Unit.SHARE, 0.9, 0.3, 1.0),
        "promises": ScoreRule(Unit.SHARE, 0.9, 0.4, 1.0),
    },
    Role.DISPATCHER: {
        "late_first": ScoreRule(Unit.SHARE, 0.02, 0.4, 3.0, counted=False),
        "late_second": ScoreRule(Unit.SHARE, 0.05, 0.5, 2.0, counted=False),
        "late_others": ScoreRule(Unit.SHARE, 0.1, 0.6, 1.0, counted=False),
        "requests": ScoreRule(Unit.SHARE, 0.95, 0.5, 2.0),
        "alerts": ScoreRule(Unit.SHARE, 0.95, 0.4, 2.0),
        "plan_changes": ScoreRule(Unit.NUMBER, 0.25, 2.0, 1.0),
        "driven": ScoreRule(Unit.RATIO, 1.5, 4.0, 1.0, counted=False),
        "replanning_min": ScoreRule(Unit.MINUTES, 1.0, 30.0, 3.0),
    },
    Role.SUPERVISOR: {
        "late_requests": ScoreRule(Unit.SHARE, 0.9, 0.2, 1.0),
    },
    Role.DRIVER: {
        "cleared": ScoreRule(Unit.SHARE, 0.95, 0.5, 2.0),
        "in_order": ScoreRule(Unit.SHARE, 0.9, 0.4, 1.0),
        "blade": ScoreRule(Unit.SHARE, 0.98, 0.7, 1.0),
    },
}
"""The rules of each role, in the order in which pages show them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value that was measured over `of` things; `None` where there was nothing to measure."""

    name: str
    value: float | None
    of: int


@dataclass(frozen=True, slots=True)
class ScoredMeasure:
    """A measure with its rule and points; both `None` where there was nothing to measure."""

    name: str
    value: float | None
    of: int
    points: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a role: the weighted mean of its measures; `None` where none was measured."""

    role: Role
    points: float | None
    measures: tuple[ScoredMeasure, ...]


def score_of(role: Role, measures: Iterable[Measured]) -> Score:
    """Return the score of somebody in a role.

    Measures that there was nothing for count neither for nor against.
    """
    rules, found = RULES[role], {one.name: one for one in measures}
    scored = tuple(_scored(found[name], rule) for name, rule in rules.items() if name in found)
    known = [(rules[one.name].weight, one.points) for one in scored if one.points is not None]
    weight = sum(each for each, _ in known)
    points = sum(each * of for each, of in known) / weight if weight else None
    return Score(role, points, scored)


def together(role: Role, scores: Sequence[Score]) -> Score:
    """Return several scores in a role as one: each measure the mean of all things it counted."""
    measured = []
    for name in RULES[role]:
        each = [one for score in scores for one in score.measures if one.name == name]
        known = [(one.value, max(one.of, 1)) for one in each if one.value is not None]
        of = sum(count for _, count in known)
        mean = sum(value * count for value, count in known) / of if of else None
        if each:
            measured.append(Measured(name, mean, of))
    return score_of(role, measured)


def _scored(one: Measured, rule: ScoreRule) -> ScoredMeasure:
    points = None if one.value is None else rule.points(one.value)
    return ScoredMeasure(one.name, one.value, one.of, points)
