"""Geofences of yards and reload sites: circles or polygons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import shapely

from data.model import Depot, LonLat, ReloadSite
from data.streets.projection import distance_m

ONE_PLACE_M = 20.0
"""A depot and a reload site nearer to each other than this are one place."""


@dataclass(frozen=True, slots=True)
class Geofence:
    """A geofence where machines stand or load; `reload` without `yard` only loads."""

    name: str
    location: LonLat
    radius_m: float
    polygon: tuple[LonLat, ...] = ()
    yard: bool = False
    reload: bool = False

    def holds(self, place: LonLat) -> bool:
        """Whether a place lies inside."""
        if self.polygon:
            return holds(self.polygon, place)
        return distance_m(self.location, place) <= self.radius_m


def holds(polygon: Sequence[LonLat], place: LonLat) -> bool:
    """Whether a place lies in a geofence; never where none was drawn."""
    return bool(polygon) and bool(shapely.covers(shapely.Polygon(polygon), shapely.Point(place)))


def sites_of(depots: Iterable[Depot], reload_sites: Iterable[ReloadSite]) -> tuple[Geofence, ...]:
    """Return the geofences of a fleet; a depot with a reload site is a single one."""
    sites = [
        Geofence(one.name, one.location, one.radius_m, one.polygon, yard=True) for one in depots
    ]
    for one in reload_sites:
        at = next(
            (
                i
                for i, site in enumerate(sites)
                if distance_m(site.location, one.location) <= ONE_PLACE_M
            ),
            None,
        )
        if at is None:
            sites.append(Geofence(one.name, one.location, one.radius_m, one.polygon, reload=True))
        else:
            sites[at] = replace(sites[at], reload=True)
    return tuple(sites)


def site_at(sites: Sequence[Geofence], place: LonLat) -> Geofence | None:
    """Return the geofence that a place lies in, the nearest where they overlap."""
    holding = [site for site in sites if site.holds(place)]
    return min(holding, key=lambda site: distance_m(site.location, place), default=None)
