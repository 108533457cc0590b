"""What follows a request: its clock, what was said about it, who looked on the spot."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import LonLat, RequestId, SegmentId
from data.model.requests.requests import ServiceRequest


@dataclass(frozen=True, slots=True)
class RequestClock:
    """The times of one request; `done_at` by evidence only.

    `planned_at` says when a published plan first had its job, `due_at` what a supervisor decided in
    place of the target. `reopened` counts every time, `unproved` those since its proof was gone.
    """

    request_id: RequestId
    placed_at: datetime | None = None
    planned_at: datetime | None = None
    done_at: datetime | None = None
    closed_at: datetime | None = None
    told_at: datetime | None = None
    due_at: datetime | None = None
    reopened_at: datetime | None = None
    reopened: int = 0
    unproved: int = 0
    assigned_to: str = ""
    escalated_at: datetime | None = None

    @property
    def asked_again(self) -> int:
        """How often somebody said that it was not done."""
        return self.reopened - self.unproved


@dataclass(frozen=True, slots=True)
class ClockedRequest:
    """A request with its clock; `reachable` says whether somebody could be told."""

    request: ServiceRequest
    clock: RequestClock
    reachable: bool


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody of the city noted about a request; `author` is a sign-in name."""

    at: datetime
    author: str
    text: str


class InspectionFault(StrEnum):
    """What an inspection found not in order."""

    NOT_PLOWED = "not_plowed"
    HALF_DONE = "half_done"
    RIDGE = "ridge"
    ICE = "ice"
    PARKED_CARS = "parked_cars"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What somebody of the city saw on the spot; `photo` names a file of the photo folder.

    `away_m` is how far from the street the photo was taken; `None` where no place was sent with it,
    or the request has no street. Without a request it is about the street `segment_id`. `text` is
    what somebody added in their own words.
    """

    id: int
    request_id: RequestId | None
    seen_at: datetime
    author: str
    clear: bool
    photo: str
    location: LonLat | None = None
    away_m: float | None = None
    text: str = ""
    faults: tuple[InspectionFault, ...] = ()
    segment_id: SegmentId | None = None
