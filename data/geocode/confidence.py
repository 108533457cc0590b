"""How sure an answer is: from how well all agrees, what else fits, and what is not explained."""

CONFIDENT = 0.8
"""An answer that is right this often needs nobody to ask back."""

STRAY, MISSING_STREET, MISSING_ALLEY, UNTOLD = 0.85, 0.55, 0.5, 0.75
"""What is left of the confidence for each unknown word beside a name, each street or alley that
nothing on the map bears, and where nothing but its spelling says that a word is a name."""


def confidence(
    score: float,
    rival: float,
    *,
    strays: int,
    missing_streets: int,
    missing_alley: bool,
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
    return sure if told else sure * UNTOLD
