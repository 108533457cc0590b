"""Confidence of a candidate: from its score, its rivals, and the unexplained words."""

from dataclasses import dataclass

import numpy as np

CONFIDENT = 0.975
"""Least confidence at which the caller is not asked to confirm an answer."""

CALIBRATION = (
    (0.0, 0.0),
    (0.153, 0.01),
    (0.177, 0.019),
    (0.219, 0.074),
    (0.286, 0.077),
    (0.334, 0.444),
    (0.37, 0.704),
    (0.382, 0.778),
    (0.395, 0.815),
    (0.43, 0.882),
    (0.52, 0.92),
    (0.643, 0.926),
    (0.678, 0.961),
    (0.943, 0.998),
    (1.0, 0.999),
)
"""Agreement (0-1) and the share of such answers that are right, both rising. Measured with
`python -m tests.benchmarks.queries.calibrate 11 12 13 14`: drawn callers of four towns, one drawn
by us and three real ones, of three languages; between two rows in proportion."""

UNMATCHED, MISSING_STREET, MISSING_ALLEY, MISSING_HOUSE = 0.78, 0.55, 0.5, 0.8
"""Factors of the confidence for each unmatched word beside a name, and for each street, alley or
house number that the map does not have."""

GUESSED, UNANNOUNCED = 0.93, 0.75
"""As above, for a name found by similar letters or sound without other evidence, and for a word
that is taken for a name by its spelling alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """What a candidate leaves unexplained; `announced` is whether the words announce a name."""

    unmatched: int
    missing_streets: int
    missing_alley: bool
    missing_house: bool
    guessed: bool
    announced: bool


def confidence(score: float, rival: float, found: Mismatch) -> float:
    """Return the share (0-1) of candidates with this score that are right.

    Parameters
    ----------
    score, rival
        Agreement (0-1) of the answer, and of the best answer at another place, with the words.
    """
    ahead = min(rival / score, 1.0) if score > 0 else 1.0
    sure = score * (1.0 - 0.5 * ahead**8)
    sure *= UNMATCHED**found.unmatched * MISSING_STREET**found.missing_streets
    if found.missing_alley:
        sure *= MISSING_ALLEY
    if found.missing_house:
        sure *= MISSING_HOUSE
    if found.guessed:
        sure *= GUESSED
    return calibrated(sure if found.announced else sure * UNANNOUNCED)


def calibrated(agreement: float) -> float:
    """Return the calibrated share of right answers for an agreement."""
    known, shares = zip(*CALIBRATION, strict=True)
    return float(np.interp(agreement, known, shares))


def agreement_of(share: float) -> float:
    """Return the agreement at which this share of answers is right; the inverse of `calibrated`."""
    known, shares = zip(*CALIBRATION, strict=True)
    return float(np.interp(share, shares, known))
