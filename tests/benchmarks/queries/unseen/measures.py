"""How right and how sure the answers to unseen callers are."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from tests.benchmarks.queries.answers import Answer, by_class
from tests.benchmarks.queries.query import RIGHT_M
from tests.benchmarks.queries.unseen.callers import NEGATIVES

CONFIDENT, SURE = 0.5, 0.9
BINS = np.linspace(0.0, 1.0, 11)

type Row = tuple[str, str, str]


def right(answer: Answer) -> bool:
    """Whether the first answer is at the truth; never where there is none."""
    return answer.away_m <= RIGHT_M


def sureness(answer: Answer) -> float:
    return answer.candidates[0].confidence if answer.candidates else 0.0


def calibration_error(answers: Sequence[Answer]) -> float:
    """Return the expected difference of confidence and share of right answers, ten bins."""
    sure = np.array([sureness(each) for each in answers])
    hits = np.array([each.share for each in answers])
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs(float((hits[bins == b] - sure[bins == b]).sum())) for b in range(10)]
    return sum(gaps) / len(answers)


def rows(city: str, answers: Sequence[Answer]) -> Iterator[Row]:
    """Yield what was measured of one city, or of all."""
    asked = [each for each in answers if each.query.truth is not None]
    for kind, several in by_class(asked).items():
        yield f"{city}: {kind}, first answer right", _share(map(right, several)), "90%"
    yield f"{city}: first answer right", _share(map(right, asked)), "96%"
    unmapped = [each for each in answers if each.query.truth is None]
    for kind in NEGATIVES:
        several = [each for each in unmapped if each.query.kind == kind]
        confident = _share(sureness(each) >= CONFIDENT for each in several)
        yield f"{city}: {kind}, confident", confident, ""
    confident = _share(sureness(each) >= CONFIDENT for each in unmapped)
    yield f"{city}: negatives, confident", confident, "2% at most"
    sure = _share(each.share for each in answers if sureness(each) >= SURE)
    yield f"{city}: right of those at 0.9 and more", sure, "98%"
    covered = _share(sureness(each) >= SURE for each in asked)
    yield f"{city}: callers with a truth who get 0.9 and more", covered, ""
    placed = [each for each in answers if each.confident]
    yield f"{city}: right of those placed unasked", _share(map(right, placed)), ""
    yield f"{city}: expected calibration error", f"{calibration_error(answers):.3f}", "0.02"


def reliability(answers: Sequence[Answer]) -> Iterator[Row]:
    """Yield for each tenth of confidence how many answers were right."""
    for low, high in pairwise(BINS.tolist()):
        held = [a for a in answers if low <= sureness(a) < high + (high == 1.0)]
        if held:
            yield (
                f"right where sure by {low:.0%} to {high:.0%}",
                _share(each.share for each in held),
                "",
            )


def _share(facts: Iterable[float]) -> str:
    known = list(facts)
    return f"{sum(known) / len(known):.1%} of {len(known)}" if known else "–"
