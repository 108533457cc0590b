"""A rehearsal while it runs: who plays what, which calls ring, what instructors add and note."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType

from data.model.ids import LonLat, RequestId, SegmentId, UserId, VehicleId
from data.model.people import Role
from data.model.requests.requests import RequestKind

TrainingEventId = NewType("TrainingEventId", int)
TrainingNoteId = NewType("TrainingNoteId", int)
TrainingCallId = NewType("TrainingCallId", int)


@dataclass(frozen=True, slots=True)
class TrainingSeat:
    """A role that somebody plays, which the simulation plays otherwise; drivers play a vehicle's.

    `going` and `blade` are the controls of a driver's simulated truck.
    """

    user_id: UserId
    role: Role
    taken_at: datetime
    vehicle_id: VehicleId | None = None
    going: bool = False
    blade: bool = False


@dataclass(frozen=True, slots=True)
class TrainingEvent:
    """What an instructor added to the scenario: one of its tables, by the key of its file.

    `details` are the values of that table, as a scenario's file has them.
    """

    id: TrainingEventId
    at: datetime
    kind: str
    details: Mapping[str, Any]
    made_by: str


@dataclass(frozen=True, slots=True)
class TrainingNote:
    """Words of an instructor on a moment of the rehearsal."""

    id: TrainingNoteId
    at: datetime
    words: str
    made_by: str


@dataclass(frozen=True, slots=True)
class TrainingCall:
    """A simulated caller: his words, and where he truly is, which nobody in the city knows.

    `address` is how he says where. Nobody took a call that ended without being taken. `event_id`
    says which of the instructor's events it is of, `request_id` what came of it. Where very many
    call at once it rang some time after it was `due_at`.
    """

    id: TrainingCallId
    rang_at: datetime
    kind: RequestKind
    words: str
    address: str
    location: LonLat
    segment_id: SegmentId
    event_id: TrainingEventId | None = None
    taken_at: datetime | None = None
    taken_by: str = ""
    ended_at: datetime | None = None
    request_id: RequestId | None = None
    due_at: datetime | None = None

    @property
    def rings(self) -> bool:
        """Whether it waits to be taken."""
        return self.taken_at is None and self.ended_at is None

    @property
    def on_the_line(self) -> bool:
        """Whether somebody talks with the caller."""
        return self.taken_at is not None and self.ended_at is None

    @property
    def missed(self) -> bool:
        """Whether the caller has hung up before anybody took it."""
        return self.taken_at is None and self.ended_at is not None
