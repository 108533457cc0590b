"""Which class every street has and why: pure, from streets, places, rules and decisions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from data.geocode.street_names import StreetNames
from data.geocode.text.normalization import normal
from data.model import (
    District,
    Level,
    LevelReason,
    Override,
    Place,
    RoadClass,
    Segment,
    SegmentId,
    ServiceClass,
)
from data.osm.tags import incline_pct
from data.policy.city_policy import Policy
from data.policy.street_rules import NamedRule, NearRule, ZoneRule
from data.streets.network import StreetNetwork

_NEAREST_M = 200.0
"""A place farther than this from every street lies in front of none."""

_SIDE_WAYS = (RoadClass.SERVICE, RoadClass.ALLEY)
"""Ways that a rule about places raises only where they are the nearest."""


class IdleRule(NamedTuple):
    """A part of a rule that finds no street; `subject` is a kind of place, a name or a zone."""

    reason: LevelReason
    subject: str


class _Wish(NamedTuple):
    segment_id: SegmentId
    level: Level


def levels_of(
    network: StreetNetwork,
    places: Iterable[Place],
    policy: Policy,
    overrides: Mapping[SegmentId, Override] | None = None,
    districts: Iterable[District] = (),
) -> dict[SegmentId, Level]:
    """Return the level of every street that its road class alone does not decide.

    Rules apply in the order of `LevelReason`; of two that come to the same class the later is told.
    """
    index = _CityIndex(network, places, districts)
    levels: dict[SegmentId, Level] = {}
    for segment_id, wish in _wishes(index, policy):
        now = levels.get(segment_id) or _road_level(network.segment(segment_id), policy)
        better = _raised(now, wish, policy)
        if better is not now:
            levels[segment_id] = better
    decided = overrides.values() if overrides else ()
    known = {segment.id for segment in network.segments}
    return levels | {
        one.segment_id: Level(one.service_class, LevelReason.OVERRIDE, one.note, one.cycle)
        for one in decided
        if one.segment_id in known and one.service_class in policy.rules
    }


def idle_rules(
    network: StreetNetwork,
    places: Iterable[Place],
    policy: Policy,
    districts: Iterable[District] = (),
) -> list[IdleRule]:
    """Return parts of rules without any street in the city: often a spelling, or a poor file."""
    index, rules = _CityIndex(network, places, districts), policy.street_rules
    kinds = sorted(rules.place_kinds - {place.kind for place in index.places})
    found = {wish.level.reason for wish in _wishes(index, policy)}
    idle = [IdleRule(LevelReason.NEAR, kind) for kind in kinds]
    if rules.bus is not None and LevelReason.BUS not in found:
        idle.append(IdleRule(LevelReason.BUS, ""))
    if rules.steep is not None and LevelReason.STEEP not in found:
        idle.append(IdleRule(LevelReason.STEEP, ""))
    names = (name for rule in rules.named for name in rule.names)
    idle += [IdleRule(LevelReason.NAMED, name) for name in names if not index.names.find(name)]
    zones = (zone for zone in rules.zones if not index.inside(zone))
    return idle + [IdleRule(LevelReason.ZONE, zone.name) for zone in zones]


def _road_level(segment: Segment, policy: Policy) -> Level:
    return Level(policy.classes[segment.road_class], LevelReason.ROAD)


def _raised(now: Level, wish: Level, policy: Policy) -> Level:
    """Return the level after a rule: a more urgent class, a shorter cycle, or as it was."""
    cycle = now.cycle or policy.rules[now.service_class].cycle
    said = now.reason is not LevelReason.ROAD and wish.service_class == now.service_class
    if said or policy.more_urgent(wish.service_class, now.service_class):
        promised = policy.rules[wish.service_class].cycle
        longer = promised is None or (cycle is not None and cycle < promised)
        now = replace(wish, cycle=cycle if longer else None)
        cycle = now.cycle or promised
    if wish.cycle is None or cycle is None or wish.cycle >= cycle:
        return now
    return Level(now.service_class, wish.reason, wish.subject, wish.cycle)


def _wishes(index: "_CityIndex", policy: Policy) -> Iterator[_Wish]:
    rules = policy.street_rules
    segments = index.network.segments
    steep, bus = rules.steep, rules.bus
    if steep is not None:
        for segment in segments:
            slope_pct = incline_pct(segment.incline)
            if slope_pct is not None and slope_pct >= steep.incline_pct:
                level = Level(steep.service_class, LevelReason.STEEP, segment.incline)
                yield _Wish(segment.id, level)
    if bus is not None:
        for segment in segments:
            if segment.bus:
                yield _Wish(segment.id, Level(bus, LevelReason.BUS))
    yield from chain.from_iterable(_near(index, rule) for rule in rules.near)
    yield from chain.from_iterable(_named(index, rule) for rule in rules.named)
    yield from chain.from_iterable(_in_zone(index, rule, policy.last_class) for rule in rules.zones)


def _near(index: "_CityIndex", rule: NearRule) -> Iterator[_Wish]:
    found: list[tuple[float, SegmentId, str]] = []
    for place in index.places_of(rule.places):
        reach = index.network.nearby(place.location, max(rule.within_m, _NEAREST_M))
        for rank, snap in enumerate(reach):
            road = index.network.segment(snap.segment_id).road_class
            beside = snap.distance_m <= rule.within_m and road not in _SIDE_WAYS
            if rank == 0 or beside:
                found.append((snap.distance_m, snap.segment_id, _title(place)))
    for _, segment_id, title in sorted(found, reverse=True):  # so the nearest place is told
        yield _Wish(segment_id, Level(rule.service_class, LevelReason.NEAR, title))


def _title(place: Place) -> str:
    return next((names[0] for names in place.names.values() if names), place.kind)


def _named(index: "_CityIndex", rule: NamedRule) -> Iterator[_Wish]:
    for name in rule.names:
        level = Level(rule.service_class, LevelReason.NAMED, name)
        for segment_id in index.names.find(name):
            yield _Wish(segment_id, level)


def _in_zone(index: "_CityIndex", zone: ZoneRule, last: ServiceClass) -> Iterator[_Wish]:
    # The least urgent class raises nothing: a zone without a class is about its cycle only.
    wish = Level(zone.service_class or last, LevelReason.ZONE, zone.name, zone.cycle)
    for segment_id in index.inside(zone):
        yield _Wish(segment_id, wish)


class _CityIndex:
    """A city's places by kind, streets by name and by place, for the rules."""

    def __init__(
        self, network: StreetNetwork, places: Iterable[Place], districts: Iterable[District]
    ) -> None:
        self.network = network
        self.names = StreetNames(network)
        self.places = tuple(places)
        self._districts = tuple(districts)

    def places_of(self, kinds: Sequence[str]) -> list[Place]:
        return [place for place in self.places if place.kind in kinds]

    def inside(self, zone: ZoneRule) -> list[SegmentId]:
        if zone.districts:
            wanted = {self._district(name) for name in zone.districts}
            return [s.id for s in self.network.segments if self._district(s.district) in wanted]
        inside = shapely.dwithin(self._middles, *self._area(zone))
        return [self.network.segments[index].id for index in inside.nonzero()[0].tolist()]

    def _area(self, zone: ZoneRule) -> tuple[shapely.Geometry, float]:
        """Return a zone that is drawn, and how far around it still belongs to it."""
        plane = self.network.projection
        if zone.centre is not None:
            return shapely.Point(plane.plane(zone.centre)), zone.radius_m
        corners = plane.planes(np.array(zone.polygon))
        return shapely.make_valid(shapely.Polygon(corners)), 0.0

    def _district(self, name: str) -> str:
        return self._district_names.get(normal(name), normal(name))

    @cached_property
    def _district_names(self) -> dict[str, str]:
        return {
            normal(spelling): normal(district.name)
            for district in self._districts
            for spellings in district.names.values()
            for spelling in spellings
        }

    @cached_property
    def _middles(self) -> NDArray[np.object_]:
        middles: NDArray[np.object_] = shapely.line_interpolate_point(
            self.network.lines, 0.5, normalized=True
        )
        return middles
