"""How right and how sure the geocoder is of house numbers, with and without them on its map.

The truth is where the map has the house. The geocoder that is asked has all numbers, lacks the one
that is asked for, or lacks all of its street.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from data.geocode import Geocoder
from tests.benchmarks.geocode import HELD_OUT_SEED, cities
from tests.benchmarks.queries.answers import Answer, ask
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.facts import House
from tests.benchmarks.queries.query import RIGHT_M, Query
from tests.benchmarks.queries.spelling import plain

EACH = 120
"""Houses that are asked for in each city, of which one number is left out on a street."""

SURE = 0.9
NUMBERED = 20
"""Least number of houses of a city that is asked."""


class Asked(NamedTuple):
    """What a geocoder has of the numbers that it is asked for, and its answers."""

    what: str
    answers: Sequence[Answer]


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured and what was promised."""
    for city in cities():
        if len(city.facts.mapped_houses) >= NUMBERED:
            for what, answers in _asked(city):
                yield from _measures(f"{city.name}: {what}", answers)


def _asked(city: City) -> Iterator[Asked]:
    houses = Chance(HELD_OUT_SEED).sample(city.facts.mapped_houses, EACH)
    houses = list({plain(house.street.name): house for house in houses}.values())
    wanted = {(plain(house.street.name), plain(house.number)) for house in houses}
    streets = {street for street, _ in wanted}
    numbered = [(place, plain(place.street), plain(place.number)) for place in city.places]
    maps = {
        "number on the map": city.places,
        "number missing": [p for p, street, number in numbered if (street, number) not in wanted],
        "no number of the street": [
            replace(p, number="") if street in streets else p for p, street, _ in numbered
        ],
    }
    queries = [Query("number", _said(city, house), house.truth) for house in houses]
    for what, places in maps.items():
        yield Asked(what, ask(city, Geocoder(city.network, places), queries))


def _said(city: City, house: House) -> str:
    between = "، پلاک " if city.persian else " "
    return f"{house.street.name}{between}{house.number}"


def _measures(what: str, answers: Sequence[Answer]) -> Iterator[tuple[str, str, str]]:
    given = [each for each in answers if each.candidates]
    right = np.array([each.away_m <= RIGHT_M for each in given])
    sure = np.array([each.candidates[0].confidence for each in given])
    within = [each.away_m <= max(each.candidates[0].uncertain_m, RIGHT_M) for each in given]
    yield f"{what}, right", f"{right.mean():.1%} of {len(answers)}", ""
    yield f"{what}, mean confidence", f"{sure.mean():.1%}", "as many as right"
    if (sure >= SURE).any():
        held = right[sure >= SURE]
        yield f"{what}, right of those at 0.9 and more", f"{held.mean():.1%} of {len(held)}", "98%"
    yield f"{what}, within the metres that it says", f"{np.mean(within):.1%}", ""
