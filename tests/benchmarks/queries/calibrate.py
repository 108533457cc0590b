"""`python -m tests.benchmarks.queries.calibrate SEED…`: the table for `data/geocode/confidence.py`.

Answers to drawn callers of every city on this machine, sorted by how well all of it agreed; the
table says where the share of right answers rises. Negatives count: no answer to them is right.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from data.geocode import Geocoder
from data.geocode.confidence import agreement_of
from tests.benchmarks.geocode import cities
from tests.benchmarks.queries.answers import ask
from tests.benchmarks.queries.query import RIGHT_M

EACH = 40
LEAST_GROUP = 25


@dataclass(slots=True)
class _Group:
    """Answers side by side: how well they agreed in sum, how many, how many were right."""

    agreement: float
    count: int
    right: int

    @property
    def share(self) -> float:
        return (self.right + 1) / (self.count + 2)  # nobody is sure of what was seen a few times


def judged(seeds: Sequence[int]) -> Iterator[tuple[float, bool]]:
    """Yield how well each first answer agreed with the words, and whether it was right."""
    for city in cities():
        geocoder = Geocoder(city.network, city.places)
        for seed in seeds:
            queries = list(city.callers(seed, held_out=False).queries(EACH))
            for answer in ask(city, geocoder, queries):
                if answer.candidates:
                    found = agreement_of(answer.candidates[0].confidence)
                    yield found, answer.away_m <= RIGHT_M


def steps(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Return (agreement, share of right answers), rising: neighbours that fall are joined."""
    groups: list[_Group] = []
    for agreement, right in sorted(pairs):
        if not groups or groups[-1].count >= LEAST_GROUP:
            groups.append(_Group(0.0, 0, 0))
        groups[-1].agreement += agreement
        groups[-1].count += 1
        groups[-1].right += right
    rising: list[_Group] = []
    for group in groups:
        rising.append(group)
        while len(rising) > 1 and rising[-2].share >= rising[-1].share:
            last = rising.pop()
            rising[-1].agreement += last.agreement
            rising[-1].count += last.count
            rising[-1].right += last.right
    return [(round(g.agreement / g.count, 3), round(g.share, 3)) for g in rising]


if __name__ == "__main__":
    for step in steps(list(judged([int(each) for each in sys.argv[1:]]))):
        print(f"    {step},")
