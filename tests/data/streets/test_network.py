import numpy as np
import pytest

from data.errors import NotFoundError
from data.model import DirectedSegment, NodeId, Restriction, Side
from data.streets.network import StreetNetwork, TurnKind, build_network
from tests.village import (
    BLIND,
    DEPOT_ROAD,
    MAIN_EAST,
    MAIN_WEST,
    MILL,
    ORCHARD,
    RING,
    ROSE,
    SCHOOL,
    at_m,
    village,
    village_segments,
)


def turn_cost_s(network: StreetNetwork, came: DirectedSegment, goes: DirectedSegment) -> float:
    a, b = network.arc(came), network.arc(goes)
    row = slice(network.turns.start[a], network.turns.start[a + 1])
    costs = dict(
        zip(network.turns.to[row].tolist(), network.turns.cost_s[row].tolist(), strict=True)
    )
    return costs.get(b, float("inf"))


def forward(segment_id):
    return DirectedSegment(segment_id, True)


def backward(segment_id):
    return DirectedSegment(segment_id, False)


def test_a_one_way_street_has_an_arc_in_its_direction_only():
    assert village().arc(forward(ROSE)) is not None
    assert village().arc(backward(ROSE)) is None
    assert len(village().arc_tail) == 23


def test_arcs_and_directed_segments_are_each_others_names():
    network = village()
    assert all(network.arc(network.directed(arc)) == arc for arc in range(len(network.arc_tail)))


def test_an_arc_leads_from_tail_to_head():
    network = village()
    arc = network.arc(backward(MILL))
    assert network.node_ids[network.arc_tail[arc]] == 5
    assert network.node_ids[network.arc_head[arc]] == 2
    assert network.arc_length_m[arc] == pytest.approx(150, rel=1e-6)
    assert network.arc_drive_s[arc] == pytest.approx(18, rel=1e-6)


def test_left_costs_more_than_right_and_straight_is_free():
    network = village()
    assert turn_cost_s(network, forward(MAIN_WEST), forward(MAIN_EAST)) == 0
    assert turn_cost_s(network, forward(MAIN_WEST), forward(MILL)) == 8
    assert turn_cost_s(network, backward(MAIN_EAST), forward(MILL)) == 3


def test_a_u_turn_is_allowed_at_a_dead_end_only():
    network = village()
    assert turn_cost_s(network, forward(BLIND), backward(BLIND)) == 60
    assert turn_cost_s(network, forward(MAIN_WEST), backward(MAIN_WEST)) == float("inf")


def test_a_bend_between_two_streets_is_no_turn():
    assert turn_cost_s(village(), forward(ROSE), backward(ORCHARD)) == 0


def test_a_loop_may_be_driven_again():
    assert turn_cost_s(village(), forward(RING), forward(RING)) < 60


def test_a_street_that_only_leads_out_of_the_file_allows_turning_back():
    # Without Orchard Street nobody comes back from the end of one-way Rose Street.
    network = build_network(s for s in village_segments() if s.id in (MAIN_WEST, MAIN_EAST, ROSE))
    assert turn_cost_s(network, forward(MAIN_EAST), backward(MAIN_EAST)) == 60


@pytest.mark.parametrize(
    ("kind", "left_s", "straight_s"), [("no", float("inf"), 0), ("only", 8, float("inf"))]
)
def test_signs_forbid_and_demand_turns(kind, left_s, straight_s):
    sign = Restriction(MAIN_WEST, NodeId(2), MILL, kind)
    network = build_network(village_segments(), [sign])
    assert turn_cost_s(network, forward(MAIN_WEST), forward(MILL)) == left_s
    assert turn_cost_s(network, forward(MAIN_WEST), forward(MAIN_EAST)) == straight_s
    assert turn_cost_s(network, backward(MAIN_EAST), forward(MILL)) == 3


def test_turn_rows_lead_on_from_where_an_arc_ends():
    network = village()
    came = np.repeat(np.arange(len(network.arc_tail)), np.diff(network.turns.start))
    assert (network.arc_tail[network.turns.to] == network.arc_head[came]).all()
    assert set(network.turns.kind.tolist()) == {kind.value for kind in TurnKind}


def test_a_point_meets_the_nearest_street_with_side_and_offset():
    snap = village().nearest(at_m(50, 12), 30)
    assert snap.segment_id == MAIN_WEST
    assert snap.side is Side.LEFT
    assert snap.offset_m == pytest.approx(50, abs=0.1)
    assert snap.distance_m == pytest.approx(12, abs=0.1)
    assert village().nearest(at_m(50, -12), 30).side is Side.RIGHT


def test_a_point_far_from_every_street_meets_none():
    assert village().nearest(at_m(100, -200), 50) is None


def test_nearby_streets_come_nearest_first_and_once_each():
    snaps = village().nearby(at_m(195, 20), 60)
    assert [snap.segment_id for snap in snaps] == [MILL, MAIN_WEST, MAIN_EAST]
    assert snaps == sorted(snaps, key=lambda snap: snap.distance_m)


def test_the_fastest_street_within_reach_says_how_fast_one_may_drive():
    near = [village().segment(snap.segment_id) for snap in village().nearby(at_m(195, 20), 60)]
    fastest = max(segment.drive_speed_mps for segment in near)
    assert village().fastest_mps(at_m(195, 20), 60) == fastest
    assert village().fastest_mps(at_m(100, -200), 50) is None


def test_a_place_along_a_street_is_found_from_its_offset():
    place = village().point_at(MAIN_EAST, 80)
    assert place == pytest.approx(at_m(280, 0))
    assert village().point_at(MAIN_EAST, 1e6) == pytest.approx(at_m(400, 0))


def test_a_stretch_keeps_the_bends_between_its_ends():
    network = village()
    bent = next(one for one in network.segments if len(one.geometry) > 2)
    whole = network.stretch(bent.id, 0.0, bent.length_m)
    assert len(whole) == len(bent.geometry)
    assert whole[1:-1] == list(bent.geometry[1:-1])
    assert whole[-1] == pytest.approx(bent.geometry[-1])
    assert len(network.stretch(bent.id, 0.0, 1.0)) == 2


def test_headings_are_clockwise_from_north():
    assert village().heading_at(MILL, 75) == pytest.approx(0, abs=0.01)
    assert village().heading_at(DEPOT_ROAD, 10) == pytest.approx(90, abs=0.01)


def test_the_nearest_junction_is_found():
    assert village().node_ids[village().nearest_node(at_m(210, 140))] == 5


def test_the_version_changes_with_the_streets_and_not_otherwise():
    assert build_network(village_segments()).version == village().version
    assert build_network(village_segments()[1:]).version != village().version


def test_an_unknown_segment_is_named_in_the_error():
    with pytest.raises(NotFoundError, match="999"):
        village().segment(999)
    assert village().segment(SCHOOL).names["en"] == ("School Street",)
