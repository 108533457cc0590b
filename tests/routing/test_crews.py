"""Lists of crew jobs: every job once at most, nobody beyond a shift, never worse by improving."""

from dataclasses import replace
from math import isfinite

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.crews import CrewProblem, CrewTask, CrewUnit, built, improved, plan_lists
from tests.village import at_m

HOUR_S = 3600.0
WORKS = ("sidewalk", "stairs", "haul")


def a_task(key=1, east_m=0.0, north_m=0.0, **changes):
    task = CrewTask(key, "sidewalk", at_m(east_m, north_m), 1800.0, 4 * HOUR_S, 3.0)
    return replace(task, **changes)


def a_unit(key=1, **changes):
    unit = CrewUnit(
        key=key,
        works=frozenset(WORKS),
        start=at_m(0, 0),
        base=at_m(0, 0),
        ready_s=0.0,
        end_s=8 * HOUR_S,
        size=2,
        speed_mps=1.1,
        setup_s=300.0,
    )
    return replace(unit, **changes)


tasks = st.lists(
    st.builds(
        a_task,
        east_m=st.floats(-2000, 2000),
        north_m=st.floats(-2000, 2000),
        work=st.sampled_from(WORKS),
        labour_s=st.floats(60, 3 * HOUR_S),
        due_s=st.floats(0, 10 * HOUR_S),
        weight=st.sampled_from((1.0, 3.0, 9.0)),
    ),
    max_size=9,
).map(lambda listed: [replace(one, key=n) for n, one in enumerate(listed, 1)])

units = st.lists(
    st.builds(
        a_unit,
        works=st.frozensets(st.sampled_from(WORKS), min_size=1),
        ready_s=st.floats(0, 2 * HOUR_S),
        end_s=st.floats(0, 8 * HOUR_S),
        size=st.integers(1, 4),
        speed_mps=st.floats(1, 6),
    ),
    max_size=3,
).map(lambda listed: [replace(one, key=n) for n, one in enumerate(listed, 1)])


@settings(max_examples=40)
@given(tasks=tasks, units=units)
def test_every_job_stands_at_most_once_with_a_crew_that_can_and_is_back_in_time(tasks, units):
    problem = CrewProblem(tasks, units, 1.35)
    lists = plan_lists(problem)
    listed = [key for keys in lists.values() for key in keys]
    assert len(listed) == len(set(listed))
    for unit in units:
        visits = problem.visits(unit, lists[unit.key])
        assert not any(visit.over for visit in visits[-1:])
        assert all(problem.task(visit.key).work in unit.works for visit in visits)


@settings(max_examples=40)
@given(tasks=tasks, units=units)
def test_improving_never_makes_lists_worse_and_two_runs_agree(tasks, units):
    problem = CrewProblem(tasks, units, 1.35)
    first = built(problem)
    better = improved(problem, first)
    assert problem.cost_s(better) <= problem.cost_s(first) + 1e-6
    assert isfinite(problem.cost_s(better))
    assert improved(problem, built(problem)) == better


def test_jobs_along_a_street_are_done_along_the_street():
    along = [a_task(key, east_m) for key, east_m in ((1, 900), (2, 300), (3, 600), (4, 1200))]
    problem = CrewProblem(along, [a_unit(base=at_m(1500, 0))], 1.0)
    assert plan_lists(problem)[1] == (2, 3, 1, 4)


def test_what_matters_more_comes_first_where_both_are_in_time():
    both = [a_task(1, 100, 0, weight=1.0), a_task(2, -100, 0, weight=9.0)]
    assert plan_lists(CrewProblem(both, [a_unit()], 1.0))[1] == (2, 1)


def test_a_job_that_is_due_soon_goes_before_a_near_one():
    both = [a_task(1, 50), a_task(2, 800, due_s=0.6 * HOUR_S)]
    assert plan_lists(CrewProblem(both, [a_unit()], 1.0))[1] == (2, 1)


def test_what_no_shift_has_time_for_is_left_and_the_weightier_one_is_not():
    long = [a_task(1, labour_s=6 * HOUR_S, weight=1.0), a_task(2, labour_s=6 * HOUR_S)]
    short = a_unit(end_s=4 * HOUR_S)
    assert plan_lists(CrewProblem(long, [short], 1.0)) == {1: (2,)}


def test_more_people_are_done_sooner_and_the_times_add_up():
    (visit,) = CrewProblem([a_task(1, 110)], [a_unit(size=3)], 1.0).visits(a_unit(size=3), [1])
    assert round(visit.starts_s) == 100
    assert round(visit.ends_s - visit.starts_s) == 300 + 600
    assert visit.late_s == 0
