"""Some moments of a storm, pure: of every street its state, and how long ago it was cleared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import numpy as np
from numpy.typing import NDArray

from data.model import SegmentId
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import NO_DIRECTION, CoverageState, state_of_street
from fleet.replay.color_history import States, StreetChanges
from fleet.reports.pass_ages import HOUR_S, STEPS_H
from fleet.reports.performance import Served

MOST_MOMENTS = 24

STEPS = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 4, 6, 8, 12, 24))
"""Between two moments; a storm that is too long for the last of them has multiples of it."""

NOT_CLEARED = len(STEPS_H) + 1
"""Class of a street that was not cleared whole in the storm; the one before has no end."""


@dataclass(frozen=True, slots=True, eq=False)
class StormMoment:
    """All streets at a moment, in the order of the network's segments.

    Attributes
    ----------
    states : int8[S]
        What one line shows of a street, see `state_of_street`.
    ages : int8[S]
        Class of the time since the direction that has waited longest was cleared: k for less than
        `STEPS_H[k]` hours, or `NOT_CLEARED`.
    """

    at: datetime
    states: NDArray[np.int8]
    ages: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class StormCourse:
    """What was proved of a storm's streets from its start on."""

    started_at: datetime
    changes: StreetChanges
    served: Served


def storm_moments(
    network: StreetNetwork,
    course: StormCourse,
    at: datetime,
    shown: Mapping[SegmentId, tuple[int, int]],
) -> tuple[StormMoment, ...]:
    """Return a storm at its start, at every so many hours, and at the moment `at`, in order.

    There are at most `MOST_MOMENTS`. `shown` are the states at the last of them.
    """
    times = [course.started_at + step for step in _steps(at - course.started_at)]
    seconds = [int((each - course.started_at).total_seconds()) for each in times]
    now = np.array([shown[segment.id] for segment in network.segments], np.int8)
    states = [*(course.changes.at(second) for second in seconds[:-1]), now]
    ages = _ages(network, course, now, seconds)
    return tuple(
        StormMoment(*moment) for moment in zip(times, map(_of_streets, states), ages, strict=True)
    )


def _steps(span: timedelta) -> list[timedelta]:
    """Return how long after a storm's start each moment is: at most `MOST_MOMENTS`."""
    room = MOST_MOMENTS - 1
    fitting = (step for step in STEPS if span <= room * step)
    step = next(fitting, ceil(span / (room * STEPS[-1])) * STEPS[-1])
    return [*(number * step for number in range(ceil(span / step))), span]


def _of_streets(states: States) -> NDArray[np.int8]:
    pairs, which = np.unique(states, axis=0, return_inverse=True)
    lines = [state_of_street(pair) for pair in pairs.tolist()]
    return np.array(lines, np.int8)[which.reshape(-1)]


def _ages(
    network: StreetNetwork, course: StormCourse, shown: States, seconds: list[int]
) -> Iterator[NDArray[np.int8]]:
    """Yield the classes of age at each of the seconds, which rise."""
    index = {segment.id: number for number, segment in enumerate(network.segments)}
    rows = [
        ((at - course.started_at).total_seconds(), index[segment_id], 0 if forward else 1)
        for (segment_id, forward), times in course.served.items()
        if segment_id in index
        for at in times
    ]
    at_s, street, way = np.array(sorted(rows), np.float64).reshape(-1, 3).T
    last_s = np.where(shown == NO_DIRECTION, np.inf, -np.inf)
    done = 0
    for second in seconds:
        until = int(np.searchsorted(at_s, second, "right"))
        last_s[street[done:until].astype(int), way[done:until].astype(int)] = at_s[done:until]
        done = until
        yield _age_classes(second - last_s.min(axis=1))


def _age_classes(age_s: NDArray[np.float64]) -> NDArray[np.int8]:
    steps_s = np.array(STEPS_H) * HOUR_S
    classes = np.searchsorted(steps_s, age_s, "right")
    return np.where(np.isposinf(age_s), NOT_CLEARED, classes).astype(np.int8)


def without_storm(at: datetime, streets: int) -> StormMoment:
    """Return a moment at which no storm has begun."""
    nothing = np.full(streets, CoverageState.NOT_DUE, np.int8)
    return StormMoment(at, nothing, np.full(streets, NOT_CLEARED, np.int8))
