"""What a council member looks at first: the worst streets, and the places that must be reached."""

from collections.abc import Iterable
from dataclasses import dataclass

from data.model import ByLanguage
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.reports.bus_routes import BusStreets, bus_streets
from fleet.reports.critical_sites import (
    Site,
    SiteAccess,
    named_sites,
    site_accesses,
    site_counts,
)
from fleet.reports.worst_streets import LaneStates, LateStreet, worst_streets
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class LateStreetView:
    """A street that is late now: `lane_m` of it, the longest for `late_s`.

    `street` is the piece that has been late longest; it was cleared `age_s` ago, or `never` in this
    storm, where `age_s` counts from its first flake.
    """

    street: int
    names: ByLanguage
    service_class: str
    district: str
    lane_m: float
    late_s: float
    age_s: float
    never: bool


@dataclass(frozen=True, slots=True)
class SiteView:
    """A place that must be reached, and how long ago the street before it was cleared.

    `late_s` is 0 where that is within its rule; it, `age_s` and `never` are `None` where it is
    served on request.
    """

    kind: str
    names: ByLanguage
    street: int
    street_names: ByLanguage
    district: str
    late_s: float | None
    age_s: float | None
    never: bool | None


@dataclass(frozen=True, slots=True)
class SiteCountView:
    """How many places of a kind a district has, and how many have a late street."""

    kind: str
    district: str
    sites: int
    late: int


@dataclass(frozen=True, slots=True)
class BusStreetsView:
    """The bus streets of a district, or of the whole city for `None`; metres are lane metres.

    `street` is late longest or, where `late_s` is 0, was cleared longest ago: `age_s` ago, or
    `never` in this storm, where the time counts from its first flake.
    """

    district: str | None
    lane_m: float
    late_m: float
    street: int
    names: ByLanguage
    late_s: float
    age_s: float
    never: bool


@dataclass(frozen=True, slots=True)
class AttentionView:
    """The worst streets and places: ten of the city and of each district, and all numbers."""

    streets: tuple[LateStreetView, ...]
    sites: tuple[SiteView, ...]
    counts: tuple[SiteCountView, ...]
    bus: tuple[BusStreetsView, ...]


def attention_view(
    states: LaneStates, network: StreetNetwork, policy: Policy, sites: Iterable[Site]
) -> AttentionView:
    """Return what a council member looks at first."""
    accesses = site_accesses(states, sites)
    return AttentionView(
        tuple(_late_street(one, policy) for one in worst_streets(states, network)),
        tuple(map(_site, named_sites(accesses))),
        tuple(
            SiteCountView(one.kind, one.district, one.sites, one.late)
            for one in site_counts(accesses)
        ),
        tuple(map(_bus_streets, bus_streets(states, network))),
    )


def _late_street(one: LateStreet, policy: Policy) -> LateStreetView:
    return LateStreetView(
        one.segment.id,
        street_name(one.segment),
        policy.class_of(one.segment),
        one.segment.district,
        one.lane_m,
        one.late_s,
        one.age_s,
        one.never,
    )


def _bus_streets(one: BusStreets) -> BusStreetsView:
    return BusStreetsView(
        one.district,
        one.lane_m,
        one.late_m,
        one.segment.id,
        street_name(one.segment),
        one.late_s,
        one.age_s,
        one.never,
    )


def _site(one: SiteAccess) -> SiteView:
    place, segment = one.site.place, one.site.segment
    return SiteView(
        place.kind,
        {language: names[0] for language, names in place.names.items() if names},
        segment.id,
        street_name(segment),
        segment.district,
        one.late_s,
        one.age_s,
        one.never,
    )
