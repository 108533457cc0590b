"""The score of the dispatchers of a training, pure: from the figures of its storm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.model import Role, ServiceClass
from fleet.reports.performance import Lanes, Response, Spells
from fleet.training.scores.alert_times import AlertTimes
from fleet.training.scores.plan_changes import PlanChange, changes_per_truck
from fleet.training.scores.score_rules import Measured, Score, score_of

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class ClassLateness:
    """Lane kilometres times hours of a class: all of them, and those for which it was late."""

    lane_km_h: float
    late_km_h: float

    @property
    def share(self) -> float | None:
        """Share of the time, weighed by lanes, in which the class was late."""
        return self.late_km_h / self.lane_km_h if self.lane_km_h > 0 else None


@dataclass(frozen=True, slots=True)
class DispatchFacts:
    """What a storm of a training came to until a moment.

    `lateness` has the classes in their order. `missed_min` is what the best moment for a new plan
    that nobody used would have saved; `None` while no mark was judged: `points` is how many were.
    """

    hours: float
    lateness: Mapping[ServiceClass, ClassLateness]
    response: Response
    alerts: tuple[AlertTimes, ...]
    changes: tuple[PlanChange, ...]
    moved_m: float
    cleared_m: float
    missed_min: float | None = None
    points: int = 0


def lateness_by_class(
    lanes: Lanes, spells: Spells, until_s: float
) -> dict[ServiceClass, ClassLateness]:
    """Return how late each class was until some seconds after the storm began."""
    late_s = np.clip(spells.to_s, 0.0, until_s) - np.clip(spells.from_s, 0.0, until_s)
    count = len(lanes.classes)
    late = np.bincount(lanes.class_no[spells.lane], lanes.lane_m[spells.lane] * late_s, count)
    whole = np.bincount(lanes.class_no, lanes.lane_m * until_s, count)
    km_h = 1000.0 * HOUR_S
    return {
        name: ClassLateness(float(whole[number]) / km_h, float(late[number]) / km_h)
        for number, name in enumerate(lanes.classes)
        if whole[number] > 0
    }


def dispatcher_score(facts: DispatchFacts) -> Score:
    """Return the score of whoever led the storm: all dispatchers of a training share it."""
    lateness = [*facts.lateness.values()]
    decided = facts.response.in_time + facts.response.late
    alerts = sum(one.alerts for one in facts.alerts)
    seen = sum(one.in_time for one in facts.alerts)
    driven = facts.moved_m / facts.cleared_m if facts.cleared_m > 0 else None
    measures = [
        _late("late_first", lateness[:1]),
        _late("late_second", lateness[1:2]),
        _late("late_others", lateness[2:]),
        Measured("requests", facts.response.within, decided),
        Measured("alerts", seen / alerts if alerts else None, alerts),
        Measured("plan_changes", changes_per_truck(facts.changes, facts.hours), len(facts.changes)),
        Measured("driven", driven or None, int(bool(driven))),  # of 0 m no log was read yet
        Measured("replanning_min", facts.missed_min, facts.points),
    ]
    return score_of(Role.DISPATCHER, measures)


def _late(name: str, classes: Sequence[ClassLateness]) -> Measured:
    together = ClassLateness(
        sum(one.lane_km_h for one in classes), sum(one.late_km_h for one in classes)
    )
    return Measured(name, together.share, len(classes))
