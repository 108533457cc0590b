from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from data.model import NodeId, Oneway, Restriction, SegmentId, SegmentKey
from data.streets.network import build_network
from fleet.streets.street_succession import difference_of
from tests.village import (
    BACK,
    BLIND,
    MAIN_EAST,
    MAIN_WEST,
    MILL,
    ORCHARD,
    RING,
    ROSE,
    SCHOOL,
    TULIP,
    a_segment,
    at_m,
    village,
    village_segments,
)

FIRST = SegmentId(100)


def differing(segments, restrictions=(), first_id=FIRST):
    """Compare the village with these streets, numbered anew as a file numbers them."""
    numbered = [replace(s, id=SegmentId(n)) for n, s in enumerate(segments, 1)]
    return difference_of(village(), numbered, restrictions, first_id)


def without(*ids):
    return [s for s in village_segments() if s.id not in ids]


def only(ids):
    (one,) = ids
    return one


def halves_of_main_west(way=5000, node=50):
    """Main Street west, cut in the middle by a new junction."""
    middle = at_m(100, 0)
    west = a_segment(1, 1, node, line=[at_m(0, 0), middle])
    east = a_segment(2, node, 2, line=[middle, at_m(200, 0)])
    return [
        replace(west, key=SegmentKey(way, 1, node, 0)),
        replace(east, key=SegmentKey(way, node, 2, 1)),
    ]


def test_the_same_file_again_changes_nothing():
    found = differing(village_segments())
    assert found.unchanged == tuple(s.id for s in village().segments)
    assert (found.changed, found.new, found.gone) == ((), (), ())
    assert found.network.version == village().version


def test_the_order_of_a_file_does_not_matter():
    found = differing(reversed(village_segments()))
    assert len(found.unchanged) == 12
    assert found.network.version == village().version


def test_a_street_that_is_drawn_anew_stays_itself():
    bent = a_segment(TULIP, 1, 4, via_m=[(-40, 75)], fa="کوچه لاله", en="Tulip Alley")
    found = differing([*without(TULIP), bent])
    assert found.changed == (TULIP,)
    assert found.network.segment(TULIP).geometry == bent.geometry
    assert found.gone == ()


def test_another_name_is_a_change_of_the_same_street():
    renamed = [
        replace(s, names={"": ("خیابان شهید باکری",)}) if s.id == MILL else s
        for s in village_segments()
    ]
    found = differing(renamed)
    assert found.changed == (MILL,)
    assert len(found.unchanged) == 11


def test_a_new_street_is_numbered_after_all_that_ever_were():
    lane = a_segment(1, 7, 6, key=SegmentKey(7777, 7, 6, 0))
    found = differing([lane, *village_segments()])
    assert found.new == (FIRST,)
    assert found.network.segment(FIRST).key.osm_way_id == 7777


def test_a_street_that_was_cut_in_two_has_both_halves_for_successors():
    found = differing([*without(MAIN_WEST), *halves_of_main_west()])
    gone = only(found.gone)
    assert gone.segment.id == MAIN_WEST
    assert gone.successors == found.new == (FIRST, SegmentId(101))
    assert [found.network.segment(s).end for s in gone.successors] == [50, 2]


def test_successors_are_told_in_the_order_of_the_vanished_street():
    west, east = halves_of_main_west()
    found = differing([east, west, *without(MAIN_WEST)])
    assert only(found.gone).successors == (SegmentId(101), FIRST)


def test_streets_that_became_one_are_followed_by_it():
    whole = a_segment(1, 1, 3, key=SegmentKey(5000, 1, 3, 0))
    found = differing([*without(MAIN_WEST, MAIN_EAST), whole])
    assert {each.segment.id: each.successors for each in found.gone} == {
        MAIN_WEST: (FIRST,),
        MAIN_EAST: (FIRST,),
    }


def test_a_street_that_is_really_gone_has_no_successor():
    found = differing(without(BLIND))
    assert only(found.gone).successors == ()


def test_a_parallel_lane_or_a_crossing_street_is_no_successor():
    found = differing(without(SCHOOL))
    assert only(found.gone).successors == (), "Back Lane is 50 m away; Mill Street only touches"


def test_a_short_street_across_a_vanished_one_is_no_successor():
    stub = a_segment(1, 60, 61, line=[at_m(100, 144), at_m(100, 156)])
    found = differing([*without(SCHOOL), replace(stub, key=SegmentKey(7000, 60, 61, 0))])
    assert only(found.gone).successors == ()


def test_a_street_drawn_a_little_aside_by_another_way_succeeds():
    aside = a_segment(1, 70, 71, line=[at_m(203, 0), at_m(203, 150)])
    found = differing([*without(MILL), replace(aside, key=SegmentKey(7000, 70, 71, 0))])
    assert only(found.gone).successors == (FIRST,)


def test_pieces_that_are_only_counted_anew_stay_themselves():
    shifted = [
        replace(s, key=s.key._replace(nth=s.key.nth + 1)) if s.id == MILL else s
        for s in village_segments()
    ]
    found = differing(shifted)
    assert found.changed == (MILL,)
    assert found.network.segment(MILL).key.nth == 1


def test_a_way_that_was_cut_leaves_its_streets_themselves():
    moved = [
        replace(s, key=s.key._replace(osm_way_id=9000)) if s.id == ORCHARD else s
        for s in village_segments()
    ]
    found = differing(moved)
    assert (found.changed, found.new, found.gone) == ((ORCHARD,), (), ())


def test_of_two_streets_between_the_same_nodes_each_finds_its_own_line():
    moved = [
        replace(s, key=s.key._replace(osm_way_id=9000 - s.id)) if s.id in (SCHOOL, BACK) else s
        for s in village_segments()
    ]
    found = differing(moved)
    assert found.changed == (SCHOOL, BACK)
    assert found.network.segment(BACK).geometry == village().segment(BACK).geometry


def test_a_street_between_the_same_nodes_along_another_line_is_another_one():
    detour = a_segment(1, 3, 6, via_m=[(480, 75)], key=SegmentKey(9000, 3, 6, 0))
    found = differing([*without(ROSE), detour])
    assert [each.segment.id for each in found.gone] == [ROSE]
    assert found.new == (FIRST,)


def turned(segment):
    """The same street drawn from its other end."""
    way, start, end, nth = segment.key
    swap = {Oneway.FORWARD: Oneway.BACKWARD, Oneway.BACKWARD: Oneway.FORWARD}
    return replace(
        segment,
        key=SegmentKey(way, end, start, nth),
        start=segment.end,
        end=segment.start,
        geometry=segment.geometry[::-1],
        oneway=swap.get(segment.oneway, segment.oneway),
    )


def test_a_street_that_was_turned_around_stays_itself_and_keeps_its_direction():
    found = differing([turned(s) if s.id in (MILL, ROSE) else s for s in village_segments()])
    assert (len(found.unchanged), found.changed, found.gone) == (12, (), ())
    assert found.network.version == village().version


def test_a_one_way_that_really_runs_the_other_way_now_is_a_change():
    against = [
        replace(turned(s), oneway=Oneway.FORWARD) if s.id == ROSE else s for s in village_segments()
    ]
    found = differing(against)
    assert found.changed == (ROSE,)
    assert found.network.segment(ROSE).oneway is Oneway.BACKWARD
    assert found.network.segment(ROSE).start == village().segment(ROSE).start


def test_a_slope_is_seen_from_the_side_of_before():
    climbing = replace(turned(village_segments()[MILL - 1]), incline="up")
    found = differing([*without(MILL), climbing])
    assert found.network.segment(MILL).incline == "down"


def test_a_street_that_stood_beside_succeeds_only_along_nearly_all_of_the_other():
    twin = a_segment(20, 80, 81, line=[at_m(3, 2), at_m(3, 148)])
    half = a_segment(21, 82, 83, line=[at_m(203, 2), at_m(203, 70)])
    before = build_network([*village_segments(), twin, half])
    after = [s for s in before.segments if s.id not in (TULIP, MILL)]
    found = difference_of(before, after, (), FIRST)
    assert {each.segment.id: each.successors for each in found.gone} == {TULIP: (20,), MILL: ()}


def test_turn_signs_follow_their_streets():
    sign = Restriction(SegmentId(1), NodeId(2), SegmentId(2), "no")
    found = differing([village_segments()[RING - 1], *without(RING)], [sign])
    assert found.network.restrictions == (Restriction(RING, NodeId(2), MAIN_WEST, "no"),)


def test_a_whole_other_town_replaces_everything():
    there = [
        replace(
            s,
            key=SegmentKey(s.key.osm_way_id + 5000, s.start + 500, s.end + 500, 0),
            start=NodeId(s.start + 500),
            end=NodeId(s.end + 500),
            geometry=tuple(p._replace(lon=p.lon + 0.1) for p in s.geometry),
        )
        for s in village_segments()
    ]
    found = differing(there)
    assert len(found.gone) == len(found.new) == 12
    assert {each.successors for each in found.gone} == {()}


@given(
    unchanged=st.sets(st.sampled_from(range(1, 13)), min_size=1),
    renumbered=st.permutations(range(12)),
)
def test_every_old_street_is_kept_or_gone_and_no_id_is_given_twice(unchanged, renumbered):
    shuffled = [village_segments()[i] for i in renumbered]
    found = differing([s for s in shuffled if s.id in unchanged])
    stayed = {*found.unchanged, *found.changed}
    assert stayed == {s.id for s in found.network.segments} == unchanged
    assert {each.segment.id for each in found.gone} == set(range(1, 13)) - unchanged
    assert [s.id for s in found.network.segments] == sorted(unchanged)
