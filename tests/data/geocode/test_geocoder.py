import pytest

from data.geocode import Geocoder
from data.streets.network import build_network
from tests import village as v


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    return Geocoder(v.village(), v.village_places())


@pytest.mark.parametrize(
    "words",
    [
        "خیابان مدرسه",
        "خ. مدرسه",
        "مدرسه",
        "سلام، خیابان مدرسه، برف زیاد است",
        "لطفا در خیابان مدرسه برف روبی کنید",
        "بلوار مدرسه",
        "School Street",
        "school",
        "Hello, the snow on School Street is deep",
    ],
)
def test_the_street_named_in_the_words_is_found_for_sure(geocoder: Geocoder, words: str) -> None:
    found = geocoder.candidates(words)[0]
    assert (found.segment_id, found.confident) == (v.SCHOOL, True)


@pytest.mark.parametrize("words", ["School Street 1", "خیابان مدرسه ۱", "خیابان مدرسه، پلاک ۱"])
def test_a_number_that_the_map_lacks_makes_the_place_unsure_and_not_the_street(
    geocoder: Geocoder, words: str
) -> None:
    found = geocoder.candidates(words)[0]
    assert (found.segment_id, found.confident) == (v.SCHOOL, True)
    assert found.uncertain_m > 50
    assert found.confidence < geocoder.candidates("School Street")[0].confidence


def test_zwnj_and_arabic_letters_do_not_hide_a_street(geocoder: Geocoder) -> None:
    assert geocoder.candidates("خيابان گل سرخ")[0].segment_id == v.ROSE


def test_a_longer_name_wins_over_the_shorter_one_inside_it() -> None:
    streets = build_network(
        [
            v.a_segment(1, 1, 2, fa="خیابان امام"),
            v.a_segment(2, 4, 5, fa="خیابان امام خمینی", en="Khomeini Street"),
        ]
    )
    found = Geocoder(streets, ()).candidates("خیابان امام خمینی")
    assert [(each.segment_id, each.confident) for each in found] == [(2, True)]


def test_streets_far_apart_that_share_a_name_need_a_human() -> None:
    streets = build_network(
        [v.a_segment(1, 1, 4, fa="کوچه لاله"), v.a_segment(2, 3, 6, fa="کوچه لاله")]
    )
    found = Geocoder(streets, ()).candidates("کوچه لاله")
    assert {each.segment_id for each in found} == {1, 2}
    assert not any(each.confident for each in found)


def test_segments_in_a_row_are_one_street(geocoder: Geocoder) -> None:
    found = geocoder.candidates("خیابان امام")
    assert [each.confident for each in found] == [True]
    assert found[0].segment_id in {v.MAIN_WEST, v.MAIN_EAST}


def test_two_streets_in_one_sentence_need_a_human(geocoder: Geocoder) -> None:
    found = geocoder.candidates("خیابان مدرسه، خیابان باغ")
    assert {each.segment_id for each in found} == {v.SCHOOL, v.ORCHARD}
    assert not any(each.confident for each in found)


def test_a_house_number_decides_the_segment_and_the_side(geocoder: Geocoder) -> None:
    twelve, seven = (geocoder.candidates(f"خیابان امام پلاک {n}")[0] for n in ("۱۲", "7"))
    assert twelve.segment_id == seven.segment_id == v.MAIN_WEST
    assert twelve.side == "left"
    assert seven.side == "right"
    assert twelve.confident


def test_the_beginning_of_a_name_is_enough(geocoder: Geocoder) -> None:
    assert [each.segment_id for each in geocoder.candidates("Orch")] == [v.ORCHARD]
    assert [each.segment_id for each in geocoder.candidates("خیابان مدر")] == [v.SCHOOL]


def test_a_greeting_that_begins_like_a_street_is_not_taken_for_sure() -> None:
    streets = build_network([v.a_segment(1, 1, 2, fa="خیابان سلامت")])
    found = Geocoder(streets, ()).candidates("سلام، برف زیاد است")
    assert not any(each.confident for each in found)


def test_a_place_of_interest_is_found_where_no_street_is_named(geocoder: Geocoder) -> None:
    (found,) = geocoder.candidates("مسجد جامع")
    assert found.kind == "mosque"
    assert found.segment_id in {v.MAIN_WEST, v.MAIN_EAST, v.MILL}


def test_no_answer_is_surer_than_a_better_one(geocoder: Geocoder) -> None:
    for words in ("خیابان امام پلاک ۹۹", "خیابان مدرسه، خیابان باغ", "school near mill"):
        sure = [each.confidence for each in geocoder.candidates(words)]
        assert sure == sorted(sure, reverse=True)


def test_words_that_name_nothing_find_nothing(geocoder: Geocoder) -> None:
    assert geocoder.candidates("") == []
    assert geocoder.candidates("zzz qqq") == []
