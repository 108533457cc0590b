"""A truck's track of the last hours for the board's map."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model.evidence import Breadcrumb

type Crumb = tuple[float, float, float, float | None, bool | None, bool | None]
"""Second since 1970, longitude, latitude, m/s, whether the blade is down, the spreader on."""


@dataclass(frozen=True, slots=True)
class TruckTrackView:
    """A truck's fixes since a moment, oldest first; `None` where it has no such sensor."""

    since: datetime
    until: datetime
    fixes: list[Crumb]


def track_view(since: datetime, until: datetime, fixes: Iterable[Breadcrumb]) -> TruckTrackView:
    """Return a track for the map."""
    return TruckTrackView(since, until, [_crumb(one) for one in fixes])


def _crumb(one: Breadcrumb) -> Crumb:
    at_s, (lon, lat) = one.fixed_at.timestamp(), one.location
    speed_mps = None if one.speed_mps is None else round(one.speed_mps, 1)
    return at_s, round(lon, 6), round(lat, 6), speed_mps, one.blade, one.spreader
