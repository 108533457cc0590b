"""Callers who give house numbers, asked of maps with and without the numbers that they give."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from data.model import Place, Segment
from data.streets.network import build_network
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.facts import House
from tests.benchmarks.queries.query import Query
from tests.benchmarks.queries.spelling import plain

KNOWN, MISSING, UNNUMBERED = "number on the map", "number missing", "no number of the street"


class HouseCallers(NamedTuple):
    """What a map has of the numbers that callers give, the city as it has it, and the callers."""

    what: str
    mapped: City
    queries: Sequence[Query]


def house_callers(city: City, seed: int, each: int) -> Iterator[HouseCallers]:
    """Yield three maps of a city that has numbers, with callers who ask for a house a street."""
    houses = _houses(city, Chance(seed), each)
    queries = [
        Query("house", _said(city, house, bare=bool(nth % 2)), house.truth)
        for nth, house in enumerate(houses)
    ]
    wanted = {(plain(house.street.name), plain(house.number)) for house in houses}
    streets = {street for street, _ in wanted}
    numbered = [(place, plain(place.street), plain(place.number)) for place in city.places]
    yield HouseCallers(KNOWN, city, queries)
    places = tuple(p for p, street, number in numbered if (street, number) not in wanted)
    ranged = {plain(house.street.name): int(house.number) for house in houses if _is_ranged(house)}
    segments = [replace(s, houses=()) if _has(s, ranged) else s for s in city.network.segments]
    yield HouseCallers(MISSING, _with(city, segments, places), queries)
    places = tuple(replace(p, number="") if street in streets else p for p, street, _ in numbered)
    segments = [replace(s, houses=()) if _names(s) & streets else s for s in city.network.segments]
    yield HouseCallers(UNNUMBERED, _with(city, segments, places), queries)


def _houses(city: City, chance: Chance, each: int) -> list[House]:
    """Return a house of each of so many streets: mapped ones, else of ranges."""
    found = chance.sample(city.facts.mapped_houses, each)
    if not found:
        streets = chance.sample(city.facts.streets, each)
        ranged = (city.facts.ranged_house(chance, street) for street in streets)
        found = [house for house in ranged if house is not None and not house.truth.is_empty]
    return list({plain(house.street.name): house for house in found}.values())


def _is_ranged(house: House) -> bool:
    return house.number.isascii() and house.number.isdigit()


def _has(segment: Segment, ranged: dict[str, int]) -> bool:
    """Whether a segment has a number that is asked for within a range."""
    numbers = [ranged[name] for name in _names(segment) if name in ranged]
    return any(
        min(each.first, each.last) <= number <= max(each.first, each.last)
        for number in numbers
        for each in segment.houses
    )


def _names(segment: Segment) -> set[str]:
    return {plain(name) for several in segment.names.values() for name in several}


def _with(city: City, segments: Sequence[Segment], places: tuple[Place, ...]) -> City:
    network = build_network(segments, city.network.restrictions)
    return City(city.name, network, places, city.persian)


def _said(city: City, house: House, *, bare: bool) -> str:
    """Return a street with a number behind it, in Persian with a word for it unless `bare`.

    The word is there, too, where alleys are called by the street's name and a number.
    """
    alleys = any(
        s.base.startswith(f"{house.street.base} ") and s.base[-1].isdigit()
        for s in city.facts.streets
    )
    between = "، پلاک " if city.persian and (alleys or not bare) else " "
    return f"{house.street.name}{between}{house.number}"
