"""The places that every storm is judged by, and the streets before them, pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.model import Place, Segment
from data.streets.network import StreetNetwork
from fleet.reports.worst_streets import LaneStates, first_of_each

SITE_KINDS = ("hospital", "ambulance_station", "fire_station", "clinic", "police", "school")
"""The gravest first."""

REACH_M = 150.0
"""A place farther from all streets than this has none before it."""

NAMED_COUNT = 10
"""Places that are named for the city, and for each district."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place and the street before it; of a place with gates, before the first."""

    place: Place
    segment: Segment


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """How long ago the street before a place was cleared, in the worse of its directions.

    `late_s` is 0 where it is within its rule. Where the street was not cleared in this storm,
    `never`, the time counts from its start. All three are `None` where it is served on request.
    """

    site: Site
    late_s: float | None = None
    age_s: float | None = None
    never: bool | None = None


@dataclass(frozen=True, slots=True)
class SiteCount:
    """How many places of a kind there are in a district, and how many have a late street."""

    kind: str
    district: str
    sites: int
    late: int


def find_sites(network: StreetNetwork, places: Iterable[Place]) -> tuple[Site, ...]:
    """Return the places of `SITE_KINDS` that have a street."""
    return tuple(
        Site(place, network.segment(snap.segment_id))
        for place in places
        if place.kind in SITE_KINDS
        and (snap := network.nearest((*place.gates, place.location)[0], REACH_M)) is not None
    )


def site_accesses(states: LaneStates, sites: Iterable[Site]) -> tuple[SiteAccess, ...]:
    """Return how each place is reached: the latest first, then by kind, then by age."""
    return tuple(sorted((_access(states, site) for site in sites), key=_latest_first))


def named_sites(ranked: Iterable[SiteAccess]) -> tuple[SiteAccess, ...]:
    """Return the first of the city and of each district."""
    return tuple(first_of_each(ranked, NAMED_COUNT, lambda one: one.site.segment.district))


def site_counts(accesses: Iterable[SiteAccess]) -> tuple[SiteCount, ...]:
    """Return the numbers by kind and district, in the order of `SITE_KINDS`.

    Places on streets that are served on request are no part of them.
    """
    found: dict[tuple[int, str], list[bool]] = {}
    for one in accesses:
        if one.late_s is not None:
            key = SITE_KINDS.index(one.site.place.kind), one.site.segment.district
            found.setdefault(key, []).append(one.late_s > 0)
    return tuple(
        SiteCount(SITE_KINDS[kind], district, len(late), sum(late))
        for (kind, district), late in sorted(found.items())
    )


def _access(states: LaneStates, site: Site) -> SiteAccess:
    numbers = states.lanes.of_street(site.segment.id)
    if not numbers:
        return SiteAccess(site)
    oldest = max(numbers, key=states.ages.age_s.__getitem__)
    return SiteAccess(
        site,
        float(states.late_s[numbers].max()),
        float(states.ages.age_s[oldest]),
        bool(states.ages.never[oldest]),
    )


def _latest_first(one: SiteAccess) -> tuple[float, int, float]:
    return -(one.late_s or 0.0), SITE_KINDS.index(one.site.place.kind), -(one.age_s or 0.0)
