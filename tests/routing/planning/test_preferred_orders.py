"""Plans do streets in the order that drivers prefer, where that is cheap and nothing gets late."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from data.model import Present
from data.model.planning.street_orders import PreferredOrder
from routing.check.referee import violations
from routing.planning.preferred_orders import MOST_DEARER, in_preferred_order
from routing.planning.problem_mapping import problem_from
from routing.problem.stopping import MaxIterations
from routing.problem.stops import tasks_of
from routing.search.solver import solve_with_paths
from tests import village as v
from tests.routing.planning.test_problem_mapping import Situation

STREETS = (v.MAIN_WEST, v.MILL, v.TULIP, v.SCHOOL, v.ORCHARD, v.BLIND, v.BACK)
JOBS = tuple(v.a_job(number, street) for number, street in enumerate(STREETS, 1))
SLOW = dict.fromkeys(v.a_vehicle().work_speed_mps, 0.4)
FLEET = (v.a_vehicle(work_speed_mps=SLOW),)
"""Work takes long beside the ways between streets, as on a real route."""

CHEAP = (v.ORCHARD, v.BLIND)
"""A street that the search has behind the other one, and that costs little before it."""

DEAR = (v.BACK, v.MILL)
"""A street that would cost much before the other one."""


def preferring(*pairs, machine="dump_truck"):
    orders = (PreferredOrder(machine, frozenset({a}), frozenset({b})) for a, b in pairs)
    return problem_from(
        Situation(JOBS, vehicles=FLEET, present=Present(preferred=frozenset(orders)))
    )


@cache
def searched():
    """The routes that the search finds, which knows of no preference."""
    return solve_with_paths(preferring().problem, MaxIterations(400))


def streets_of(mapped, found):
    (route,) = found.solution.routes
    return [mapped.passes[task].job.segment_id for task in tasks_of(route)]


def is_before(mapped, found, sooner, later):
    """Whether one street is half done before the other; each has two directions."""
    streets = streets_of(mapped, found)
    return streets.index(sooner) < streets.index(later)


def ends_s(found, task):
    return next(leg.ends_s for leg in found.timed[0].legs if leg.task == task)


def test_a_street_comes_before_another_one_where_its_drivers_prefer_that():
    mapped, before = preferring(CHEAP), searched()
    assert is_before(mapped, before, *reversed(CHEAP))
    found = in_preferred_order(mapped, mapped.problem, before)
    assert is_before(mapped, found, *CHEAP)
    assert sorted(streets_of(mapped, found)) == sorted(streets_of(mapped, before))
    assert violations(mapped.problem, found.solution) == []
    assert found.solution.cost.lateness <= before.solution.cost.lateness
    assert found.solution.cost.total <= before.solution.cost.total * (1.0 + MOST_DEARER)
    assert found.solution.unserved == before.solution.unserved


@pytest.mark.parametrize(
    "mapped",
    [preferring(), preferring(DEAR), preferring(CHEAP[::-1]), preferring(CHEAP, machine="grader")],
    ids=["no preference", "too dear", "so already", "another type of machine"],
)
def test_else_the_routes_stay_as_they_were_found(mapped):
    assert in_preferred_order(mapped, mapped.problem, searched()) is searched()


def test_no_street_comes_later_behind_its_deadline():
    mapped, before = preferring(CHEAP), searched()
    late = [task for task, one in enumerate(mapped.passes) if one.job.segment_id == v.BLIND]
    for in_time_s in (0.0, 1.0):
        due_s = mapped.problem.due_s.copy()
        due_s[late] = max(ends_s(before, task) for task in late) - in_time_s
        hurried = replace(mapped.problem, due_s=due_s)
        assert in_preferred_order(mapped, hurried, before) is before


def test_what_a_plan_must_not_begin_later_stays():
    mapped, before = preferring(CHEAP), searched()
    begin_by_s = np.array([ends_s(before, task) for task in range(mapped.problem.tasks)])
    rules = replace(mapped.problem.rules, begin_by_s=begin_by_s)
    assert in_preferred_order(mapped, replace(mapped.problem, rules=rules), before) is before


def test_what_is_pinned_stays():
    mapped, before = preferring(CHEAP), searched()
    at = streets_of(mapped, before).index(v.BLIND)
    pinned = (before.solution.routes[0][: at + 2],)
    problem = replace(mapped.problem, rules=replace(mapped.problem.rules, pinned=pinned))
    found = in_preferred_order(replace(mapped, problem=problem), problem, before)
    assert found is before


def test_of_orders_that_contradict_each_other_one_holds():
    mapped = preferring(CHEAP, CHEAP[::-1])
    assert in_preferred_order(mapped, mapped.problem, searched()) is searched()


def test_several_orders_hold_together():
    both = CHEAP, (v.ORCHARD, v.BACK)
    mapped = preferring(*both)
    found = in_preferred_order(mapped, mapped.problem, searched())
    assert all(is_before(mapped, found, *one) for one in both)
    assert violations(mapped.problem, found.solution) == []
    assert found.solution.cost.total <= searched().solution.cost.total * (1.0 + MOST_DEARER)
