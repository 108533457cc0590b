"""What happened in a storm that somebody may want to see again: moments to jump to, pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from data.model import Event, ServiceClass, Storm
from fleet.coverage import CoverageState
from fleet.history import StreetChanges
from fleet.performance import Asked

NEVER = np.iinfo(np.int64).max
"""Second of what did not happen."""


class Moment(StrEnum):
    """Why a moment is worth a look."""

    STORM_STARTED = "storm_started"
    PLAN_PUBLISHED = "plan_published"
    FIRST_CLEAR = "first_clear"
    ALL_CLEARED = "all_cleared"
    REQUEST_DONE = "request_done"
    BLOCKED = "blocked"
    FREE_AGAIN = "free_again"
    ALERT = "alert"
    STORM_ENDED = "storm_ended"


VERBS: Mapping[str, Moment] = {
    "plan.published": Moment.PLAN_PUBLISHED,
    "blockage.reported": Moment.BLOCKED,
    "blockage.cleared": Moment.FREE_AGAIN,
    "alert.opened": Moment.ALERT,
}
"""Verbs of the storm book that are moments."""

_ORDER = tuple(Moment)
_CLASSES = tuple(ServiceClass)
_CLEAR = (int(CoverageState.FRESH), int(CoverageState.AGEING))


@dataclass(frozen=True, slots=True)
class Happened:
    """A moment; `service_class` is whose first pass it was, or whose streets were all served."""

    at: datetime
    moment: Moment
    service_class: ServiceClass | None = None


def moments(
    storm: Storm,
    until: datetime,
    book: Iterable[Event],
    asked: Iterable[Asked],
    changes: StreetChanges,
    classes: Sequence[ServiceClass | None],
) -> list[Happened]:
    """Return what happened from a storm's start until a moment, in order.

    `classes` has one entry for each street of `changes`, `None` where it is served on request.
    """
    found = [
        Happened(storm.started_at, Moment.STORM_STARTED),
        *(Happened(line.at, VERBS[line.verb]) for line in book),
        *_answers(asked),
        *_served(storm.started_at, changes, classes),
    ]
    if storm.ended_at is not None:
        found.append(Happened(storm.ended_at, Moment.STORM_ENDED))
    during = [one for one in found if storm.started_at <= one.at <= until]
    return sorted(during, key=lambda one: (one.at, _ORDER.index(one.moment)))


def _answers(asked: Iterable[Asked]) -> Iterator[Happened]:
    for one in asked:
        if one.answered_at is not None:
            yield Happened(one.answered_at, Moment.REQUEST_DONE, one.service_class)


def _served(
    started_at: datetime, changes: StreetChanges, classes: Sequence[ServiceClass | None]
) -> Iterator[Happened]:
    """Yield, by class, when the first street was clear, and when each of them had been once."""
    firsts = _first_clear(changes)
    number = np.array([-1 if one is None else _CLASSES.index(one) for one in classes], np.int64)
    for index, service_class in enumerate(_CLASSES):
        known = firsts[number == index][changes.first[number == index] >= 0]
        if not len(known) or known.min() == NEVER:
            continue
        first_at = started_at + timedelta(seconds=int(known.min()))
        yield Happened(first_at, Moment.FIRST_CLEAR, service_class)
        if known.max() < NEVER:
            all_at = started_at + timedelta(seconds=int(known.max()))
            yield Happened(all_at, Moment.ALL_CLEARED, service_class)


def _first_clear(changes: StreetChanges) -> NDArray[np.int64]:
    """Return the second at which each direction was first clear, `NEVER` for none: int64[S, 2]."""
    firsts = np.full(changes.first.shape, NEVER, np.int64)
    clear = np.isin(changes.state, _CLEAR)
    for way in (0, 1):
        rows = clear[:, way]
        np.minimum.at(firsts[:, way], changes.street[rows], changes.at_s[rows])
    return firsts
