"""Which search for moments of decision a debrief tells of."""

from datetime import timedelta

from data.model import PlanId, PlanRun, PlanRunId, RunState, StormId
from data.model.training.rehearsal import TrainingMarkId
from fleet.training.scores.decision_points import DecisionPoint, MinutesSaved
from fleet.training.scores.decision_runs import found_points, points_answer, search_told_of
from tests import village as v


def a_point(number):
    saved = {"first": MinutesSaved(2.0, 3.0, 4.0)}
    at = v.NOW + number * timedelta(minutes=30)
    return DecisionPoint(TrainingMarkId(number), at, PlanId(1), {"first": 9.0}, saved, 3)


def a_search(number, answer=None):
    state = RunState.QUEUED if answer is None else RunState.DONE
    return PlanRun(PlanRunId(number), StormId(1), "vera", v.NOW, 60.0, state, answer=answer)


def test_a_search_that_was_stopped_at_once_hides_nothing_that_an_earlier_one_found():
    points = (a_point(1), a_point(2))
    earlier, stopped = a_search(1, points_answer(points, 2)), a_search(2, points_answer((), 0))
    assert found_points([stopped, earlier]) == points
    assert search_told_of([stopped, earlier]) == earlier


def test_of_two_that_looked_at_as_many_marks_the_newer_one_counts():
    earlier = a_search(1, points_answer((a_point(1),), 1))
    newer = a_search(2, points_answer((a_point(2),), 1))
    assert found_points([newer, earlier]) == (a_point(2),)


def test_of_a_search_that_goes_on_is_told_beside_what_the_one_before_found():
    earlier, waiting = a_search(1, points_answer((a_point(1),), 1)), a_search(2)
    assert search_told_of([waiting, earlier]) == waiting
    assert found_points([waiting, earlier]) == (a_point(1),)


def test_before_any_search_nothing_is_known():
    assert search_told_of([]) is None
    assert found_points([a_search(1)]) is None
