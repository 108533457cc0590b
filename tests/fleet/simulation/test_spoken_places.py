"""Streets that fit what a simulated caller says of where he is."""

from dataclasses import replace

from data.model import Place, SegmentId
from data.streets.network import build_network
from fleet.simulation.spoken_places import SpokenPlaces
from tests import village as v

PINE = "بن‌بست کاج"
NETWORK = build_network(
    (
        v.a_segment(1, 1, 2),
        v.a_segment(2, 2, 5, fa=PINE),
        v.a_segment(3, 3, 6, fa="خیابان گل‌سرخ"),
        v.a_segment(4, 6, 7, fa=PINE, via_m=[(2000, 300)]),
        v.a_segment(5, 8, 9, fa=PINE, via_m=[(9000, 0)]),
    )
)
NEAR, AT_ROSE, FAR = (SegmentId(number) for number in (2, 4, 5))
HOUSES = [
    Place("address", v.at_m(*where), {}, street=PINE, number=number)
    for where, number in (((210, 70), "2"), ((2000, 310), "2"), ((9000, 10), "7"))
]


def fitting(address: str, stands_on: SegmentId = NEAR) -> set[SegmentId]:
    return {*SpokenPlaces(NETWORK, HOUSES).fitting(stands_on, address)}


def test_of_namesakes_those_fit_that_have_the_number_which_is_said() -> None:
    assert fitting(f"{PINE}، پلاک ۲", FAR) == {NEAR, AT_ROSE}
    assert fitting(f"{PINE}، پلاک ۷") == {FAR}
    assert fitting(f"{PINE}، پلاک ۹۹") == set()  # the city does not have it


def test_who_says_a_name_and_no_more_may_be_anywhere_on_it() -> None:
    assert fitting(PINE) == {NEAR, AT_ROSE, FAR}
    assert fitting("") == set()


def test_who_says_which_street_an_alley_leaves_means_that_one() -> None:
    assert fitting(f"خیابان گل‌سرخ، {PINE}") == {AT_ROSE}
    assert fitting(f"خیابان گل‌سرخ، {PINE}، پلاک ۲") == {AT_ROSE}
    assert fitting(f"خیابان گل‌سرخ، {PINE}، پلاک ۷") == {AT_ROSE, FAR}  # none fits both


def test_both_streets_of_a_crossing_fit_where_they_meet() -> None:
    crossing = f"تقاطع {PINE} و خیابان امام"
    assert fitting(crossing) == {SegmentId(1), NEAR}
    nameless = replace(v.a_segment(1, 1, 2), names={})
    places = SpokenPlaces(build_network((nameless,)), ())
    assert places.fitting(SegmentId(1), crossing) == frozenset()
