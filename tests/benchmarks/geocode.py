"""How often the geocoder is right: drawn callers of drawn and real cities, class by class.

Seeds and a third of the phrases are held out: nothing was mended by looking at them.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from data.geocode import Geocoder
from data.samples import TOWN_FILE
from tests.benchmarks.queries.answers import (
    Answer,
    ask,
    by_class,
    median_ms,
    reliability,
    right_share,
)
from tests.benchmarks.queries.cities import City, read_city
from tests.benchmarks.queries.large import large_city

HELD_OUT_SEED = 271_828
EACH = 60
"""Queries of a class, from each city."""

WANTED, WANTED_CLASS, WANTED_FALSE = 0.95, 0.9, 0.02
SHARED = Path(__file__).parents[3] / "shared" / "data" / "osm"
HELSINKI = Path(__file__).parents[2] / "var" / "test-data" / "Helsinki.osm.pbf"


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured and what was promised."""
    for city in cities():
        start_s = perf_counter()
        geocoder = Geocoder(city.network, city.places)
        built_s = perf_counter() - start_s
        queries = list(city.callers(HELD_OUT_SEED, held_out=True).queries(EACH))
        answers = ask(city, geocoder, queries)
        yield from _classes(city.name, answers)
        yield from _reliability(city.name, answers)
        yield f"{city.name}: index built in", f"{built_s:.1f} s", ""
        yield f"{city.name}: a query, median", f"{median_ms(answers):.1f} ms", "30 ms"
    yield from _speed()


def _speed() -> Iterator[tuple[str, str, str]]:
    """Yield how long callers and typing operators wait in a city of 20,000 names."""
    city = large_city()
    geocoder = Geocoder(city.network, city.places)
    callers = city.callers(HELD_OUT_SEED, held_out=True)
    sentences = list(callers.queries(EACH, ("sentences",)))
    answers = ask(city, geocoder, sentences)
    yield f"{city.name}: a sentence, median", f"{median_ms(answers):.1f} ms", "30 ms"
    begun = [each.text[:end] for each in sentences for end in range(2, len(each.text))]
    waits_ms = np.array([_asked_ms(geocoder, text) for text in begun])
    for share in (50, 95, 100):
        wait_ms = np.percentile(waits_ms, share)
        yield f"{city.name}: after a key of it, p{share}", f"{wait_ms:.1f} ms", "50 ms (p95)"


def _asked_ms(geocoder: Geocoder, text: str) -> float:
    """Return how long the desk's question takes, which it asks after each key."""
    start_s = perf_counter()
    geocoder.candidates(text)
    return 1000 * (perf_counter() - start_s)


def cities() -> Iterator[City]:
    """Yield the drawn town and those real cities that are on this machine."""
    yield read_city("Barfabad", TOWN_FILE, persian=True)
    shared = Path(os.environ.get("BARFRUB_SHARED_DATA", SHARED.parent)) / "osm"
    real = (
        ("Tehran", shared / "tehran-d6-south.osm.pbf", True),
        ("Syracuse", shared / "syracuse-streets.osm.pbf", False),
        ("Botoșani", shared / "botosani.osm.pbf", False),
        ("Helsinki", HELSINKI, False),
    )
    for name, path, persian in real:
        if path.is_file():
            yield read_city(name, path, persian=persian)


def _classes(city: str, answers: Sequence[Answer]) -> Iterator[tuple[str, str, str]]:
    asked = [answer for answer in answers if answer.query.truth is not None]
    for kind, several in by_class(asked).items():
        yield f"{city}: {kind}", _share(right_share(several), several), f"{WANTED_CLASS:.0%}"
    yield f"{city}: all but negatives", _share(right_share(asked), asked), f"{WANTED:.0%}"
    negatives = [answer for answer in answers if answer.query.truth is None]
    sure = sum(answer.confident for answer in negatives) / len(negatives)
    yield f"{city}: negatives that are sure", _share(sure, negatives), f"{WANTED_FALSE:.0%} at most"


def _share(share: float, answers: Sequence[Answer]) -> str:
    return f"{share:.1%} of {len(answers)}"


def _reliability(city: str, answers: Sequence[Answer]) -> Iterator[tuple[str, str, str]]:
    for low, high, count, hit in reliability(answers):
        yield f"{city}: right where sure by {low:.0%} to {high:.0%}", f"{hit:.1%} of {count}", ""
