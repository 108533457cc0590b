"""What a proposal changes, beside what plans use now."""

import pytest

from data.model import RoadClass
from data.model.planning.paces import (
    KindRatio,
    LearnedPace,
    LearnedRatio,
    Movement,
    MovementRatio,
)
from fleet.learning.corrections import InPlans
from fleet.learning.pace_changes import pace_changes

PLOW, TRUNK = Movement.PLOW, RoadClass.TRUNK


def learned(machine, log):
    return LearnedPace(
        movements=(MovementRatio(PLOW, LearnedRatio(0.0, 0.1, 9), 2.0, 0.1, 900.0),),
        kinds=(KindRatio(PLOW, machine, TRUNK, LearnedRatio(log, 0.1, 9)),),
    )


def now(proposed, in_plans):
    (change,) = pace_changes(proposed, in_plans)
    return change.now


@pytest.mark.parametrize(
    ("in_plans", "times"),
    [
        (InPlans(), 1.0),
        (InPlans(learned("grader", 0.5)), 3.297),
        (InPlans(learned("dump_truck", 0.5)), 2.0),
        (InPlans(learned("dump_truck", 0.5), frozenset({(PLOW, "grader")})), 1.0),
    ],
    ids=["nothing", "seen", "never seen, as all", "by the fleet file"],
)
def test_what_plans_use_now_is_what_the_next_plan_would_take(in_plans, times):
    assert now(learned("grader", 0.3), in_plans) == pytest.approx(times, abs=0.001)
