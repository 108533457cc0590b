"""What people ask for, what it may endanger, and how it ends."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import JobId, LonLat, RequestId
from data.model.streets import Snap


class RequestKind(StrEnum):
    """What a caller asks for; `SIDEWALK` has the stairs too, `HAUL` is snow to carry away."""

    PLOW = "plow"
    ICE = "ice"
    SIDEWALK = "sidewalk"
    TREE = "tree"
    HAUL = "haul"
    BLOCKED = "blocked"


class Danger(StrEnum):
    """What makes a request more urgent than its street does."""

    TRAPPED = "trapped"
    AMBULANCE = "ambulance"
    ACCIDENT = "accident"
    POWER_LINE = "power_line"
    ELDERLY = "elderly"
    SCHOOL = "school"


LIFE_DANGERS = frozenset({Danger.TRAPPED, Danger.AMBULANCE, Danger.ACCIDENT, Danger.POWER_LINE})
"""Dangers to life: each raises an alert. `ELDERLY` and `SCHOOL` make a request urgent, no more."""


class RequestState(StrEnum):
    """`NEW` waits for a place or a storm, `OPEN` is to be done, `HANDED_OVER` is an agency's."""

    NEW = "new"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    HANDED_OVER = "handed_over"


class ClosingReason(StrEnum):
    """Why a request is closed: a fixed list that means the same to every reader.

    `PLOWED` needs a machine's evidence, `INSPECTED` somebody's who looked on the spot, `CREW` the
    word of the crew that did it; `MELTED` says that nobody came.
    """

    PLOWED = "plowed"
    INSPECTED = "inspected"
    CREW = "crew"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"
    MELTED = "melted"
    NOTHING_FOUND = "nothing_found"
    OUTSIDE_CITY = "outside_city"
    NOT_OURS = "not_ours"
    UNPLACEABLE = "unplaceable"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request for service. The caller's name and phone are stored apart from it.

    `closed_for` is `None` until the request is closed, and again once it is reopened.
    """

    id: RequestId
    reference: str
    received_at: datetime
    channel: str
    text: str
    kind: RequestKind
    state: RequestState
    address: str = ""
    location: LonLat | None = None
    snap: Snap | None = None
    job_id: JobId | None = None
    dangers: tuple[Danger, ...] = ()
    closed_for: ClosingReason | None = None
