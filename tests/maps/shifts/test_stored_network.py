"""What a phone keeps of the streets and the map around a route."""

from data.model import DirectedSegment, PlanId
from data.streets.tiles import TileAddress, TileRange
from maps.pages import stored_map as map_module
from maps.pages.stored_map import stored_map
from maps.shifts.stored_network import CLOSED, NARROW, Limits, stored_network
from tests import village as v
from tests.village_plan import a_leg

FREE = Limits(frozenset(), 0.0)


def kept(*legs, limits=FREE):
    return stored_network(legs or [a_leg()], PlanId(3), v.village(), limits)


def test_a_phone_may_turn_exactly_where_the_network_may():
    network, part = v.village(), kept()
    arcs = {}
    for number, (_, _, _, _, street, forward) in enumerate(part.arcs):
        way = DirectedSegment(part.streets[street][0], bool(forward))
        arcs[network.arc(way)] = number
    allowed = set()
    for arc, number in arcs.items():
        row = slice(network.turns.start[arc], network.turns.start[arc + 1])
        allowed |= {(number, arcs[onto]) for onto in network.turns.to[row].tolist() if onto in arcs}
    derived = {
        (one, other)
        for one, (_, head, _, _, street, way) in enumerate(part.arcs)
        for other, (tail, _, _, _, onto, goes) in enumerate(part.arcs)
        if head == tail
        and (
            one in part.turn_back
            if (street, way) == (onto, 1 - goes)
            else (one, other) not in part.banned
        )
    }
    assert derived == allowed
    assert part.turn_back


def test_streets_have_their_lines_and_names():
    part = kept()
    segment_id, name, _, line = next(each for each in part.streets if each[0] == v.MAIN_WEST)
    assert part.names[name]["en"] == "Imam Street"
    assert part.names[0] == {}
    assert len(line) == len(v.village().segment(segment_id).geometry)


def test_a_closed_direction_has_no_arc_and_a_narrow_street_says_so():
    closed = DirectedSegment(v.MAIN_WEST, True)
    part = kept(limits=Limits(frozenset([closed]), 100.0))
    number = [each[0] for each in part.streets].index(v.MAIN_WEST)
    assert [forward for *_, street, forward in part.arcs if street == number] == [0]
    assert all(flags & NARROW for _, _, flags, _ in part.streets)
    assert part.streets[number][2] & CLOSED


def test_no_street_is_kept_where_there_would_be_too_many_but_the_routes_own(monkeypatch):
    monkeypatch.setattr("maps.shifts.stored_network.MOST_ARCS", 2)
    assert [each[0] for each in kept().streets] == [1]


def test_the_largest_zooms_are_left_out_where_they_are_too_many_bytes(monkeypatch):
    monkeypatch.setattr(map_module, "MOST_BYTES", 150)
    covers = TileRange(10, 15, (0.0, 0.0, 1.0, 1.0))
    tiles = {TileAddress(zoom, 1, 1): bytes(60) for zoom in range(10, 16)}
    layer = stored_map({"streets": (covers, tiles)})["streets"]
    assert (layer.max_zoom, sorted(layer.tiles)) == (11, ["10/1/1", "11/1/1"])
