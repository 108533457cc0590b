"""A request as lists and the map show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import ByLanguage, RequestId, RequestState, ServiceRequest
from data.streets.network import StreetNetwork
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request in lists and on the map, without its caller.

    `address` is in the caller's words, `street` has the names by language of where it was placed.
    """

    id: int
    reference: str
    kind: str
    state: RequestState
    channel: str
    received_at: datetime
    address: str
    text: str
    lon: float | None
    lat: float | None
    segment_id: int | None
    side: str | None
    job_id: int | None
    due_at: datetime | None
    dangers: tuple[str, ...]
    closed_for: str | None
    street: ByLanguage | None


def request_view(
    asked: ServiceRequest, due_at: Mapping[RequestId, datetime], network: StreetNetwork
) -> RequestView:
    """Return a request for lists and the map, with the deadline of its work."""
    place, snap = asked.location, asked.snap
    segment = network.find(snap.segment_id) if snap else None
    return RequestView(
        id=asked.id,
        reference=asked.reference,
        kind=asked.kind,
        state=asked.state,
        channel=asked.channel,
        received_at=asked.received_at,
        address=asked.address,
        text=asked.text,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        segment_id=snap.segment_id if snap else None,
        side=snap.side if snap else None,
        job_id=asked.job_id,
        due_at=due_at.get(asked.id),
        dangers=asked.dangers,
        closed_for=asked.closed_for,
        street=street_name(segment) if segment else None,
    )
