import pytest

from routing.problem.stopping import MaxIterations, ShareOfRest


def at(stop: ShareOfRest, iterations: int) -> float:
    return stop.progress(iterations, feasible=True)


def test_searches_after_each_other_share_what_is_left_of_one_limit() -> None:
    whole = MaxIterations(100)
    first, second, last = ShareOfRest(whole, 0.5), ShareOfRest(whole, 0.5), ShareOfRest(whole, 1.0)
    assert [at(first, done) for done in (0, 25, 50)] == [0.0, 0.5, 1.0]
    later = [at(second, done) for done in (60, 70, 80)]  # the first took longer
    assert later == pytest.approx([0.0, 0.5, 1.0])
    assert [at(last, done) for done in (80, 90, 100)] == pytest.approx([0.0, 0.5, 1.0])


def test_nothing_is_left_once_the_limit_is_reached() -> None:
    assert at(ShareOfRest(MaxIterations(100), 1.0), 100) == 1.0
