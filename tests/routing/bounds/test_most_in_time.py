"""The share of a class that no plan passes, on roads where it can be counted by hand."""

import numpy as np
import pytest

from tests.benchmarks.routing.in_time import most_in_time
from tests.routing.bounds.test_infeasibility import road


def test_a_truck_with_a_thousand_seconds_does_five_of_eight_streets_of_two_hundred_at_most():
    (share,) = most_in_time(road())
    assert 4 / 8 <= share <= 5 / 8 + 0.01


def test_two_trucks_may_do_all_of_them():
    assert most_in_time(road(vehicles=2)) == [pytest.approx(1.0)]


def test_each_class_has_all_machines_for_itself_until_its_deadline():
    classes = np.array([0] * 3 + [1] * 5, np.int32)
    due_s = np.where(classes == 0, 450.0, 1e5)
    first, second = most_in_time(road(class_index=classes, due_s=due_s))
    assert 1 / 3 <= first <= 2.25 / 3 + 0.01
    assert second == pytest.approx(1.0)


def test_a_street_that_nobody_reaches_in_time_is_missing_whatever_else_is_done():
    far = road(vehicles=8, due_s=np.where(np.arange(8) == 7, 500.0, 1e5))
    (share,) = most_in_time(far)
    assert share == pytest.approx(7 / 8)
