"""The queue of requests: what is looked for, and what is found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self

from data.model.ids import JobId, LonLat, QueueChangeId, RequestId
from data.model.requests.requests import (
    ClosingReason,
    Danger,
    RequestKind,
    RequestState,
    ServiceRequest,
)
from data.model.streets import Snap
from data.model.work import ServiceClass


class Stage(StrEnum):
    """How far a request is, as a queue asks it: `PLACED` has a street and waits for snow."""

    UNPLACED = "unplaced"
    PLACED = "placed"
    OPEN = "open"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class QueueOrder(StrEnum):
    """What comes first; by `DUE` what has no deadline comes last."""

    OLDEST = "oldest"
    NEWEST = "newest"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class DeadlineRules:
    """From when on a request of the queue is late; seconds, times counted from 1970.

    Machines' work runs since the storm began, and has no deadline without one. It is wanted within
    `class_s` of the street's class, `last_s` on one of a class that is no more and `anywhere_s` on
    one of no known class, but `kind_s` for some kinds and classes; of what is dangerous, within
    `danger_s` at the latest.
    """

    place_s: int
    storm_since_s: int | None
    machine_kinds: frozenset[RequestKind]
    class_s: Mapping[ServiceClass, int]
    last_s: int
    anywhere_s: int
    kind_s: Mapping[tuple[RequestKind, ServiceClass], int]
    danger_s: int


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests are meant; an empty collection means all, and so do no words.

    Words mean numbers of callers too, unless they are not to be sought `by_phone`. A `reference`
    means the one request that has it.
    """

    stages: frozenset[Stage] = frozenset()
    kinds: frozenset[RequestKind] = frozenset()
    dangers: frozenset[Danger] = frozenset()
    classes: frozenset[ServiceClass] = frozenset()
    districts: frozenset[str] = frozenset()
    received_from: datetime | None = None
    received_before: datetime | None = None
    words: str = ""
    by_phone: bool = True
    reference: str = ""


class PageCursor(NamedTuple):
    """The request behind which a page begins, and its deadline as it was when it was shown.

    A deadline may change meanwhile, as by closing, and rows would be skipped or come twice.
    `due_s` counts from 1970.
    """

    request_id: RequestId
    due_s: int | None = None


@dataclass(frozen=True, slots=True)
class QueuedRequest:
    """A request of the queue; class and district are empty where it has no street.

    `due_at` is the target of the step that it waits for, `None` once it is closed.
    """

    request: ServiceRequest
    service_class: str
    district: str
    due_at: datetime | None


class Tally(NamedTuple):
    """How many requests are alike in all of these."""

    stage: str
    kind: str
    dangers: tuple[str, ...]
    service_class: str
    district: str
    requests: int


class RequestPoint(NamedTuple):
    """A request as a point; `received_s` and `due_s` count from 1970."""

    id: int
    lon: float
    lat: float
    kind: str
    danger: bool
    received_s: int
    due_s: int | None


class BoardRequest(NamedTuple):
    """What a board must know of each request that waits; seconds count from 1970."""

    id: int
    lon: float | None
    lat: float | None
    kind: str
    received_s: int
    due_s: int | None


@dataclass(frozen=True, slots=True)
class RequestBefore:
    """What a change may change of a request."""

    kind: RequestKind
    state: RequestState
    location: LonLat | None
    snap: Snap | None
    job_id: JobId | None
    closed_for: ClosingReason | None

    @classmethod
    def of(cls, asked: ServiceRequest) -> Self:
        """Return how a request stands."""
        return cls(
            asked.kind, asked.state, asked.location, asked.snap, asked.job_id, asked.closed_for
        )

    def restored(self, asked: ServiceRequest) -> ServiceRequest:
        """Return the request standing like this again."""
        return replace(
            asked,
            kind=self.kind,
            state=self.state,
            location=self.location,
            snap=self.snap,
            job_id=self.job_id,
            closed_for=self.closed_for,
        )


@dataclass(frozen=True, slots=True)
class QueueStep:
    """What a change did to one request; a request that it took in stood nowhere before.

    `duplicates` had been merged into it, where the change merged it into another one or closed it,
    each with how it stood after the change; `None` where that is not known.
    """

    request_id: RequestId
    before: RequestBefore | None
    after: RequestBefore
    duplicates: Mapping[RequestId, RequestBefore | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueChange:
    """A change of many requests at once; `by` is a sign-in name."""

    id: QueueChangeId
    at: datetime
    by: str
    action: str
    steps: tuple[QueueStep, ...]
    undone_at: datetime | None
