"""Colors of trucks' sections: trucks that touch are told apart."""

from itertools import combinations

from data.model import DirectedSegment, SegmentId, VehicleId
from maps.board.section_colors import section_colors
from maps.pages.style import TRUCK_COLORS
from tests import village as v

NETWORK = v.village()


def works(*trucks: tuple[int, list[SegmentId]]) -> dict[VehicleId, list[DirectedSegment]]:
    return {VehicleId(n): [DirectedSegment(one, True) for one in streets] for n, streets in trucks}


def touch(one: SegmentId, other: SegmentId) -> bool:
    first, second = NETWORK.segment(one), NETWORK.segment(other)
    return bool({first.start, first.end} & {second.start, second.end})


def test_trucks_whose_sections_touch_never_share_a_color_while_there_are_enough() -> None:
    streets = [segment.id for segment in NETWORK.segments]
    most = max(sum(touch(one, other) for other in streets) for one in streets)
    alike = works(*((100 * rank, [street]) for rank, street in enumerate(streets, 1)))
    colors = section_colors(alike, NETWORK, most)
    assert set(colors.values()) <= set(range(most))
    for (one, mine), (other, theirs) in combinations(alike.items(), 2):
        if touch(mine[0].segment_id, theirs[0].segment_id):
            assert colors[one] != colors[other]


def test_a_truck_that_touches_nobody_keeps_the_color_of_its_number() -> None:
    assert not touch(v.MAIN_WEST, v.YARD)
    count = len(TRUCK_COLORS)
    apart = works((3, [v.MAIN_WEST]), (3 + count, [v.YARD]))
    assert section_colors(apart, NETWORK, count) == {3: 3, 3 + count: 3}


def test_where_colors_are_too_few_those_share_one_that_touch_least() -> None:
    beside, wide = [v.MAIN_WEST, v.MAIN_EAST], [v.MAIN_WEST, v.MAIN_EAST, v.TULIP]
    colors = section_colors(works((1, beside), (2, wide), (3, [v.MAIN_EAST])), NETWORK, 2)
    assert colors[VehicleId(1)] != colors[VehicleId(2)]
