"""The yardstick of `make bench ONLY=geocode_unseen`: what is fitted on is not judged by."""

import tomllib
from functools import cache

import pytest

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.spelling import plain
from tests.benchmarks.queries.unseen import slips
from tests.benchmarks.queries.unseen.callers import HERE, NEGATIVES, UnseenCallers, talk
from tests.benchmarks.queries.unseen.cities import GappedCity
from tests.town import sample_town


@cache
def gapped() -> GappedCity:
    network, places = sample_town()
    return GappedCity(City("town", network, places, persian=True), 3)


@cache
def callers() -> UnseenCallers:
    return UnseenCallers(gapped(), "fit", 1)


def test_streets_that_are_left_out_are_on_the_map_without_a_name():
    mapped = gapped().mapped

    assert len(mapped.network.segments) == len(gapped().whole.network.segments)
    assert not {plain(street.base) for street in gapped().gone} & mapped.facts.bases


def test_callers_without_a_truth_are_of_every_class():
    drawn = list(callers().queries(2))

    assert {query.kind for query in drawn if query.truth is None} == set(NEGATIVES)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_two_hundred_sentences_without_an_address_are_kept_in_two_parts(language: str):
    fit, judge = (
        (HERE / "talk" / f"{language}_{part}.txt").read_text("utf-8").splitlines()
        for part in ("fit", "judge")
    )

    assert len(set(fit) | set(judge)) == len(fit) + len(judge) >= 200
    assert set(fit) < set(talk("fit"))


@pytest.mark.parametrize("file", ["frames.toml", "elsewhere.toml"])
def test_no_sentence_and_no_name_is_in_both_parts(file: str):
    parts = tomllib.loads((HERE / file).read_text("utf-8"))

    for one, other in zip(parts["fit"].values(), parts["judge"].values(), strict=True):
        assert set(one) & set(other) <= {"{n}"}


@pytest.mark.parametrize("part", ["fit", "judge"])
@pytest.mark.parametrize("word", ["سرداران پیر", "Lafayette Grove"])
def test_what_is_heard_wrong_is_not_what_was_said(part: str, word: str):
    sounds = tomllib.loads((HERE / "frames.toml").read_text("utf-8"))[part]["heard"]

    assert slips.heard_wrong(sounds)(Chance(1), word) not in (word, None)


def test_a_word_left_out_leaves_the_others():
    assert slips.left_out(Chance(2), "شهید حسن رحیمی").split() in (
        ["حسن", "رحیمی"],
        ["شهید", "رحیمی"],
        ["شهید", "حسن"],
    )
