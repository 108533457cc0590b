"""How sure an answer is: from how well all agrees, what else fits, and what is not explained."""

import numpy as np

CONFIDENT = 0.96
"""An answer that is right this often needs nobody to ask back."""

CALIBRATION = (
    (0.0, 0.0),
    (0.164, 0.038),
    (0.195, 0.058),
    (0.281, 0.333),
    (0.366, 0.519),
    (0.402, 0.556),
    (0.427, 0.667),
    (0.442, 0.741),
    (0.456, 0.815),
    (0.557, 0.847),
    (0.693, 0.852),
    (0.742, 0.942),
    (0.949, 0.998),
    (1.0, 0.999),
)
"""How well all agrees, and the share of such answers that are right, both rising. Measured with
`python -m tests.benchmarks.queries.calibrate 11 12`: drawn callers of five towns, one drawn by us
and four real ones, of four languages; between two rows in proportion."""

STRAY, MISSING_STREET, MISSING_ALLEY, MISSING_HOUSE = 0.78, 0.55, 0.5, 0.8
"""What is left of the confidence for each unknown word beside a name, and each street, alley or
house that nothing on the map bears."""

GUESSED, UNTOLD = 0.93, 0.75
"""As above, where a name is another one by its letters and nothing else speaks for it, and where
nothing but its spelling says that a word is a name."""


def confidence(
    score: float,
    rival: float,
    *,
    strays: int,
    missing_streets: int,
    missing_alley: bool,
    missing_house: bool,
    guessed: bool,
    told: bool,
) -> float:
    """Return how often an answer with this score is right, from 0 to 1.

    Parameters
    ----------
    score, rival
        How well the answer and the next one elsewhere agree with the words.
    """
    ahead = min(rival / score, 1.0) if score > 0 else 1.0
    sure = score * (1.0 - 0.5 * ahead**8)
    sure *= STRAY**strays * MISSING_STREET**missing_streets
    if missing_alley:
        sure *= MISSING_ALLEY
    if missing_house:
        sure *= MISSING_HOUSE
    if guessed:
        sure *= GUESSED
    return calibrated(sure if told else sure * UNTOLD)


def calibrated(agreement: float) -> float:
    """Return which share of answers is right where the words agree so well."""
    known, shares = zip(*CALIBRATION, strict=True)
    return float(np.interp(agreement, known, shares))


def agreement_of(share: float) -> float:
    """Return how well the words agree where this share of answers is right."""
    known, shares = zip(*CALIBRATION, strict=True)
    return float(np.interp(share, shares, known))
