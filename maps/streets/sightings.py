"""What was seen on the spot, as the pages show it: evidence for a request and for its street."""

from dataclasses import dataclass
from datetime import datetime

from data.model import Sighting
from data.policy.city_policy import Policy


@dataclass(frozen=True, slots=True)
class SightingView:
    """What somebody saw on the spot, and where the photo of it is.

    `near` says whether the photo was taken at the street, as the policy counts it.
    """

    at: datetime
    author: str
    clear: bool
    text: str
    photo: str
    lon: float | None
    lat: float | None
    away_m: float | None
    near: bool | None


def sighting_view(seen: Sighting, policy: Policy) -> SightingView:
    """Return what somebody saw on the spot."""
    place = seen.location
    return SightingView(
        at=seen.seen_at,
        author=seen.author,
        clear=seen.clear,
        text=seen.text,
        photo=f"/api/sightings/{seen.id}/photo",
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        away_m=seen.away_m,
        near=policy.followup.on_the_spot(seen.away_m),
    )
