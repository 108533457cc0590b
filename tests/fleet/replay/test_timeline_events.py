"""The moments of a storm that one can jump to."""

from datetime import timedelta

import numpy as np
import pytest

from data.model import ServiceClass, Storm, StormId
from fleet.coverage.coverage_states import CoverageState
from fleet.replay.color_history import StreetChanges
from fleet.replay.timeline_events import Moment, TimelineStreets, moments
from tests.village import NOW

STORM = Storm(StormId(1), "Snow", "active", NOW)
P1, P2 = ServiceClass("P1"), ServiceClass("P2")
NOT_DUE, FRESH, LATE = CoverageState.NOT_DUE, CoverageState.FRESH, CoverageState.OVERDUE


def told(changes, classes, length_m, work=None):
    """(seconds, moment, class) of what happened within three hours."""
    rows = np.array(changes, np.int32).reshape(-1, 4)
    first = np.full((len(classes), 2), NOT_DUE, np.int8)
    first[:, 1] = -1
    course = StreetChanges(first, rows[:, 0], rows[:, 1], rows[:, 2:])
    streets = TimelineStreets(classes, length_m, (P1, P2))
    found = moments(STORM, NOW + timedelta(hours=3), [], [], course, streets, work)
    return [((one.at - NOW).total_seconds(), one.moment, one.service_class) for one in found]


def test_each_class_has_its_phases_by_metres():
    changes = [(60, 0, FRESH, -1), (120, 1, FRESH, -1), (150, 3, LATE, -1), (180, 2, FRESH, -1)]
    seen = told(changes, [P1, P1, P1, P2], [30.0, 100.0, 50.0, 10.0])

    assert seen == [
        (0, Moment.STORM_STARTED, None),
        (60, Moment.FIRST_CLEAR, P1),
        (120, Moment.HALF_CLEARED, P1),
        (150, Moment.FIRST_OVERDUE, P2),
        (180, Moment.ALL_CLEARED, P1),
    ]


@pytest.mark.parametrize("classes", [[None], [P1]])
def test_a_class_of_which_nothing_is_clear_has_no_phase(classes):
    assert told([], classes, [30.0]) == [(0, Moment.STORM_STARTED, None)]


def test_work_has_a_beginning_and_an_end():
    work = (NOW + timedelta(minutes=1), NOW + timedelta(minutes=9))
    seen = told([], [P1], [30.0], work)
    assert seen[1:] == [(60, Moment.WORK_BEGAN, None), (540, Moment.WORK_ENDED, None)]
