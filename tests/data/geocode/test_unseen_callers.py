"""The yardstick of `make bench ONLY=geocode_unseen`: what is fitted on is not judged by."""

from functools import cache

import pytest

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.spelling import plain
from tests.benchmarks.queries.unseen import slips
from tests.benchmarks.queries.unseen.callers import UnseenCallers
from tests.benchmarks.queries.unseen.cities import GappedCity
from tests.benchmarks.queries.unseen.parts import AUTHORS
from tests.town import sample_town

_, SECOND, _ = AUTHORS["fit"]


@cache
def gapped() -> GappedCity:
    network, places = sample_town()
    return GappedCity(City("town", network, places, persian=True), 3)


def test_streets_that_are_left_out_are_on_the_map_without_a_name():
    mapped = gapped().mapped

    assert len(mapped.network.segments) == len(gapped().whole.network.segments)
    assert not {plain(street.base) for street in gapped().gone} & mapped.facts.bases


@pytest.mark.parametrize("word", ["رودکی", "Lafayette"])
def test_a_word_split_at_a_syllable_keeps_its_letters(word: str):
    said = SECOND.slips.split(Chance(1), word)

    assert said != word
    assert plain(said) == plain(word)


def test_a_writer_of_finglish_keeps_to_one_spelling_of_a_sound():
    spelled = slips.by_habit(["kh>kh|x", r"(a)\1?>\1|\1\1"])

    said = {spelled(Chance(seed), "khaki khan") for seed in range(20)}

    assert said == {"khaki khan", "xaki xan", "khaaki khaan", "xaaki xaan"}


def test_half_of_the_writers_of_finglish_of_an_author_say_a_word_for_street():
    writers = UnseenCallers(gapped(), SECOND, 1)
    street = next(each for each in writers.facts.streets if each.kind == "خیابان")

    said = [writers.kinded_finglish(street, "golriz") for _ in range(40)]

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


def test_a_word_left_out_leaves_the_others():
    assert slips.left_out(Chance(2), "شهید حسن رحیمی").split() in (
        ["حسن", "رحیمی"],
        ["شهید", "رحیمی"],
        ["شهید", "حسن"],
    )
