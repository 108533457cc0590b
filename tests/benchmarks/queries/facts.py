"""What is true of a city's streets: names, where they meet, houses, places; by geometry only."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from shapely import ops

from data.model import Place, Segment
from data.streets.network import StreetNetwork
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.spelling import plain

ON_STREET_M = 150.0
"""A place this near to a street can be named with it."""


class Kinded(NamedTuple):
    """A name in two parts: the word for "street" (or none) and the rest."""

    kind: str
    base: str


@dataclass(frozen=True, slots=True)
class Street:
    """All segments of one main name."""

    name: str
    kind: str
    base: str
    variants: tuple[str, ...]
    latin: str
    indexes: tuple[int, ...]


class House(NamedTuple):
    """A house number in a street, and where it stands."""

    street: Street
    number: str
    truth: shapely.Geometry


class Facts:
    """The streets of a city as its map has them; `split` cuts the kind off a name."""

    def __init__(
        self,
        network: StreetNetwork,
        places: Sequence[Place],
        split: Callable[[str], Kinded],
    ) -> None:
        self.network = network
        self.places = tuple(places)
        self.split = split
        groups: dict[str, list[int]] = defaultdict(list)
        for index, segment in enumerate(network.segments):
            if segment.names.get(""):
                groups[segment.names[""][0]].append(index)
        self.streets = [self._street(name, groups[name]) for name in sorted(groups)]
        self.by_name = {street.name: street for street in self.streets}
        self._bearing: dict[str, set[int]] = defaultdict(set)
        for index, segment in enumerate(network.segments):
            for base in self._bases(segment):
                self._bearing[base].add(index)

    @cached_property
    def bases(self) -> frozenset[str]:
        """Plain names without their kind, of streets and places, in every spelling."""
        spots = {
            form
            for place in self.places
            for several in place.names.values()
            for name in several
            for form in (plain(name), plain(self.split(name).base))
        }
        return frozenset(self._bearing) | spots

    def bearing(self, name: str) -> shapely.Geometry:
        """Return the lines of all segments that bear a name, whatever kind of street they are."""
        indexes = sorted(self._bearing[plain(self.split(name).base)])
        return shapely.union_all(self.network.lines[indexes])

    @cached_property
    def crossings(self) -> list[tuple[Street, Street, shapely.Geometry]]:
        """Pairs of streets and all points where they meet."""
        at: dict[int, set[str]] = defaultdict(set)
        for segment in self.network.segments:
            if segment.names.get(""):
                at[segment.start].add(segment.names[""][0])
                at[segment.end].add(segment.names[""][0])
        pairs: set[tuple[str, str]] = set()
        for names in at.values():
            pairs.update((a, b) for a in names for b in names if a < b)
        found = []
        for a, b in sorted(pairs):
            one, other = self.by_name[a], self.by_name[b]
            if plain(one.base) != plain(other.base):
                found.append((one, other, self._meeting(one, other)))
        return found

    def _meeting(self, one: Street, other: Street) -> shapely.Geometry:
        shared = self._nodes(one) & self._nodes(other)
        xy = self.network.projection.planes(
            np.array([self.network.node_lonlat[self.network.node_index(n)] for n in shared])
        )
        return shapely.multipoints(shapely.points(xy))

    def _nodes(self, street: Street) -> set[int]:
        indexes = self._bearing[plain(street.base)]
        segments = [self.network.segments[index] for index in indexes]
        return {node for segment in segments for node in (segment.start, segment.end)}

    @cached_property
    def mapped_houses(self) -> list[House]:
        """House numbers that stand on the map as points, of streets that the map has."""
        known = {plain(street.name): street for street in self.streets}
        spots: dict[tuple[str, str], list[shapely.Point]] = defaultdict(list)
        for place in self.places:
            if place.kind == "address" and plain(place.street) in known:
                here = shapely.Point(*self.network.projection.plane(place.location))
                spots[plain(place.street), plain(place.number)].append(here)
        return [
            House(known[street], number, shapely.multipoints(points))
            for (street, number), points in spots.items()
        ]

    def ranged_house(self, chance: Chance, street: Street) -> House | None:
        """Return a number of a street whose map has ranges, wherever that number falls."""
        ranges = [each for i in street.indexes for each in self.network.segments[i].houses]
        if not ranges:
            return None
        one = chance.choice(ranges)
        low, high = sorted((one.first, one.last))
        number = chance.randrange(low, high + 1, 2)
        points = [
            shapely.line_interpolate_point(self.network.lines[i], share, normalized=True)
            for i in street.indexes
            for share in self._shares(self.network.segments[i], number)
        ]
        return House(street, str(number), shapely.multipoints(points))

    @staticmethod
    def _shares(segment: Segment, number: int) -> list[float]:
        shares = []
        for each in segment.houses:
            low, high = sorted((each.first, each.last))
            if low <= number <= high and (number - low) % 2 == 0:
                share = (number - each.first) / (each.last - each.first) if high > low else 0.5
                shares.append(share)
        return shares

    @cached_property
    def spots(self) -> list[tuple[Place, Street, shapely.Geometry]]:
        """Named places beside named streets, and where on the street they are."""
        found = []
        for place in self.places:
            if not place.names.get("") or place.kind in ("neighbourhood", "bus_stop", "junction"):
                continue
            here = shapely.Point(*self.network.projection.plane(place.location))
            snaps = self.network.nearby(place.location, ON_STREET_M)
            for snap in snaps[:1]:
                names = self.network.segment(snap.segment_id).names.get("")
                if names:
                    street = self.by_name[names[0]]
                    beside = shapely.buffer(here, snap.distance_m + max(place.reach_m, 30.0))
                    stretch = shapely.intersection(self.bearing(street.name), beside)
                    found.append((place, street, shapely.union(here, stretch)))
        return found

    def between(self, street: Street) -> list[tuple[Street, Street, shapely.Geometry]]:
        """Return pairs of side streets of a simple street, and the stretch between them."""
        line = shapely.line_merge(shapely.union_all(self.network.lines[list(street.indexes)]))
        if not isinstance(line, shapely.LineString):
            return []
        sides = [
            (float(shapely.line_locate_point(line, point)), other)
            for other, points in self._sides[street.name]
            for point in shapely.get_parts(points)[:1]
            if len(shapely.get_parts(points)) == 1
        ]
        sides.sort(key=lambda side: side[0])
        return [
            (one, other, ops.substring(line, from_m, to_m))
            for (from_m, one), (to_m, other) in pairwise(sides)
            if 40 < to_m - from_m < 600
        ]

    @cached_property
    def _sides(self) -> dict[str, list[tuple[Street, shapely.Geometry]]]:
        found: dict[str, list[tuple[Street, shapely.Geometry]]] = defaultdict(list)
        for one, other, points in self.crossings:
            found[one.name].append((other, points))
            found[other.name].append((one, points))
        return found

    def _street(self, name: str, indexes: Sequence[int]) -> Street:
        segments = [self.network.segments[index] for index in indexes]
        # A side street that shares its segment's names is another street: the main names decide.
        variants = sorted(
            {each for s in segments for several in s.names.values() for each in several}
        )
        latin = next((s.names["en"][0] for s in segments if s.names.get("en")), "")
        kind, base = self.split(name)
        return Street(name, kind, base, tuple(variants), latin, tuple(indexes))

    def _bases(self, segment: Segment) -> set[str]:
        names = (each for several in segment.names.values() for each in several)
        return {plain(self.split(name).base) for name in names}
