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

OTHERS = "others_of_name"
"""Sign of how likely another street of the same name is meant; it has no weight."""

OF_HOUSES = ("house_far", "house_between_far", "missing_house")
"""Signs of how well a house number is placed on its street."""


@cache
def weights() -> Mapping[str, float]:
    """Return how much each sign weighs, and `bias`, the weight of an answer without any sign."""
    table: dict[str, float] = tomllib.loads(
        files("data.geocode.certainty").joinpath("confidence.toml").read_text("utf-8")
    )
    return table


def confidence(evidence: Mapping[str, float], known: Mapping[str, float] | None = None) -> float:
    """Return the share (0-1) of answers with this evidence that are right, by its weights.

    A logistic function, of which streets of one name have a part each.
    """
    known = known or weights()
    signs = (pair for pair in evidence.items() if pair[1] and pair[0] != OTHERS)
    odds = known["bias"] + sum(known[sign] * much for sign, much in signs)
    return (1.0 - evidence[OTHERS]) / (1.0 + exp(-odds))


def is_sure(evidence: Mapping[str, float]) -> bool:
    """Whether the best answer is taken without asking the caller.

    How well a house number is placed does not count: the caller could say no more, and the truck
    sees the house.
    """
    if evidence["rival"] >= NO_RIVAL or any(evidence[doubt] for doubt in DOUBTS):
        return False
    of_street = {sign: much for sign, much in evidence.items() if sign not in OF_HOUSES}
    return confidence(of_street) >= CONFIDENT
