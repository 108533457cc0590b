"""Places to inspect, as a phone shows them."""

from dataclasses import dataclass
from datetime import datetime

from data.model import ByLanguage, ClosingReason, RequestState, SegmentId
from data.streets.network import StreetNetwork
from fleet.followup.inspections import PlaceToInspect
from fleet.followup.street_inspections import DoubtfulStreet
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class InspectionView:
    """A place to inspect.

    `closed_for` is how it was said to be done, `mine` whether it is one's own.
    """

    id: int
    reference: str
    kind: str
    state: RequestState
    closed_for: ClosingReason | None
    address: str
    text: str
    dangers: tuple[str, ...]
    lon: float
    lat: float
    received_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    escalated: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class StreetInspectionView:
    """A street to inspect since only its driver said that it was served, at `told_at` last.

    The place is its middle.
    """

    segment_id: SegmentId
    names: ByLanguage
    lon: float
    lat: float
    length_m: float
    told_at: datetime


def street_inspection_view(one: DoubtfulStreet, network: StreetNetwork) -> StreetInspectionView:
    """Return a street for a phone."""
    middle = network.point_at(one.segment_id, one.length_m / 2)
    return StreetInspectionView(
        segment_id=one.segment_id,
        names=street_name(network.segment(one.segment_id)),
        lon=middle.lon,
        lat=middle.lat,
        length_m=round(one.length_m, 1),
        told_at=one.told_at,
    )


def inspection_view(one: PlaceToInspect, login: str) -> InspectionView:
    """Return a place for a phone; it has one."""
    asked, clock = one.followed.request, one.followed.clock
    place = asked.location
    if place is None:
        raise ValueError(f"request {asked.reference} has no place")
    return InspectionView(
        id=asked.id,
        reference=asked.reference,
        kind=asked.kind,
        state=asked.state,
        closed_for=asked.closed_for,
        address=asked.address,
        text=asked.text,
        dangers=asked.dangers,
        lon=place.lon,
        lat=place.lat,
        received_at=asked.received_at,
        closed_at=clock.closed_at,
        due_at=one.due.due_at if one.due else None,
        escalated=clock.escalated_at is not None,
        mine=clock.assigned_to == login,
    )
