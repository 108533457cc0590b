import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.model import LonLat, NodeId, Oneway, Restriction, SegmentId
from data.streets.network import build_network
from data.streets.projection import distance_m
from tests.village import a_segment as a_street
from tests.village import at_m, node_at, village

NODES = st.integers(1, 6)
KINDS = st.sampled_from(["no", "only"])


@st.composite
def networks(draw):
    ends = draw(
        st.lists(st.tuples(NODES, NODES, st.sampled_from(list(Oneway))), min_size=1, max_size=9)
    )
    streets = []
    for number, (start, end, oneway) in enumerate(ends, 1):
        line = [node_at(start), at_m(30.0 * number, 77.0 + number), node_at(end)]
        streets.append(a_street(number, start, end, line=line, oneway=oneway))
    count = len(streets)
    signs = draw(
        st.lists(st.tuples(st.integers(1, count), st.integers(1, count), KINDS), max_size=3)
    )
    restrictions = [
        Restriction(SegmentId(a), NodeId(streets[a - 1].end), SegmentId(b), kind)
        for a, b, kind in signs
    ]
    return build_network(streets, restrictions)


def allowed_turns(network):
    """Plain-Python twin of the turn builder."""
    arcs = [network.directed(arc) for arc in range(len(network.arc_tail))]
    tail, head = network.arc_tail.tolist(), network.arc_head.tolist()
    streets = nx.DiGraph(list(zip(tail, head, strict=True)))
    part = {n: i for i, p in enumerate(nx.strongly_connected_components(streets)) for n in p}
    for a, came in enumerate(arcs):
        via = network.node_ids[head[a]]
        signs = [
            r for r in network.restrictions if (r.from_segment, r.via) == (came.segment_id, via)
        ]
        only = {r.to_segment for r in signs if r.kind == "only"}
        no = {r.to_segment for r in signs if r.kind == "no"}
        following = [
            b
            for b, goes in enumerate(arcs)
            if tail[b] == head[a]
            and goes.segment_id not in no
            and (not only or goes.segment_id in only)
        ]
        on = [b for b in following if b == a or arcs[b].segment_id != came.segment_id]
        stuck = not any(part[head[b]] == part[head[a]] for b in on)
        yield from ((a, b) for b in following if stuck or b in on)


@given(networks())
@settings(max_examples=200)
def test_turns_are_those_of_the_plain_rules(network):
    came = np.repeat(np.arange(len(network.arc_tail)), np.diff(network.turns.start))
    built = list(zip(came.tolist(), network.turns.to.tolist(), strict=True))
    assert len(set(built)) == len(built)
    assert set(built) == set(allowed_turns(network))


@given(st.floats(-50, 650), st.floats(-130, 350))
def test_a_snap_says_where_on_the_street_and_how_far(east_m, north_m):
    point = at_m(east_m, north_m)
    for snap in village().nearby(point, 120):
        foot = village().point_at(snap.segment_id, snap.offset_m)
        assert distance_m(point, foot) == pytest.approx(snap.distance_m, abs=0.2)
        assert 0 <= snap.offset_m <= village().segment(snap.segment_id).length_m


@given(st.floats(-50, 650), st.floats(-130, 350))
def test_no_street_is_nearer_than_the_nearest(east_m, north_m):
    point = at_m(east_m, north_m)
    nearest = village().nearest(point, 1000)
    corners = [corner for segment in village().segments for corner in segment.geometry]
    assert nearest.distance_m <= min(distance_m(point, LonLat(*c)) for c in corners) + 0.2
