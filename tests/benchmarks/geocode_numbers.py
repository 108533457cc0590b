"""How right and how sure the geocoder is of house numbers, with and without them on its map.

The truth is where the map has the house. The geocoder that is asked has all numbers, lacks the one
that is asked for, or lacks all of its street.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from data.geocode import Geocoder
from tests.benchmarks.geocode import HELD_OUT_SEED, cities
from tests.benchmarks.queries.answers import Answer, ask
from tests.benchmarks.queries.houses import house_callers
from tests.benchmarks.queries.query import RIGHT_M

EACH = 120
"""Houses that are asked for in each city, of which one number is left out on a street."""

SURE = 0.9
NUMBERED = 20
"""Least number of houses of a city that is asked."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured and what was promised."""
    for city in cities():
        if len(city.facts.mapped_houses) >= NUMBERED:
            for what, mapped, queries in house_callers(city, HELD_OUT_SEED, EACH):
                answers = ask(city, Geocoder(mapped.network, mapped.places), queries)
                yield from _measures(f"{city.name}: {what}", answers)


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
