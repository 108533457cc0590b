from data.model import LonLat, Oneway, RoadClass
from data.setup.reachability import assumed_depots, graph_of, unreachable
from data.streets.network import build_network
from tests.village import (
    BLIND,
    MAIN_WEST,
    MILL,
    ROSE,
    a_segment,
    node_at,
    village,
    village_segments,
)


def without(*segment_ids):
    return [segment for segment in village_segments() if segment.id not in segment_ids]


def test_the_whole_village_is_reachable_from_its_depot():
    assert unreachable(village(), [node_at(8)]) == []


def test_the_end_of_a_one_way_street_without_return_is_unreachable():
    trap = a_segment(13, 7, 6, oneway=Oneway.FORWARD)
    network = build_network([*without(ROSE, 7), trap])
    assert unreachable(network, [node_at(8)]) == [13]


def test_an_island_is_reachable_only_from_its_own_depot():
    island = a_segment(13, 61, 62, line=(node_at(7), node_at(6)))
    network = build_network([*without(BLIND, 7, ROSE), island])
    assert unreachable(network, [node_at(8)]) == [13]
    assert unreachable(network, [node_at(8), node_at(7)]) == []


def test_without_a_depot_nothing_is_reachable():
    assert len(unreachable(village(), [])) == 12


def test_the_graph_has_a_node_per_arc_and_an_edge_per_turn():
    graph = graph_of(village())
    assert graph.number_of_nodes() == len(village().arc_tail)
    assert graph.number_of_edges() == len(village().turns.to)
    main, mill = (
        next(a for a in graph if village().directed(a) == (s, True)) for s in (MAIN_WEST, MILL)
    )
    assert graph.edges[main, mill]["cost_s"] == 8 + village().arc_drive_s[mill]


def test_assumed_depots_are_different_arterial_junctions_that_reach_all():
    depots = assumed_depots(village())
    arterial = {node_at(node) for node in (1, 2, 3, 5)}
    assert len(depots) == 3
    assert {depot.location for depot in depots} <= arterial
    assert all(depot.assumed for depot in depots)
    assert unreachable(village(), [depots[0].location]) == []


def test_assumed_depots_are_named_in_the_language_of_the_city():
    assert assumed_depots(village())[0].name == "Depot 1"
    assert [depot.name for depot in assumed_depots(village(), "fa")][:2] == ["پایگاه ۱", "پایگاه ۲"]


def test_assumed_depots_avoid_islands():
    far = a_segment(
        13, 61, 62, line=(LonLat(45.2, 37.5), LonLat(45.201, 37.5)), road_class=RoadClass.PRIMARY
    )
    network = build_network([*village_segments(), far])
    assert all(depot.location.lon < 45.1 for depot in assumed_depots(network))


def test_a_single_street_has_a_depot_at_an_end():
    (first, *more) = assumed_depots(build_network([a_segment()]))
    assert first.location in (node_at(1), node_at(2))
    assert len(more) <= 1
