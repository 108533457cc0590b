"""The village at some moments of a storm."""

from datetime import timedelta

import numpy as np
import pytest

from data.model import DirectedSegment
from fleet.coverage.coverage_states import CoverageState, painted
from fleet.coverage.street_coverage import drivable
from fleet.replay.color_history import StreetChanges
from fleet.replay.storm_moments import MOST_MOMENTS, NOT_CLEARED, StormCourse, storm_moments
from tests.village import MAIN_WEST, NOW, ROSE, a_storm, village
from tests.village_database import POLICY

HOUR = timedelta(hours=1)
VILLAGE = village()
PLACE = {segment.id: number for number, segment in enumerate(VILLAGE.segments)}
SHOWN = painted(VILLAGE, POLICY, a_storm(), (), (), NOW)
FIRST = np.array([SHOWN[segment.id] for segment in VILLAGE.segments], np.int8)


def moments(hours, served=None, changes=()):
    rows = np.array(changes, np.int32).reshape(-1, 4)
    course = StreetChanges(FIRST, rows[:, 0], rows[:, 1], rows[:, 2:].astype(np.int8))
    return storm_moments(VILLAGE, StormCourse(NOW, course, served or {}), NOW + hours * HOUR, SHOWN)


def cleared(street, *hours, ways=(True, False)):
    segment = VILLAGE.segment(street)
    there = [way for way in ways if drivable(segment, forward=way)]
    return {DirectedSegment(street, way): [NOW + each * HOUR for each in hours] for way in there}


@pytest.mark.parametrize(
    ("hours", "count", "step_h"),
    [
        (0, 1, None),
        (0.5, 2, 0.5),
        (5.5, 7, 1),
        (23, 24, 1),
        (24, 13, 2),
        (100, 18, 6),
        (900, 20, 48),
    ],
)
def test_moments_are_whole_hours_apart_and_the_last_is_the_one_that_is_shown(hours, count, step_h):
    found = moments(hours)

    assert len(found) == count <= MOST_MOMENTS
    assert (found[0].at, found[-1].at) == (NOW, NOW + hours * HOUR)
    assert step_h is None or found[1].at - found[0].at == step_h * HOUR


def test_each_moment_has_the_state_that_a_street_had_then():
    fresh = CoverageState.FRESH
    found = moments(3, changes=[(5400, PLACE[ROSE], fresh, fresh)])

    before = FIRST[PLACE[ROSE]].max()
    states = [one.states[PLACE[ROSE]] for one in found]
    assert states == [before, before, fresh, before]


def test_a_street_is_as_old_as_the_direction_that_has_waited_longest():
    served = cleared(MAIN_WEST, 1, 14, ways=[True]) | cleared(MAIN_WEST, 2, ways=[False])
    found = moments(20, served)

    ages = [one.ages[PLACE[MAIN_WEST]] for one in found]
    assert ages[:5] == [NOT_CLEARED, NOT_CLEARED, 1, 1, 2]
    assert ages[12:15] == [3, 4, 4]
    assert found[20].ages[PLACE[ROSE]] == NOT_CLEARED
