from data.model import NodeId, Oneway, Place, Restriction, SegmentId
from data.model.streets import ServiceWay
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.store.database.engine import Tx
from data.store.setup.city import (
    get_city,
    get_fleet_text,
    get_policy,
    get_report,
    set_fleet_text,
    set_policy_text,
)
from data.store.streets.network import load_network, save_network
from data.store.streets.places import list_places, save_places
from tests import village as v
from tests.village_database import POLICY


def a_service_way(number: int) -> ServiceWay:
    line = v.at_m(100.0, 0.0), v.at_m(100.0, 50.0 * number)
    ends = NodeId(50), NodeId(50 + number)
    return ServiceWay(SegmentId(-number), 7000 + number, *ends, line, Oneway.BACKWARD)


def test_streets_come_back_as_they_were_saved(tx: Tx) -> None:
    network = load_network(tx)
    assert network.segments == v.village().segments
    assert network.version == v.village().version


def test_saving_again_replaces_streets_and_signs(tx: Tx) -> None:
    sign = Restriction(v.MAIN_WEST, NodeId(2), v.MILL, "no")
    save_network(tx, v.village_segments()[:4], [sign])
    network = load_network(tx)
    assert len(network.segments) == 4
    assert network.restrictions == (sign,)


def test_service_ways_come_back_apart_from_the_streets(tx: Tx) -> None:
    version = load_network(tx).version
    ways = tuple(a_service_way(number) for number in (1, 2))
    save_network(tx, v.village_segments(), (), ways)
    network = load_network(tx)
    assert network.service_ways == ways
    assert network.segments == v.village_segments()
    assert network.version == version
    save_network(tx, v.village_segments(), ())
    assert load_network(tx).service_ways == ()


def test_places_come_back_as_they_were_saved(tx: Tx) -> None:
    assert tuple(list_places(tx)) == v.village_places()


def test_the_gates_of_places_are_kept(tx: Tx) -> None:
    gates = v.at_m(90, 150), v.at_m(110, 150)
    school = Place("school", v.at_m(100, 160), {"": ("دبستان البرز",)}, gates=gates)
    save_places(tx, [school])
    assert list_places(tx) == [school]


def test_the_city_remembers_its_policy_fleet_and_report(tx: Tx) -> None:
    assert get_city(tx).bounds == v.village().bounds
    assert get_report(tx) == {"segments": 12}
    assert get_policy(tx) == POLICY

    saltier = DEFAULT_POLICY.replace("salt_gm2 = 20", "salt_gm2 = 33")
    set_policy_text(tx, saltier)
    set_fleet_text(tx, "# none")
    assert get_policy(tx) == policy_from_toml(saltier)
    assert get_policy(tx).salt_gm2 == 33
    assert get_fleet_text(tx) == "# none"
