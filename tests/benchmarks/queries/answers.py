"""Answers of the geocoder to drawn callers: right or wrong, how sure, how fast."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from time import perf_counter

from data.geocode import Candidate, Geocoder
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.persian_callers import BLIND
from tests.benchmarks.queries.query import RIGHT_M, Query

BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0001)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a query, and in what time."""

    query: Query
    candidates: tuple[Candidate, ...]
    away_m: float
    took_s: float
    share: float
    """How likely the first answer is what the caller means, of several streets of its name."""

    @property
    def confident(self) -> bool:
        return bool(self.candidates) and self.candidates[0].confident

    @property
    def right(self) -> bool:
        """Near the truth; where there is none, not sure of anything."""
        return not self.confident if self.query.truth is None else self.away_m <= RIGHT_M


def ask(city: City, geocoder: Geocoder, queries: Sequence[Query]) -> list[Answer]:
    """Return the answers; a class of its own is asked where the map has no Latin names."""
    blind = None
    if any(query.kind == BLIND for query in queries):
        blind = Geocoder(*city.without_latin())
    return [
        _asked(city, blind if blind is not None and query.kind == BLIND else geocoder, query)
        for query in queries
    ]


def _asked(city: City, geocoder: Geocoder, query: Query) -> Answer:
    start_s = perf_counter()
    found = tuple(geocoder.candidates(query.text))
    took_s = perf_counter() - start_s
    away_m = query.away_m(found[0].point, city.network.projection) if found else float("inf")
    share = query.hit_share(away_m, found[0].point, city.network.projection) if found else 0.0
    return Answer(query, found, away_m, took_s, share)


def by_class(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    groups: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.query.kind].append(answer)
    return dict(groups)


def right_share(answers: Sequence[Answer]) -> float:
    return sum(answer.right for answer in answers) / len(answers)


def reliability(answers: Sequence[Answer]) -> Iterator[tuple[float, float, int, float]]:
    """Yield bins of confidence: from, to, how many answers, and the share that was right."""
    given = [answer for answer in answers if answer.candidates]
    for low, high in pairwise(BINS):
        held = [a for a in given if low <= a.candidates[0].confidence < high]
        if held:
            yield low, min(high, 1.0), len(held), sum(a.away_m <= RIGHT_M for a in held) / len(held)


def median_ms(answers: Sequence[Answer]) -> float:
    return 1000 * median(answer.took_s for answer in answers)
