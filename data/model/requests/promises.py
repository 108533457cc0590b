"""What callers were promised, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from data.model.ids import JobId, PlanId, RequestId
from data.model.requests.requests import ClosingReason
from data.model.work import JobState, ServiceClass


@dataclass(frozen=True, slots=True)
class Promise:
    """When a caller was told that his street will be clear, and the plan that it came from.

    `expected_at` is the plan's own moment, moved by how late the truck was then; the window that
    was told lies around it.
    """

    request_id: RequestId
    job_id: JobId
    plan_id: PlanId
    made_at: datetime
    expected_at: datetime
    from_at: datetime
    to_at: datetime

    def __post_init__(self) -> None:
        """Reject a window that ends before it begins."""
        if self.to_at < self.from_at:
            raise ValueError(f"to_at: expected {self.from_at} or later, got {self.to_at}")


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """A promise beside what became of it.

    `done_at` is `None` while nothing proves the work, `closed_for` while the request is open.
    """

    promise: Promise
    service_class: ServiceClass
    job_state: JobState
    closed_for: ClosingReason | None
    done_at: datetime | None


class KeptCount(NamedTuple):
    """How many of the promises that are decided were kept."""

    kept: int
    decided: int
