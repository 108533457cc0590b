"""Which of two streets drivers plow first, though plans say otherwise: learned, then decided."""

from dataclasses import dataclass
from datetime import datetime

from data.model.ids import OrderPreferenceId, SegmentId
from data.model.machines import LimitState


@dataclass(frozen=True, slots=True)
class OrderPreference:
    """A street that drivers of a type of machine do before another one, as storms showed.

    Of `chances` to do the streets as planned, or the other way where plans already said so, they
    were done in this order `times`, by so many `drivers` in so many `storms`. Plans heed it while
    it is `ACCEPTED`.
    """

    id: OrderPreferenceId
    machine: str
    sooner: tuple[SegmentId, ...]
    later: tuple[SegmentId, ...]
    times: int
    chances: int
    drivers: int
    storms: int
    proposed_at: datetime
    proposed_by: str
    state: LimitState = LimitState.PROPOSED
    decided_at: datetime | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class PreferredOrder:
    """Streets that a type of machine is to do before others of its route, where that is cheap."""

    machine: str
    sooner: frozenset[SegmentId]
    later: frozenset[SegmentId]
