"""How weights do on a town or an author that they were not fitted by: each is left out in turn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.geocode.certainty.confidence import confidence

CONFIDENT, SURE = 0.5, 0.9


class Judged(NamedTuple):
    """A first answer: its evidence (none where nothing was found), and how likely it was right.

    `weight` is how many callers it stands for, `counts` the same, but 0 where it is for fitting
    only; `author` who wrote the caller, "" for drawn ones; `negative` whether no answer could be
    right.
    """

    city: str
    author: str
    weight: float
    counts: float
    evidence: Mapping[str, float]
    hit: float
    negative: bool

    @property
    def town(self) -> str:
        """The town of a half city: "Tehran" of "Tehran west"."""
        return self.city.partition(" ")[0]


class LeftOut(NamedTuple):
    """What was measured of a town or an author, shares from 0 to 1."""

    name: str
    negatives_confident: float
    right_where_sure: float
    truths_sure: float
    calibration_error: float

    def __str__(self) -> str:
        return (
            f"{self.name}: negatives with 0.5 and more {self.negatives_confident:.1%}, right of "
            f"those at 0.9 and more {self.right_where_sure:.1%}, callers with a truth who get that "
            f"{self.truths_sure:.1%}, calibration error {self.calibration_error:.3f}"
        )


def left_out(
    answers: Sequence[Judged],
    part: Callable[[Judged], str],
    fit: Callable[[Sequence[Judged]], Mapping[str, float]],
) -> Iterator[LeftOut]:
    """Yield for each part what weights of all the others are worth in it, and for all at last.

    Answers of part "" are always fitted by, and not measured.
    """
    several: list[tuple[Sequence[Judged], NDArray[np.float64]]] = []
    for name in dict.fromkeys(filter(None, map(part, answers))):
        weights = fit([each for each in answers if part(each) != name])
        own = [each for each in answers if part(each) == name and each.counts]
        sure = np.array([confidence(e.evidence, weights) if e.evidence else 0.0 for e in own])
        several.append((own, sure))
        yield measured(name, own, sure)
    yield measured(
        "all", [each for own, _ in several for each in own], np.concatenate([s for _, s in several])
    )


def measured(name: str, answers: Sequence[Judged], sure: NDArray[np.float64]) -> LeftOut:
    counts = np.array([each.counts for each in answers])
    hits = np.array([each.hit for each in answers])
    negative = np.array([each.negative for each in answers])
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = (abs(float((counts * (hits - sure))[bins == b].sum())) for b in range(10))

    def share(holds: NDArray[np.bool_] | NDArray[np.float64], of: NDArray[np.bool_]) -> float:
        total = float(counts[of].sum())
        return float((counts * holds)[of].sum()) / total if total else 0.0

    return LeftOut(
        name,
        share(sure >= CONFIDENT, negative),
        share(hits, sure >= SURE),
        share(sure >= SURE, ~negative),
        sum(gaps) / float(counts.sum()),
    )
