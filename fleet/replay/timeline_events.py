"""Events of a storm for the replay's timeline: moments to jump to, pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from data.model import Event, ServiceClass, Storm
from fleet.coverage.coverage_states import CLEAR, CoverageState
from fleet.replay.color_history import StreetChanges
from fleet.reports.performance import RequestTiming

NEVER = np.iinfo(np.int64).max
"""Second of what did not happen."""


class Moment(StrEnum):
    """Kind of an event."""

    STORM_STARTED = "storm_started"
    PLAN_PUBLISHED = "plan_published"
    WORK_BEGAN = "work_began"
    FIRST_CLEAR = "first_clear"
    HALF_CLEARED = "half_cleared"
    ALL_CLEARED = "all_cleared"
    FIRST_OVERDUE = "first_overdue"
    REQUEST_DONE = "request_done"
    BLOCKED = "blocked"
    FREE_AGAIN = "free_again"
    ALERT = "alert"
    WORK_ENDED = "work_ended"
    STORM_ENDED = "storm_ended"
    REVISED = "revised"


VERBS: Mapping[str, Moment] = {
    "plan.published": Moment.PLAN_PUBLISHED,
    "blockage.reported": Moment.BLOCKED,
    "blockage.cleared": Moment.FREE_AGAIN,
    "alert.opened": Moment.ALERT,
}
"""Verbs of the audit log that are moments, of whatever subject."""

REVISED = "storm.revised"
"""Verb of a storm whose coverage has got a new number."""

_ORDER = tuple(Moment)
_OVERDUE = (CoverageState.OVERDUE, CoverageState.PARTLY_OVERDUE)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """An event; `service_class` is the class of its streets or its request.

    A revision that was made after the storm's end is seen at the end; `at` says when it was made.
    """

    at: datetime
    moment: Moment
    service_class: ServiceClass | None = None


@dataclass(frozen=True, slots=True)
class TimelineStreets:
    """The streets of `StreetChanges`: class, `None` where served on request, and length of each.

    `order` lists all classes, the most urgent first.
    """

    classes: Sequence[ServiceClass | None]
    length_m: Sequence[float]
    order: Sequence[ServiceClass]


def moments(
    storm: Storm,
    until: datetime,
    lines: Iterable[Event],
    asked: Iterable[RequestTiming],
    changes: StreetChanges,
    streets: TimelineStreets,
    work: tuple[datetime, datetime] | None,
) -> list[TimelineEvent]:
    """Return the events from a storm's start until a moment, and later revisions of it.

    `lines` are lines of the audit log with our verbs; `work` says when the first work began and
    the last one ended.
    """
    found = [
        TimelineEvent(storm.started_at, Moment.STORM_STARTED),
        *(TimelineEvent(line.at, VERBS.get(line.verb, Moment.REVISED)) for line in lines),
        *_answers(asked),
        *_served(storm.started_at, changes, streets),
    ]
    if work is not None:
        found += [
            TimelineEvent(work[0], Moment.WORK_BEGAN),
            TimelineEvent(work[1], Moment.WORK_ENDED),
        ]
    if storm.ended_at is not None:
        found.append(TimelineEvent(storm.ended_at, Moment.STORM_ENDED))
    during = [
        one
        for one in found
        if storm.started_at <= one.at and (one.at <= until or one.moment is Moment.REVISED)
    ]
    return sorted(during, key=lambda one: (one.at, _ORDER.index(one.moment)))


def _answers(asked: Iterable[RequestTiming]) -> Iterator[TimelineEvent]:
    for one in asked:
        if one.answered_at is not None:
            yield TimelineEvent(one.answered_at, Moment.REQUEST_DONE, one.service_class)


def _served(
    started_at: datetime, changes: StreetChanges, streets: TimelineStreets
) -> Iterator[TimelineEvent]:
    """Yield the milestones of each class: first street clear, half, all; the first overdue.

    A direction counts with its length, from the second at which it was clear for the first time.
    """
    clear, overdue = _first(changes, CLEAR), _first(changes, _OVERDUE)
    exists = changes.first >= 0
    length_m = np.broadcast_to(np.array(streets.length_m)[:, None], exists.shape)
    rank = {code: number for number, code in enumerate(streets.order)}
    classes = np.array([-1 if one is None else rank[one] for one in streets.classes], np.int64)
    for service_class, number in rank.items():
        ours = exists & (classes == number)[:, None]
        if not ours.any():
            continue
        for moment, second in (
            (Moment.FIRST_CLEAR, int(clear[ours].min())),
            (Moment.HALF_CLEARED, _half(clear[ours], length_m[ours])),
            (Moment.ALL_CLEARED, int(clear[ours].max())),
            (Moment.FIRST_OVERDUE, int(overdue[ours].min())),
        ):
            if second < NEVER:
                yield TimelineEvent(started_at + timedelta(seconds=second), moment, service_class)


def _half(seconds: NDArray[np.int64], length_m: NDArray[np.float64]) -> int:
    """Return the second at which half of all metres were reached."""
    order = np.argsort(seconds, kind="stable")
    gone_m = np.cumsum(length_m[order])
    return int(seconds[order][np.searchsorted(gone_m, gone_m[-1] / 2)])


def _first(changes: StreetChanges, states: Collection[CoverageState]) -> NDArray[np.int64]:
    """Return when each direction first had one of these states, `NEVER` for never: int64[S, 2]."""
    wanted = [int(state) for state in states]
    firsts = np.where(np.isin(changes.first, wanted), 0, NEVER)
    found = np.isin(changes.state, wanted)
    for way in (0, 1):
        rows = found[:, way]
        np.minimum.at(firsts[:, way], changes.street[rows], changes.at_s[rows])
    return firsts
