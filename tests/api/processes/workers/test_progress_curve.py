from hypothesis import given
from hypothesis import strategies as st

from api.processes.workers.run_lease import MOST_POINTS, Curve
from data.model import CurvePoint


def a_point(second: int) -> CurvePoint:
    return CurvePoint(float(second), 1000.0 - second, float(second), 0)


@given(st.integers(1, 3000))
def test_a_curve_keeps_few_points_with_the_first_and_the_last(count: int) -> None:
    curve = Curve()
    for second in range(count):
        curve.add(a_point(second))
    points = curve.points
    assert len(points) <= MOST_POINTS
    assert (points[0], points[-1]) == (a_point(0), a_point(count - 1))
    assert list(points) == sorted(points)


def test_points_of_nothing_are_left_out() -> None:
    curve = Curve()
    curve.add(CurvePoint(0.1, float("inf"), 0.0, 3))
    assert curve.points == ()
