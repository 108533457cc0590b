"""Rules that fit no problem are rejected with what was expected."""

import numpy as np
import pytest

from routing.problem.problem import ReloadStop, RouteRules, TaskVisit
from tests.routing.towns import a_town

RING = ((0, 1, 10.0), (1, 2, 10.0), (2, 0, 10.0), (2, 3, 20.0))


def numbers(*values):
    return np.array(values, np.int32)


def a_ring(rules, **fields):
    return a_town(RING, [(0, -1), (2, -1), (4, 5)], vehicles=2, rules=rules, **fields)


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ({"earlier": numbers(0), "later": numbers(3), "within_s": np.ones(1)}, "later: expected 0"),
        ({"earlier": numbers(0), "later": numbers(1)}, "within_s: expected length 1"),
        (
            {"earlier": numbers(0, 1), "later": numbers(1, 0), "within_s": np.ones(2)},
            "expected no circle",
        ),
        (
            {"earlier": numbers(0), "later": numbers(1), "within_s": np.full(1, -1.0)},
            "within_s: expected no negative",
        ),
        ({"forbidden_task": numbers(0)}, "forbidden_vehicle: expected length 1"),
        ({"break_s": np.ones(1), "break_after_s": np.ones(1)}, "break_s: expected none or 2"),
        ({"break_s": np.ones(2)}, "as many as break_after_s"),
        ({"price_per_m": np.ones(3)}, "price_per_m: expected none or 2"),
        ({"balance_price": -1.0}, "balance_price: expected no negative"),
        ({"published_vehicle": numbers(0, 2, 1)}, "published_vehicle: expected -1 to 1"),
        ({"pinned": ((TaskVisit(0, 0),),)}, "pinned: expected none or 2"),
        ({"pinned": ((TaskVisit(0, 1),), ())}, "tasks and modes that exist"),
        ({"pinned": ((TaskVisit(0, 0),), (TaskVisit(0, 0),))}, "expected each task once"),
        (
            {
                "pinned": ((TaskVisit(1, 0),), ()),
                **{"earlier": numbers(0), "later": numbers(1), "within_s": np.ones(1)},
            },
            "expected task 0 too",
        ),
    ],
)
def test_rules_that_fit_no_problem_are_rejected(rules, complaint):
    with pytest.raises(ValueError, match=complaint):
        a_ring(RouteRules(**rules))


def test_a_pinned_task_must_be_one_that_the_vehicle_can_do():
    rules = RouteRules(pinned=((TaskVisit(1, 0),), ()))
    with pytest.raises(ValueError, match="tasks that vehicle 0 can do"):
        a_ring(rules, service_s=[[1.0], [np.inf], [1.0]])


def test_a_pinned_reload_must_be_at_a_site():
    with pytest.raises(ValueError, match="reload sites that exist"):
        a_ring(RouteRules(pinned=((ReloadStop(1),), ())), site=1)


def test_without_rules_nothing_is_forbidden_or_priced():
    rules = a_ring(RouteRules()).rules
    assert rules.forbidden() == set()
    assert rules.pin(0) == ()
    assert (rules.change(0, 1), rules.per_m(0), rules.rest_s(0)) == (0.0, 0.0, 0.0)
    assert rules.rest_after_s(0) == np.inf
