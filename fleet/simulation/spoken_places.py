"""Streets that a simulated caller can mean, pure: all that fit what he says of where he is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from data.model import LonLat, Place, Segment, SegmentId
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.simulation.callers_speech import OFF, SPEECH
from fleet.simulation.simulated_calls import spoken_name

ONE_CROSSING_M = 30.0
"""Pieces this near where two streets meet are at their crossing: two carriageways meet twice."""

AT_HOUSE_M = 150.0
"""A house may be this far from the piece of its street that it belongs to."""

ONE_STREET_M = 300.0
"""A caller who says where on a street is still found this near on the same one."""


class SpokenPlaces:
    """The streets of a network by what callers call them; `houses` are those with a number."""

    def __init__(self, network: StreetNetwork, houses: Iterable[Place]) -> None:
        self._network = network
        self._pieces: dict[str, list[Segment]] = defaultdict(list)
        for segment in network.segments:
            self._pieces[spoken_name(segment)].append(segment)
        self._houses: dict[str, list[Place]] = defaultdict(list)
        for house in houses:
            self._houses[house.street].append(house)

    def fitting(self, segment_id: SegmentId, address: str) -> frozenset[SegmentId]:
        """Return all pieces of street that fit what somebody says who stands on one of them.

        `address` is how he says where: a crossing, or a name, maybe with the street that an alley
        leaves and a number. Of several streets of that name all count that fit as well; who says
        the name and no more may be anywhere on it.
        """
        street = self._network.find(segment_id)
        named = spoken_name(street) if street else ""
        if street is None or not named or named not in address:
            return frozenset()
        crossing = self._at_crossing(street, address)
        return crossing or self._fitting(named, *address.rpartition(named)[::2])

    def _fitting(self, named: str, before: str, after: str) -> frozenset[SegmentId]:
        """Return the pieces of a name that fit what is said before and after it.

        Where none fits both, those that fit either.
        """
        alike, parts = self._pieces[named], list[frozenset[SegmentId]]()
        if before:
            parts.append(_on_one_street(self._leaving(alike, before), alike))
        if after:
            parts.append(_on_one_street(self._at_house(named, after), alike))
        if not parts:
            return frozenset(one.id for one in alike)
        return frozenset.intersection(*parts) or frozenset.union(*parts)

    def _at_crossing(self, street: Segment, address: str) -> frozenset[SegmentId]:
        """Return the pieces of both streets at the crossing that is named; none without one."""
        mine, found = spoken_name(street), set[SegmentId]()
        for end in (street.geometry[0], street.geometry[-1]):
            near = [*self._near(end, ONE_CROSSING_M)]
            named = {name for one in near if address in _corners(mine, name := spoken_name(one))}
            if named:
                found |= {one.id for one in near if spoken_name(one) in {mine, *named}}
        return frozenset(found)

    def _leaving(self, alike: Collection[Segment], before: str) -> list[Segment]:
        """Return those pieces that meet the street which is named before theirs."""
        other = before.removesuffix(OFF.format(other="", street=""))
        nodes = {node for one in self._pieces.get(other, ()) for node in (one.start, one.end)}
        return [one for one in alike if {one.start, one.end} & nodes]

    def _at_house(self, named: str, after: str) -> list[Segment]:
        """Return the pieces of a street at the houses that have the number said after its name."""
        houses = [one for one in self._houses.get(named, ()) if after in _numbers(one.number)]
        near = chain.from_iterable(self._near(one.location, AT_HOUSE_M) for one in houses)
        return [one for one in near if spoken_name(one) == named]

    def _near(self, point: LonLat, within_m: float) -> Iterator[Segment]:
        for snap in self._network.nearby(point, within_m):
            yield self._network.segment(snap.segment_id)


def same_street(network: StreetNetwork, meant: SegmentId | None, noted: SegmentId | None) -> bool:
    """Return whether two places are on one street: the same piece, or a near one of its names."""
    if meant is None or noted is None:
        return False
    if meant == noted:
        return True
    one, other = network.find(meant), network.find(noted)
    if one is None or other is None or not one.names or one.names != other.names:
        return False
    return _apart_m(one, other) <= ONE_STREET_M


def _on_one_street(found: Iterable[Segment], alike: Collection[Segment]) -> frozenset[SegmentId]:
    """Return pieces with those of their name near them."""
    return frozenset(
        each.id for one in found for each in alike if _apart_m(one, each) <= ONE_STREET_M
    )


def _apart_m(one: Segment, other: Segment) -> float:
    halfway = (each.geometry[len(each.geometry) // 2] for each in (one, other))
    return distance_m(*halfway)


def _corners(street: str, other: str) -> frozenset[str]:
    """Return how a crossing of two streets is named, in all languages."""
    return frozenset(one.corner.format(street=street, other=other) for one in SPEECH.values())


def _numbers(number: str) -> frozenset[str]:
    """Return how a house number is said after a street's name, in all languages."""
    return frozenset(one.numbered("", number) for one in SPEECH.values())
