import json

from data.streets.network import build_network
from maps.pages.geojson import plan_geojson, route_geojson
from tests.maps.plans import a_plan
from tests.village import MILL, node_at, village, village_segments


def features():
    return plan_geojson(a_plan(), village())["features"]


def test_every_leg_is_a_feature_in_driving_order():
    kinds = [feature["properties"]["kind"] for feature in features()]
    assert kinds == ["work", "reload", "drive", "work"]
    assert [feature["properties"]["order"] for feature in features()] == [0, 1, 2, 3]


def test_a_leg_over_two_streets_names_their_junction_once():
    drive = features()[2]["geometry"]
    assert drive["type"] == "LineString"
    assert drive["coordinates"] == [list(node_at(node)) for node in (2, 5, 6)]


def test_a_street_driven_backward_is_drawn_backward():
    assert features()[3]["geometry"]["coordinates"] == [list(node_at(6)), list(node_at(5))]


def test_a_reload_is_a_point_where_the_vehicle_stands():
    assert features()[1]["geometry"] == {"type": "Point", "coordinates": list(node_at(2))}


def test_times_are_utc_and_all_of_it_is_json():
    properties = json.loads(json.dumps(features()))[0]["properties"]
    assert properties["starts_at"] == "2026-12-21T04:00:00Z"
    assert (properties["vehicle_id"], properties["jobs"], properties["segments"]) == (1, [1], [1])


def test_a_route_alone_has_only_its_own_legs():
    idle = a_plan().routes[1]
    assert route_geojson(idle, village())["features"] == []


def test_a_plan_for_streets_of_before_is_drawn_without_those_that_are_gone():
    left = [segment for segment in village_segments() if segment.id != MILL]
    shown = plan_geojson(a_plan(), build_network(left))["features"]
    assert [feature["properties"]["order"] for feature in shown] == [0, 1, 2, 3]
    assert shown[2]["geometry"]["coordinates"] == [list(node_at(node)) for node in (5, 6)]
