"""Crews on foot or with a small vehicle, and the point jobs that they do beside the machines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from data.model.ids import (
    Language,
    LonLat,
    RequestId,
    SegmentId,
    StormId,
    UserId,
)

CrewId = NewType("CrewId", int)
CrewJobId = NewType("CrewJobId", int)
CrewShiftId = NewType("CrewShiftId", int)


class CrewWork(StrEnum):
    """What crews do: clear a sidewalk (metres), stairs (steps), or haul snow away (m3)."""

    SIDEWALK = "sidewalk"
    STAIRS = "stairs"
    HAUL = "haul"


class CrewPriority(StrEnum):
    """How much a crew job matters beside its due time."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class CrewJobState(StrEnum):
    """From the list of open work to its end; `CANNOT` is an end with a reason."""

    OPEN = "open"
    ASSIGNED = "assigned"
    STARTED = "started"
    DONE = "done"
    CANNOT = "cannot"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether no crew will work on it as things stand."""
        return self in {CrewJobState.DONE, CrewJobState.CANNOT, CrewJobState.CANCELLED}


class CannotReason(StrEnum):
    """Why a crew leaves a job undone."""

    NO_ACCESS = "no_access"
    TOO_MUCH = "too_much"
    DANGER = "danger"
    NO_TOOL = "no_tool"
    NOT_FOUND = "not_found"
    ALREADY_CLEAR = "already_clear"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Crew:
    """People who work together; `base` is where they begin and end, `drives` with a vehicle.

    `rate_h` is the price of an hour of one person; `user_id` who signs in for the crew, once it
    was given a code. A crew that is `retired` keeps its past and gets no more work.
    """

    id: CrewId
    name: str
    size: int
    works: tuple[CrewWork, ...]
    base: LonLat
    base_name: str = ""
    contact: str = ""
    language: Language = ""
    drives: bool = False
    shift_h: float = 8.0
    rate_h: float = 0.0
    user_id: UserId | None = None
    retired: bool = False

    def __post_init__(self) -> None:
        """Reject a crew without people or work."""
        if self.size < 1:
            raise ValueError(f"size: expected at least 1, got {self.size}")
        if not self.works:
            raise ValueError("works: expected at least one kind of work")


@dataclass(frozen=True, slots=True)
class CrewShift:
    """Hours of a crew in a storm; `ended_at` where it went home before or after `ends_at`."""

    id: CrewShiftId
    storm_id: StormId
    crew_id: CrewId
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    def hours_h(self, until: datetime) -> float:
        """Return the hours on duty up to a moment."""
        end = min(self.ended_at or self.ends_at, until)
        return max((end - self.starts_at).total_seconds() / 3600, 0.0)


@dataclass(frozen=True, slots=True)
class CrewJob:
    """Work at a place: `labour_s` is what one person takes for it, `size` in the work's unit.

    `words` say the place where nobody asked for it; else those of its request count. `crew_id`,
    `nth` and the expected `from_at` and `until_at` are those of the published lists. `said` is
    what the crew tells of the work, `reason` why it could not be done.
    """

    id: CrewJobId
    storm_id: StormId
    work: CrewWork
    place: LonLat
    size: float
    labour_s: float
    priority: CrewPriority
    due_at: datetime
    state: CrewJobState
    added_at: datetime
    words: str = ""
    segment_id: SegmentId | None = None
    request_id: RequestId | None = None
    crew_id: CrewId | None = None
    nth: int = 0
    from_at: datetime | None = None
    until_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    changed_by: str = ""
    reason: CannotReason | None = None
    said: str = ""

    def __post_init__(self) -> None:
        """Reject work without a size or labour."""
        if self.size <= 0 or self.labour_s <= 0:
            raise ValueError(f"size and labour_s: above 0, got {self.size}, {self.labour_s}")


@dataclass(frozen=True, slots=True)
class CrewDraft:
    """Lists of jobs by crew that a dispatcher looks at before they are published."""

    storm_id: StormId
    lists: Mapping[CrewId, tuple[CrewJobId, ...]]
    made_by: str
    made_at: datetime
