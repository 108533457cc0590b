"""Why routes that are driven are planned again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from data.model.ids import SegmentId, VehicleId


class ReplanCause(StrEnum):
    """What has happened."""

    BREAKDOWN = "breakdown"
    LATE = "late"
    CLOSURE = "closure"
    NEW_MACHINE = "new_machine"
    SNOWFALL = "snowfall"
    CYCLE = "cycle"
    OTHER = "other"


OF_A_VEHICLE = frozenset({ReplanCause.BREAKDOWN, ReplanCause.LATE, ReplanCause.NEW_MACHINE})
"""Causes that name the vehicle that they concern."""


@dataclass(frozen=True, slots=True)
class ReplanWish:
    """What has happened, to which vehicle or street, and how many trucks may hear of it.

    Attributes
    ----------
    delay
        How much later a late vehicle can go on, or how long a new one takes to come.
    budget
        So many trucks at most, beside the one that it is about, change their next moves.
    """

    cause: ReplanCause
    budget: int
    vehicle_id: VehicleId | None = None
    segment_id: SegmentId | None = None
    delay: timedelta = timedelta(0)
