"""Confidence of a candidate: how likely it is right, by the evidence for and against it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import exp

CONFIDENT = 0.95
"""Least confidence at which the caller is not asked to confirm an answer."""

NO_RIVAL = 0.8
"""Sign "rival" from which on the answer is a choice between places, however sure the words are."""

DOUBTS = ("apart", "missing_streets", "missing_alley", "wide")
"""Signs with which a caller is asked, however sure the street is: some of his words fail."""


@cache
def weights() -> Mapping[str, float]:
    """Return how much each sign weighs, and `bias`, the weight of an answer without any sign."""
    table: dict[str, float] = tomllib.loads(
        files("data.geocode").joinpath("confidence.toml").read_text("utf-8")
    )
    return table


def confidence(evidence: Mapping[str, float]) -> float:
    """Return the share (0-1) of answers with this evidence that are right; a logistic function."""
    known = weights()
    odds = known["bias"] + sum(known[sign] * much for sign, much in evidence.items() if much)
    return 1.0 / (1.0 + exp(-odds))


def is_sure(evidence: Mapping[str, float]) -> bool:
    """Whether the best answer is taken without asking the caller."""
    if evidence["rival"] >= NO_RIVAL or any(evidence[doubt] for doubt in DOUBTS):
        return False
    return confidence(evidence) >= CONFIDENT
