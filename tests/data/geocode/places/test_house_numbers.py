"""Where the houses and blocks of a street are, and how far off they may be."""

from collections.abc import Iterable

import pytest

from data.geocode import Candidate, Geocoder, Reason
from data.geocode.places.parse import house_number
from data.geocode.text.tokens import query_tokens
from data.model import NumberRange, Place, Side
from data.streets.network import build_network
from data.streets.projection import distance_m
from tests import village as v

BLOCK_M = 150


def a_street(*ranges: tuple[int, int, bool], name: str = "West Kirkpatrick St") -> list[object]:
    """Return a street of blocks eastward, each with one range on its left side."""
    return [
        v.a_segment(
            nth + 1,
            50 + nth,
            51 + nth,
            line=(v.at_m(nth * BLOCK_M, 0), v.at_m((nth + 1) * BLOCK_M, 0)),
            names={"": (name,)},
            houses=() if first == 0 else (NumberRange(Side.LEFT, first, last, mixed),),
        )
        for nth, (first, last, mixed) in enumerate(ranges)
    ]


BLOCKS = a_street((300, 398, False), (400, 498, False), (500, 598, False))
BARE = a_street(*[(0, 0, False)] * 4)


def best(segments: Iterable[object], words: str, *places: Place) -> Candidate:
    return Geocoder(build_network(segments), places).candidates(words)[0]


def a_house(number: str, east_m: float, kind: str = "address", reach_m: float = 0.0) -> Place:
    where = v.at_m(east_m, 5)
    return Place(kind, where, {}, "West Kirkpatrick St", number, reach_m)


@pytest.mark.parametrize(
    "words",
    [
        "the 400 block of West Kirkpatrick",
        "400 block West Kirkpatrick St is not plowed",
        "four hundred block of west kirkpatrick street",
        "West Kirkpatrick St between 400 and 499",
        "West Kirkpatrick St, no. 400 to 499",
        "400-499 West Kirkpatrick St",
        "خیابان West Kirkpatrick بین پلاک ۴۰۰ تا ۴۹۹",
        "West Kirkpatrick St پلاک ۴۰۰ تا ۴۹۹",
    ],
)
def test_a_block_is_the_middle_of_the_part_with_its_numbers(words: str) -> None:
    found = best(BLOCKS, words)
    assert (found.kind, found.segment_id) == ("address", 2)
    assert distance_m(found.point, v.at_m(1.5 * BLOCK_M, 0)) < 2
    assert found.uncertain_m == pytest.approx(BLOCK_M / 2, abs=2)


def test_a_block_is_found_by_the_houses_of_it_that_the_map_has() -> None:
    houses = [a_house("398", 140), a_house("412", 200), a_house("460", 260), a_house("502", 310)]
    found = best(BARE, "the 400 block of West Kirkpatrick", *houses)
    assert distance_m(found.point, v.at_m(230, 0)) < 2
    assert found.uncertain_m == pytest.approx(30 / (48 / 99), abs=2)


def test_a_number_near_a_range_is_at_its_end_and_farther_off_the_farther_it_is() -> None:
    near, far = (best(a_street((460, 498, False)), f"{n} West Kirkpatrick St") for n in (452, 412))
    assert Reason.HOUSE_ESTIMATED in far.reasons
    assert distance_m(far.point, v.at_m(0, 0)) < 1
    assert (near.uncertain_m, far.uncertain_m) == (8 * 5, 48 * 5)
    assert far.confidence < 0.6 < near.confidence


def test_five_to_ten_cars_are_no_house_numbers() -> None:
    found = best(BLOCKS, "West Kirkpatrick St, 5 to 10 cars are stuck")
    assert found.kind == "street"


def test_a_house_within_a_range_may_be_anywhere_on_its_part_of_the_street() -> None:
    found = best(BLOCKS, "449 West Kirkpatrick St")
    assert found.segment_id == 2
    assert found.uncertain_m < BLOCK_M


def test_a_side_with_both_parities_has_odd_and_even_numbers() -> None:
    mixed = best(a_street((400, 498, True)), "425 West Kirkpatrick St")
    even = best(a_street((400, 498, False)), "425 West Kirkpatrick St")
    assert (Reason.HOUSE in mixed.reasons, Reason.HOUSE in even.reasons) == (True, False)


def test_a_number_on_a_street_without_numbers_is_as_sure_as_the_street_is_short() -> None:
    long = best(BARE, "440 West Kirkpatrick St")
    named = best(BARE, "West Kirkpatrick St")
    short = best(a_street((0, 0, False))[:1], "440 West Kirkpatrick St")
    assert Reason.HOUSES_UNMAPPED in long.reasons
    assert (long.confident, named.confident) == (False, True)
    assert long.confidence < 0.5 < short.confidence
    assert short.confident
    assert long.uncertain_m == named.uncertain_m == pytest.approx(2.5 * BLOCK_M, abs=2)


def test_a_number_that_a_numbered_street_lacks_is_not_surer_than_its_place_on_it() -> None:
    found = best(BARE, "9440 West Kirkpatrick St", a_house("10", 20), a_house("12", 40))
    assert Reason.HOUSE_UNKNOWN in found.reasons
    assert found.confidence < 0.5


def test_a_number_between_two_known_ones_may_be_as_far_as_the_farther_of_them() -> None:
    found = best(BARE, "404 West Kirkpatrick St", a_house("402", 100), a_house("410", 180))
    assert Reason.HOUSE_ESTIMATED in found.reasons
    assert distance_m(found.point, v.at_m(120, 5)) < 1
    assert found.uncertain_m == pytest.approx(60, abs=1)
    assert found.confident


def test_known_numbers_far_apart_leave_doubt_where_a_number_between_them_is() -> None:
    found = best(BARE, "450 West Kirkpatrick St", a_house("402", 20), a_house("498", 310))
    assert distance_m(found.point, v.at_m(165, 5)) < 3
    assert found.uncertain_m == pytest.approx(145, abs=2)
    assert found.confidence < 0.9


def test_a_mapped_house_is_known_and_one_that_a_way_implies_is_estimated() -> None:
    mapped, implied = a_house("412", 200), a_house("414", 220, "interpolated", 40.0)
    exact = best(BARE, "412 West Kirkpatrick St", mapped, implied)
    between = best(BARE, "414 West Kirkpatrick St", mapped, implied)
    assert (exact.uncertain_m, Reason.HOUSE in exact.reasons) == (0.0, True)
    assert (between.uncertain_m, Reason.HOUSE_ESTIMATED in between.reasons) == (40.0, True)
    assert distance_m(between.point, v.at_m(220, 5)) < 1


def test_the_second_house_from_the_end_is_not_number_two() -> None:
    found = best(BARE, "West Kirkpatrick St, second house from the end")
    assert Reason.HOUSES_UNMAPPED not in found.reasons


@pytest.mark.parametrize("words", ["پلاک ۳", "پلاک سه", "پلاک 1", "no 1", "no. 3", "پلاک سیصد"])
def test_every_number_may_be_that_of_a_house(words: str) -> None:
    tokens = query_tokens(f"{words} West Kirkpatrick St")
    assert house_number(tokens, ()) in ("1", "3", "300")


def test_nobody_is_no_house_number() -> None:
    assert house_number(query_tokens("no one has plowed West Kirkpatrick St"), ()) == ""


def test_alley_thirty_is_not_a_word_for_an_alley() -> None:
    alleys = [
        v.a_segment(nth, 2 * nth, 2 * nth + 1, line=(v.at_m(0, y), v.at_m(80, y)), fa=f"کوچه {n}")
        for nth, (n, y) in enumerate((("۳۰", 0), ("۳۱", 300)), 1)
    ]
    assert best(alleys, "کوچه ۳۰ پر از برف است").segment_id == 1


def test_of_a_number_that_a_street_lacks_the_nearest_that_it_has_are_said() -> None:
    houses = [a_house("9", 20), a_house("13", 40), a_house("90", 60)]
    city = Geocoder(build_network(BARE), houses)
    between = city.candidates("11 West Kirkpatrick St")[0]
    beyond = city.candidates("9440 West Kirkpatrick St")
    exact = city.candidates("13 West Kirkpatrick St")[0]

    assert (between.number, between.houses_near) == ("11", ("9", "13"))
    assert (beyond[0].number, beyond[0].houses_near) == ("9440", ("90",))
    assert exact.houses_near == ()
    assert "there is no number 9440, but 90." in city.question(beyond, "en")
    assert "پلاک ۹۴۴۰ ندارد، ۹۰ دارد" in city.question(beyond, "fa")


def test_the_blocks_of_a_street_say_its_nearest_numbers_too() -> None:
    assert best(BLOCKS, "700 West Kirkpatrick St").houses_near == ("598",)
