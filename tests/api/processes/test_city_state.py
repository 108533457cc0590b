from datetime import UTC, datetime

import pytest

from api.processes.city_state import CityStateHolder
from data.model import Actor, ActorKind
from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city, set_policy
from fleet.setup.street_update import compare, take_over
from tests.data.osm.osm_files import a_way, nodes, write_osm
from tests.postgres import url_for_new_cities

NOW = datetime(2026, 12, 21, tzinfo=UTC)
LATER = datetime(2026, 12, 22, tzinfo=UTC)
ACTOR = Actor(ActorKind.SYSTEM, "test")


def street_file(path, name):
    return write_osm(path, [*nodes(), a_way(10, [1, 2, 3], name=name), a_way(11, [4, 2, 5])])


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "cities" / "town"
    file = street_file(tmp_path / "old.osm", "خیابان امام")
    add_city(folder, NewCity("town", file, database_url=url_for_new_cities()), NOW, ACTOR)
    return folder


@pytest.fixture
def engine(folder):
    engine = database_of(folder)
    yield engine
    engine.dispose()


def test_a_server_finds_a_street_by_the_name_that_a_newer_file_gives_it(engine, folder, tmp_path):
    holder = CityStateHolder(engine)
    with reading(engine) as tx:
        newer = compare(tx, street_file(tmp_path / "new.osm", "خیابان شهید باکری"))
    take_over(engine, folder, newer, LATER, ACTOR)
    assert holder.now.geocoder.candidates("خیابان شهید باکری") == []
    assert holder.refresh()
    assert holder.now.geocoder.candidates("خیابان شهید باکری")[0].segment_id in {1, 2}


def test_a_new_policy_leaves_the_streets_in_memory_as_they_are(engine):
    holder = CityStateHolder(engine)
    network = holder.now.network
    with transaction(engine) as tx:
        set_policy(tx, ACTOR, DEFAULT_POLICY, load_network(tx), LATER)
    assert holder.refresh()
    assert holder.now.network is network


def test_nothing_new_is_not_read_again(engine):
    holder = CityStateHolder(engine)
    before = holder.now
    assert not holder.refresh()
    assert holder.now is before
