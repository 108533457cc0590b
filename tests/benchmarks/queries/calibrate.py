"""`python -m tests.benchmarks.queries.calibrate`: fits `data/geocode/confidence.toml`.

First answers to the callers for fitting, with names left out of each map in two ways, and to the
drawn callers of `make bench ONLY=geocode`, without the seeds and phrases of its table. The weights
are those of a logistic regression of right answers on their evidence. No sign that speaks against
an answer may speak for it, however the callers fell. Negatives count more than once, since a truck
in the wrong street costs more than a question.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import tomlkit
from numpy.typing import NDArray
from scipy.optimize import minimize

from data.geocode import Geocoder
from tests.benchmarks.geocode_unseen import all_cities
from tests.benchmarks.queries.answers import Answer, ask
from tests.benchmarks.queries.query import Query
from tests.benchmarks.queries.unseen.callers import UnseenCallers
from tests.benchmarks.queries.unseen.cities import GappedCity
from tests.benchmarks.queries.unseen.measures import right

FILE = Path(__file__).parents[3] / "data" / "geocode" / "confidence.toml"

GAPS = (61, 63)
"""Seeds by which names are left out of the maps."""

SEEDS = (811, 812)
DRAWN_SEEDS = (11, 12)
EACH, EACH_DRAWN = 40, 15

NEGATIVE_WEIGHT = 2.0
RIDGE = 1.0
BY_HAND = {"missing_house": -1.5, "wide": -4.0}
"""Signs of which these callers have too few; their weights are chosen."""

FOR = frozenset({"proof"})
"""Signs that speak for an answer; all others speak against it."""

type Table = Sequence[tuple[Mapping[str, float], bool, bool]]
"""Evidence, whether the answer was right, whether no answer could be."""


def judged() -> Iterator[tuple[Mapping[str, float], bool, bool]]:
    for whole in all_cities("fit"):
        for gap in GAPS:
            city = GappedCity(whole.whole, gap)
            geocoder = Geocoder(city.mapped.network, city.mapped.places)
            for answer in ask(city.mapped, geocoder, list(_queries(city).values())):
                if answer.candidates:
                    yield _row(answer)


def _queries(city: GappedCity) -> dict[str, Query]:
    unseen = (UnseenCallers(city, "fit", seed + city.seed).queries(EACH) for seed in SEEDS)
    drawn = (city.mapped.callers(seed, held_out=False).queries(EACH_DRAWN) for seed in DRAWN_SEEDS)
    return {query.text: query for several in (*unseen, *drawn) for query in several}


def _row(answer: Answer) -> tuple[Mapping[str, float], bool, bool]:
    return answer.candidates[0].evidence, right(answer), answer.query.truth is None


def fitted(table: Table) -> dict[str, float]:
    """Return the weights of all signs, and `bias`."""
    signs = list(table[0][0])
    rows = np.array([[1.0, *(evidence[sign] for sign in signs)] for evidence, _, _ in table])
    hits = np.array([float(hit) for _, hit, _ in table])
    counts = np.array([NEGATIVE_WEIGHT if negative else 1.0 for _, _, negative in table])
    ridge = RIDGE * np.array([0.0, *rows[:, 1:].var(axis=0)])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = rows @ weights
        shares = 1.0 / (1.0 + np.exp(-odds))
        total = counts @ (np.logaddexp(0.0, odds) - hits * odds) + ridge @ weights**2
        return total, rows.T @ (counts * (shares - hits)) + 2.0 * ridge * weights

    bounds = [(None, None), *map(_bounds, signs)]
    start = np.zeros(len(signs) + 1)
    found = minimize(loss, start, jac=True, bounds=bounds, options={"maxiter": 2000})
    return dict(zip(("bias", *signs), found.x.tolist(), strict=True))


def _bounds(sign: str) -> tuple[float | None, float | None]:
    if sign in BY_HAND:
        return BY_HAND[sign], BY_HAND[sign]
    return (0.0, None) if sign in FOR else (None, 0.0)


def write(weights: Mapping[str, float]) -> None:
    """Write the weights into their file, whose remarks stay."""
    table = tomlkit.parse(FILE.read_text("utf-8"))
    table.update({sign: round(weight, 2) for sign, weight in weights.items()})
    FILE.write_text(tomlkit.dumps(table), "utf-8")


if __name__ == "__main__":
    write(fitted(list(judged())))
