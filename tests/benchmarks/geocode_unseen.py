"""How sure the geocoder is of streets that a city lacks, and of callers it was not made for.

`PART=judge make bench ONLY=geocode_unseen` asks callers of cities, seeds, sentences and slips that
were kept for judging, see `queries/unseen/parts.py`. Mend nothing by what they say: look at the
part for fitting, the default.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from data.geocode import Geocoder
from tests.benchmarks.geocode import SHARED
from tests.benchmarks.queries.answers import Answer, ask, median_ms
from tests.benchmarks.queries.unseen import measures
from tests.benchmarks.queries.unseen.callers import UnseenCallers
from tests.benchmarks.queries.unseen.cities import GappedCity, cities
from tests.benchmarks.queries.unseen.parts import AUTHORS

EACH = 40
"""Queries of a class, from each city, author and seed."""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured and what was promised."""
    part = os.environ.get("PART", "fit")
    if not AUTHORS[part]:
        yield f"{part}: nobody to ask", "–", ""
        return
    everything: list[Answer] = []
    for city in all_cities(part):
        answers = answered(city, part)
        yield from measures.rows(f"{part}: {city.name}", answers)
        everything += answers
    yield from measures.rows(f"{part}: all", everything)
    yield from measures.reliability(everything)
    yield "a query, median", f"{median_ms(everything):.1f} ms", "3 ms"


def all_cities(part: str) -> Iterator[GappedCity]:
    shared = Path(os.environ.get("BARFRUB_SHARED_DATA", SHARED.parent)) / "osm"
    yield from cities(part, shared)


def answered(city: GappedCity, part: str) -> list[Answer]:
    """Return the answers to all callers of a city; talk without an address once."""
    geocoder = Geocoder(city.mapped.network, city.mapped.places)
    queries = {
        query.text: query
        for author in AUTHORS[part]
        for seed in author.seeds
        for query in UnseenCallers(city, author, seed).queries(EACH)
    }
    return ask(city.mapped, geocoder, list(queries.values()))
