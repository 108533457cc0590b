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


@pytest.mark.parametrize("language", ["fa", "finglish", "en"])
def test_two_hundred_sentences_without_an_address_are_kept_for_judging(language: str):
    fit, judge = (
        (HERE / "talk" / f"{language}_{part}.txt").read_text("utf-8").splitlines()
        for part in ("fit", "judge")
    )

    assert not set(fit) & set(judge)
    assert len(set(judge)) == len(judge) >= 200
    assert set(fit) < set(talk("fit"))


@pytest.mark.parametrize("file", ["frames.toml", "elsewhere.toml"])
def test_no_sentence_and_no_name_is_in_both_parts(file: str):
    parts = tomllib.loads((HERE / file).read_text("utf-8"))

    for key, several in parts["fit"].items():
        assert set(several) & set(parts["judge"][key]) <= {"{n}"}


@pytest.mark.parametrize("part", ["fit", "judge"])
@pytest.mark.parametrize("word", ["سرداران پیر", "Lafayette Grove"])
def test_what_is_heard_wrong_is_not_what_was_said(part: str, word: str):
    sounds = tomllib.loads((HERE / "frames.toml").read_text("utf-8"))[part]["heard"]

    assert slips.rewritten(sounds)(Chance(1), word) not in (word, None)


@pytest.mark.parametrize("word", ["رودکی", "Lafayette"])
def test_a_word_split_at_a_syllable_keeps_its_letters(word: str):
    said = slips.OF_PART["judge"].split(Chance(1), word)

    assert said != word
    assert plain(said) == plain(word)


def test_a_writer_of_finglish_keeps_to_one_spelling_of_a_sound():
    spelled = slips.by_habit(["kh>kh|x", r"(a)\1?>\1|\1\1"])

    said = {spelled(Chance(seed), "khaki khan") for seed in range(20)}

    assert said == {"khaki khan", "xaki xan", "khaaki khaan", "xaaki xaan"}


def test_half_of_the_writers_of_finglish_for_judging_say_a_word_for_street():
    judge = UnseenCallers(gapped(), "judge", 1)
    street = next(each for each in judge.facts.streets if each.kind == "خیابان")

    said = [judge.kinded_finglish(street, "golriz") for _ in range(40)]

    assert 5 < said.count("golriz") < 35
    assert all("golriz" in each for each in said)


def test_the_end_of_a_name_is_said_only_where_it_is_much_of_it():
    assert slips.last_words(Chance(1), "Lafayette Memorial Way") in (None, "Memorial Way")
    assert slips.last_words(Chance(1), "Railroad Anx") is None


def test_the_beginning_of_a_name_is_said_only_where_it_is_much_of_it():
    assert slips.first_words(Chance(1), "Lafayette Memorial Way") in (
        "Lafayette",
        "Lafayette Memorial",
    )
    assert slips.first_words(Chance(1), "Anx Railroad") is None


def test_a_turned_name_begins_with_its_last_word():
    said = {slips.turned(Chance(seed), "حسن رحیمی") for seed in range(9)}

    assert said == {"رحیمی حسن", "رحیمی، حسن"}


def test_neighbouring_words_are_exchanged():
    assert slips.exchanged(Chance(1), "حسن رحیمی") == "رحیمی حسن"


@pytest.mark.parametrize("part", ["fit", "judge"])
def test_callers_say_the_word_for_street_at_the_end_and_name_places(part: str):
    kinds = {query.kind for query in UnseenCallers(gapped(), part, 1).queries(2)}

    assert "near a place" in kinds
    assert "kind at the other end" in kinds


def test_a_word_left_out_leaves_the_others():
    assert slips.left_out(Chance(2), "شهید حسن رحیمی").split() in (
        ["حسن", "رحیمی"],
        ["شهید", "رحیمی"],
        ["شهید", "حسن"],
    )
