"""Sightings as pages show them: evidence for a request and its street."""

from dataclasses import dataclass
from datetime import datetime

from data.model import Sighting
from data.model.requests.followup import InspectionFault
from data.policy.city_policy import Policy


@dataclass(frozen=True, slots=True)
class SightingView:
    """A sighting, with the address of its photo.

    `near` says whether the photo was taken at the street, as the policy counts it; `text` is what
    somebody added to the `faults`.
    """

    at: datetime
    author: str
    clear: bool
    text: str
    faults: tuple[InspectionFault, ...]
    photo: str
    lon: float | None
    lat: float | None
    away_m: float | None
    near: bool | None


def sighting_view(seen: Sighting, policy: Policy) -> SightingView:
    """Return a sighting for pages."""
    place = seen.location
    return SightingView(
        at=seen.seen_at,
        author=seen.author,
        clear=seen.clear,
        text=seen.text,
        faults=seen.faults,
        photo=f"/api/sightings/{seen.id}/photo",
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        away_m=seen.away_m,
        near=policy.followup.on_the_spot(seen.away_m),
    )
