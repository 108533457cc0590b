"""`python -m tests.benchmarks.queries.calibrate`: fits `data/geocode/certainty/confidence.toml`.

First answers to the callers for fitting, with names left out of each map in four ways, to drawn
callers of `make bench ONLY=geocode`, without the seeds and phrases of its table, and to callers
who give house numbers that a map has or lacks. The weights are those of a logistic regression of
right answers on their evidence. No sign that speaks against an answer may speak for it, however
the callers fell; of signs that few callers show, weights stay near what we believed before
(`EXPECTED`). Callers count as often as those of their class are asked by `geocode_unseen`, so that
what is said to be likely is as likely there. All callers but those of houses are asked twice on the
first map, the second time with a share of the words of everyday talk unknown: callers to come say
words that are on no list.

Prints before that how weights do that are fitted on all towns but one, on the callers of that one,
and on all authors but one (`left_out.py`): what is to be expected of those that nobody fitted by.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import numpy as np
import tomlkit
from numpy.typing import NDArray
from scipy.optimize import minimize

from data.geocode import Geocoder
from data.geocode.certainty.confidence import OTHERS
from data.geocode.text import everyday_talk, finglish
from data.geocode.text.lexicon import languages
from tests.benchmarks.geocode_unseen import all_cities
from tests.benchmarks.queries.answers import ask
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.houses import house_callers
from tests.benchmarks.queries.left_out import Judged, left_out
from tests.benchmarks.queries.query import Query
from tests.benchmarks.queries.unseen.callers import ELSEWHERE, NEGATIVES, TALK, UnseenCallers
from tests.benchmarks.queries.unseen.cities import GappedCity
from tests.benchmarks.queries.unseen.parts import AUTHORS, Author

FILE = Path(__file__).parents[3] / "data" / "geocode" / "certainty" / "confidence.toml"

GAPS = (61, 67)
"""Seeds by which names are left out of the maps."""

SEED = 811
DRAWN_SEEDS = (11, 12)
HOUSE_SEEDS = (21, 22)
EACH, EACH_DRAWN, EACH_HOUSE = 24, 11, 120

DRAWN = {ELSEWHERE: 0.35, TALK: 0.3}
"""Which shares of the long lists each map is asked, so that fitting stays a matter of minutes."""

ASKED = 80 / EACH
COUNTS = dict.fromkeys(NEGATIVES, 2.0) | {ELSEWHERE: 2 / DRAWN[ELSEWHERE], TALK: 1 / DRAWN[TALK]}
"""How often `geocode_unseen` asks for each caller here: those with a truth, and the others."""

DRAWN_COUNT = 2.0
"""For how many callers there one stands whom `make bench ONLY=geocode` or a house draws."""

WITHHELD = 30
"""How many in a hundred words of everyday talk are unknown at the second asking."""

NEGATIVE_WEIGHT = 1.75
"""How often each negative counts: a truck in the wrong street costs more than a question."""

RIDGE = 2.0

HELD, FIRMLY = 1.0, 100.0
"""How firmly an expected weight is held: as by so many callers' deviance for each unit squared."""

TINY = 1e-12

BELIEVED = -3.0
"""Weight of a sign of names that the map lacks, where callers do not tell another."""

EXPECTED = dict.fromkeys(
    (
        "kind_beside",
        "kind_leads",
        "goes_on_named",
        "next_name",
        "number_goes_on",
        "first_letter",
        "changed_known",
        "number_beside",
        "number_of_city",
        "number_is_house",
        "part_number",
        "other_town",
        "missing_announced",
        "missing_streets",
        "missing_alley",
        "wide",
    ),
    BELIEVED,
) | {
    "direction_beside": -5.0,
    "person": -4.0,
    "part_named": BELIEVED,
    "title_added": -4.5,
    "house_far": -7.5,
    "house_between_far": -9.0,
    "unannounced_ordinary": -4.0,
    "like_kind": -1.2,
}

FIRM = frozenset(
    {
        "part_named",
        "title_added",
        "house_far",
        "house_between_far",
        "kind_beside",
        "goes_on_named",
        "unannounced_ordinary",
        "like_kind",
        "number_of_city",
    }
)
"""Signs whose weight is held `FIRMLY`, since callers for fitting are unlike others: most of their
streets are called after persons, the drawn town's houses stand evenly apart, few towns number their
alleys, and hardly any has a "Mark Ave" that a caller of "St Mark Ave" could be taken for."""

FOR = frozenset({"proof"})
"""Signs that speak for an answer; all others speak against it."""


def judged() -> Iterator[Judged]:
    """Yield the answers to all callers, those of which nothing was found too."""
    for whole in all_cities("fit"):
        yield from _of_city(whole)


def _of_city(whole: GappedCity) -> Iterator[Judged]:
    for gap in GAPS:
        city = GappedCity(whole.whole, gap, whole.strangers)
        unseen = {author.name: _unseen(city, author) for author in AUTHORS["fit"]}
        several = {**unseen, "": _drawn(city)}
        for author, queries in several.items():
            yield from _judged(city.mapped, queries, author, counted=bool(author))
        if gap == GAPS[0]:
            with unknown_talk():
                for author, queries in several.items():
                    yield from _judged(city.mapped, queries, author)
    for seed in HOUSE_SEEDS:
        for _, mapped, queries in house_callers(whole.whole, seed, EACH_HOUSE):
            yield from _judged(mapped, queries)


@contextmanager
def unknown_talk() -> Iterator[None]:
    """Let the geocoder know fewer words of everyday talk."""
    fewer = tuple(
        replace(
            each,
            ordinary=tuple(
                word for word in each.ordinary if crc32(word.encode()) % 100 >= WITHHELD
            ),
        )
        for each in languages()
    )
    with patch.object(everyday_talk, "languages", lambda: fewer):
        _forget_talk()
        yield
    _forget_talk()


def _forget_talk() -> None:
    for each in (*vars(everyday_talk).values(), *vars(finglish).values()):
        if hasattr(each, "cache_clear") and each is not languages:
            each.cache_clear()


def _unseen(city: GappedCity, author: Author) -> list[Query]:
    """Return callers whom the grammar was not made for, a share of the long lists of negatives."""
    callers = UnseenCallers(city, author, SEED + city.seed)
    every = {query.text: query for query in callers.queries(EACH)}
    chance = Chance(city.seed)
    return [q for q in every.values() if chance.random() < DRAWN.get(q.kind, 1.0)]


def _drawn(city: GappedCity) -> list[Query]:
    callers = (city.mapped.callers(seed, held_out=False) for seed in DRAWN_SEEDS)
    return [query for each in callers for query in each.queries(EACH_DRAWN)]


def _judged(
    city: City, queries: Sequence[Query], author: str = "", *, counted: bool = False
) -> Iterator[Judged]:
    geocoder = Geocoder(city.network, city.places)
    for answer in ask(city, geocoder, queries):
        found = answer.candidates[0].evidence if answer.candidates else {}
        negative = answer.query.truth is None
        weight = COUNTS.get(answer.query.kind, ASKED) if author else DRAWN_COUNT
        count = weight if counted else 0.0
        yield Judged(city.name, author, weight, count, found, answer.share, negative)


def fitted(answers: Sequence[Judged]) -> dict[str, float]:
    """Return the weights of all signs, and `bias`."""
    table = [each for each in answers if each.evidence]
    signs = [sign for sign in table[0].evidence if sign != OTHERS]
    rows = np.array([[1.0, *(each.evidence[sign] for sign in signs)] for each in table])
    part = np.array([1.0 - each.evidence[OTHERS] for each in table])
    hits = np.array([each.hit for each in table])
    counts = np.array([e.weight * (NEGATIVE_WEIGHT if e.negative else 1.0) for e in table])
    counts /= counts.mean()
    believed = np.array([0.0, *(EXPECTED.get(sign, 0.0) for sign in signs)])
    held = np.array([0.0, *(_held(sign) for sign in signs)])
    ridge = held + RIDGE * np.array([0.0, *rows[:, 1:].var(axis=0)])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        shares = 1.0 / (1.0 + np.exp(-rows @ weights))
        wrong = np.maximum(1.0 - part * shares, TINY)
        off = weights - believed
        total = -counts @ (hits * np.log(np.maximum(shares, TINY)) + (1.0 - hits) * np.log(wrong))
        slopes = (1.0 - hits) * part * shares * (1.0 - shares) / wrong - hits * (1.0 - shares)
        return total + ridge @ off**2, rows.T @ (counts * slopes) + 2.0 * ridge * off

    bounds = [(None, None), *map(_bounds, signs)]
    start = np.zeros(len(signs) + 1)
    found = minimize(loss, start, jac=True, bounds=bounds, options={"maxiter": 3000})
    return dict(zip(("bias", *signs), found.x.tolist(), strict=True))


def _held(sign: str) -> float:
    if sign not in EXPECTED:
        return 0.0
    return FIRMLY if sign in FIRM else HELD


def _bounds(sign: str) -> tuple[float | None, float | None]:
    return (0.0, None) if sign in FOR else (None, 0.0)


def write(weights: Mapping[str, float]) -> None:
    """Write the weights into their file, whose remarks stay."""
    table = tomlkit.parse(FILE.read_text("utf-8"))
    table.update({sign: round(weight, 2) for sign, weight in weights.items()})
    FILE.write_text(tomlkit.dumps(table), "utf-8")


def main() -> None:
    answers = list(judged())
    for part in (attrgetter("town"), attrgetter("author")):
        for row in left_out(answers, part, fitted):
            print(row)
    write(fitted(answers))


if __name__ == "__main__":
    main()
