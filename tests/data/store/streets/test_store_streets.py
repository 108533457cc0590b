from data.model import NodeId, Restriction
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
from data.store.streets.places import list_places
from tests import village as v
from tests.village_database import POLICY


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


def test_places_come_back_as_they_were_saved(tx: Tx) -> None:
    assert tuple(list_places(tx)) == v.village_places()


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
