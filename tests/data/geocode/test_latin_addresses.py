"""Addresses of a city with Latin names, in a grid of streets and avenues."""

from dataclasses import replace
from functools import cache

import pytest

from data.geocode import Candidate, Geocoder, Reason
from data.model import NumberRange, Place, Side
from data.streets.network import StreetNetwork, build_network
from data.streets.projection import distance_m
from tests import village as v

STREETS = ("Ash St", "W Court St", "Highland Ave", "Mill Rd", "1st St")
AVENUES = ("Onondaga Ave", "Schulstraße", "Strada Victoriei", "Erie Blvd", "N Beech St")
STEP_M = 150


@cache
def grid() -> StreetNetwork:
    """Return five streets from west to east, crossed by five from south to north."""
    segments = []
    for row, street in enumerate(STREETS):
        for column in range(4):
            ends = (_corner(row, column), _corner(row, column + 1))
            low = 100 * (column + 1)
            houses = (
                NumberRange(Side.LEFT, low, low + 98),
                NumberRange(Side.RIGHT, low + 1, low + 99),
            )
            segments.append(_segment(len(segments) + 1, ends, street, houses))
    for column, avenue in enumerate(AVENUES):
        for row in range(4):
            ends = (_corner(row, column), _corner(row + 1, column))
            segments.append(_segment(len(segments) + 1, ends, avenue, ()))
    return build_network(segments)


def _corner(row: int, column: int) -> tuple[int, int]:
    return row, column


def _segment(number: int, ends: tuple[tuple[int, int], ...], name: str, houses: object) -> object:
    nodes = [100 + 10 * row + column for row, column in ends]
    line = [v.at_m(column * STEP_M, row * STEP_M) for row, column in ends]
    return v.a_segment(number, *nodes, line=line, names={"": (name,)}, houses=houses)


def corner(street: str, avenue: str):
    return v.at_m(AVENUES.index(avenue) * STEP_M, STREETS.index(street) * STEP_M)


@cache
def geocoder() -> Geocoder:
    return Geocoder(grid(), [Place("school", v.at_m(310, 160), {"": ("Lincoln School",)})])


def best(words: str) -> Candidate:
    return geocoder().candidates(words)[0]


@pytest.mark.parametrize(
    "words",
    [
        "Highland Avenue & Erie Boulevard",
        "highland ave @ erie blvd",
        "corner of Erie and Highland",
        "Highland Ave at Erie Blvd",
        "the intersection of Highland Avenue and Erie Boulevard is icy",
        "Highland Ave / Erie Blvd",
        "Highlnd Ave and Eire Blvd",
    ],
)
def test_two_streets_are_the_corner_where_they_meet(words: str) -> None:
    found = best(words)
    assert found.kind == "crossing"
    assert distance_m(found.point, corner("Highland Ave", "Erie Blvd")) < 1


@pytest.mark.parametrize(
    "words",
    ["252 W Court St", "252 West Court Street", "W. Court St. 252", "house number 252, w court"],
)
def test_a_number_is_found_within_its_range_on_its_side(words: str) -> None:
    found = best(words)
    assert (found.kind, found.side, found.confident) == ("address", Side.LEFT, True)
    assert distance_m(found.point, v.at_m(STEP_M * (1 + 52 / 98), STEP_M)) < 2


def test_a_number_beyond_all_ranges_is_not_sure() -> None:
    found = best("9900 Ash St")
    assert Reason.HOUSE_UNKNOWN in found.reasons
    assert (found.kind, found.confident) == ("street", False)


@pytest.mark.parametrize(
    "words",
    [
        "252-256 W Court St",
        "252 – 256 W Court St",
        "252 1/2 W Court St",
        "252½ W Court St",
        "the 252 block of W Court St",
        "252 W Court St apt 4",
        "apt 4, 252 W Court St, please",
        "252 W Court St Onondaga NY 13203",
    ],
)
def test_a_house_is_found_among_other_numbers_and_names(words: str) -> None:
    found = best(words)
    assert (found.kind, found.side) == ("address", Side.LEFT)
    assert distance_m(found.point, v.at_m(STEP_M * (1 + 52 / 98), STEP_M)) < 2


@pytest.mark.parametrize(
    ("words", "east_m"),
    [("31-05 Ash St", 100), ("3105 Ash St", 100), ("31-07 Ash St", 130), ("40 Ash St", 400)],
)
def test_numbers_with_a_hyphen_are_houses_of_a_block_or_of_one_building(
    words: str, east_m: int
) -> None:
    known = {"31-05": 100, "31-09": 160, "38-42": 400}
    houses = [
        Place("address", v.at_m(east, 5), {}, street="Ash Street", number=number)
        for number, east in known.items()
    ]
    plain = [replace(segment, houses=()) for segment in grid().segments]
    found = Geocoder(build_network(plain), houses).candidates(words)[0]
    assert (found.kind, found.confident) == ("address", True)
    assert distance_m(found.point, v.at_m(east_m, 5)) < 1


def test_between_two_streets_is_the_middle_between_them() -> None:
    found = best("Mill Rd between Onondaga Ave and Schulstrasse")
    assert distance_m(found.point, v.at_m(STEP_M / 2, 3 * STEP_M)) < 2


@pytest.mark.parametrize(
    "words", ["Mill Road just past Erie Blvd", "Mill Rd near Erie", "on Mill Rd before Erie Blvd"]
)
def test_before_or_past_a_street_is_near_their_crossing(words: str) -> None:
    assert distance_m(best(words).point, corner("Mill Rd", "Erie Blvd")) < 60


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("First Street", "1st St"),
        ("north beech", "N Beech St"),
        ("Beech N. St.", "N Beech St"),
        ("Schulstr.", "Schulstraße"),
        ("schul strasse", "Schulstraße"),
        ("str. Victoriei", "Strada Victoriei"),
        ("Onandaga Ave", "Onondaga Ave"),
        ("Onondgaa Avenue has not been plowed", "Onondaga Ave"),
        ("Beach Street North", "N Beech St"),
    ],
)
def test_a_street_is_found_as_people_write_it(words: str, name: str) -> None:
    assert best(words).name == name


@pytest.mark.parametrize(
    "words",
    [
        "Washington Street",
        "corner of Washington and Lincoln",
        "please send a plow",
        "12 Foo Rd",
        "Washington & Mill Rd",
        "Washington 12 corner Mill Rd",
        "Mull Rd",
        "Mill Valley",
        "12.345 45.678 north",
    ],
)
def test_a_street_that_the_city_lacks_is_never_sure(words: str) -> None:
    assert not any(each.confident for each in geocoder().candidates(words))


def test_coordinates_are_taken_in_either_order() -> None:
    place = v.at_m(STEP_M / 2, 4)
    for words in (f"{place.lat:.6f}, {place.lon:.6f}", f"{place.lon:.6f} {place.lat:.6f}"):
        found = best(words)
        assert (found.name, found.kind, found.confident) == ("Ash St", "coordinates", True)
        assert distance_m(found.point, place) < 1


def test_what_is_typed_so_far_is_completed() -> None:
    assert geocoder().candidates("hig")[0].name == "Highland Ave"
    assert [each.name for each in geocoder().candidates("w co", limit=1)] == ["W Court St"]


def test_candidates_say_which_words_they_are_from_and_where_on_the_segment() -> None:
    found = best("hello, the snow on Mill Rd opposite Lincoln School is deep")
    assert found.matched == "mill rd lincoln school"
    segment = grid().segment(found.segment_id)
    assert 0 <= found.offset_m <= segment.length_m
    assert distance_m(grid().point_at(segment.id, found.offset_m), found.point) < 0.1


def test_a_story_that_repeats_itself_is_answered_like_a_short_one() -> None:
    story = "Mill Rd near Erie Blvd and " * 200
    assert distance_m(best(story).point, corner("Mill Rd", "Erie Blvd")) < 60


def test_the_likeliest_place_of_a_name_is_the_one_near_by() -> None:
    twice = build_network(
        [v.a_segment(1, 1, 4, fa="کوچه لاله"), v.a_segment(2, 3, 6, fa="کوچه لاله")]
    )
    found = Geocoder(twice, ()).candidates("کوچه لاله", near=v.node_at(6))
    assert [each.segment_id for each in found] == [2, 1]


def test_a_district_tells_which_street_of_a_name() -> None:
    streets = [
        v.a_segment(number, 1, 2, line=(v.at_m(east_m, 0), v.at_m(east_m + 80, 0)), fa="کوچه لاله")
        for number, east_m in ((1, 0), (2, 9000))
    ]
    north, south = (
        replace(s, district=d) for s, d in zip(streets, ("منطقه ۱", "منطقه ۲"), strict=True)
    )
    found = Geocoder(build_network([north, south]), ()).candidates("منطقه دو، کوچه لاله")
    assert (found[0].segment_id, found[0].confident) == (2, True)


@pytest.mark.parametrize("mapped", [("1", "2"), ("Nord 01", "Süd 02"), ("ناحیهٔ ۱", "ناحیهٔ ۲")])
@pytest.mark.parametrize(
    "words",
    [
        "منطقهٔ دو، کوچه لاله",
        "کوچه لاله در منطقه ۲",
        "ناحیه 2 کوچه لاله",
        "کوچه لاله، district two",
        "2-ci rayon, کوچه لاله",
        "ikinci rayon کوچه لاله",
        "mantaghe 2, کوچه لاله",
        "کوچه لاله، اونی که تو منطقهٔ دوئه",
    ],
)
def test_a_district_that_the_map_numbers_is_known_by_what_callers_call_it(
    mapped: tuple[str, str], words: str
) -> None:
    streets = [
        replace(
            v.a_segment(
                n, 1, 2, line=(v.at_m(n * 9000, 0), v.at_m(n * 9000 + 80, 0)), fa="کوچه لاله"
            ),
            district=district,
        )
        for n, district in enumerate(mapped, start=1)
    ]
    found = Geocoder(build_network(streets), ()).candidates(words)
    assert (found[0].segment_id, found[0].confident) == (2, True)


def test_of_districts_that_lie_close_each_has_its_own_streets_alone() -> None:
    streets = [
        replace(
            v.a_segment(
                n, 2 * n, 2 * n + 1, line=(v.at_m(n * 200, 0), v.at_m(n * 200, 80)), fa="کوچه لاله"
            ),
            district=f"منطقهٔ {n}",
        )
        for n in (1, 2, 3)
    ]
    geocoder = Geocoder(build_network(streets), ())
    for number, words in ((1, "یک"), (1, "یکه"), (2, "دوئه"), (2, "دو"), (3, "سه")):
        for said in (f"کوچه لاله در منطقهٔ {words}", f"کوچه لاله منطقهٔ {words}"):
            found = geocoder.candidates(said)
            assert (found[0].segment_id, found[0].confident) == (number, True)
        assert Reason.WITHIN in found[0].reasons
        assert Reason.FARTHER in found[1].reasons


def test_the_first_part_of_a_street_is_not_the_first_alley() -> None:
    streets = [
        v.a_segment(1, 1, 2, fa="خیابان حافظ"),
        v.a_segment(2, 2, 5, fa="کوچه ۱"),
        v.a_segment(3, 3, 6, fa="شهدا ۱"),
    ]
    found = Geocoder(build_network(streets), ()).candidates("اول خیابان حافظ یخ زده")
    assert found[0].segment_id == 1


def test_an_alley_is_the_one_that_leaves_the_street_not_its_namesake_behind() -> None:
    def line(*ends: tuple[float, float]) -> tuple[object, ...]:
        return tuple(v.at_m(*end) for end in ends)

    streets = [
        v.a_segment(1, 1, 2, line=line((0, 0), (100, 0)), fa="خیابان حافظ"),
        v.a_segment(2, 3, 4, line=line((50, 5), (50, 80)), fa="کوچه ۷"),
        v.a_segment(3, 5, 6, line=line((50, 150), (50, 300)), fa="کوچه ۷"),
        v.a_segment(4, 7, 8, line=line((90, 150), (90, 300)), fa="۱۲/۳"),
    ]
    found = Geocoder(build_network(streets), ())
    assert found.candidates("حافظ، کوچه هفتم")[0].segment_id == 2
    assert found.candidates("حافظ، ۱۲/۳")[0].segment_id == 4
