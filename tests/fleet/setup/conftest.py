import pytest

from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.setup.city import get_policy, set_fleet_text
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city
from fleet.setup.street_update import compare, take_over
from fleet.storms.storm_start import start_storm
from tests.data.osm.osm_files import a_way, write_osm
from tests.fleet.setup.crossing import ACTOR, ALLEY, LATER, NOW, streets
from tests.postgres import url_for_new_cities


@pytest.fixture
def write(tmp_path):
    return lambda name, things: write_osm(tmp_path / name, things)


@pytest.fixture
def folder(tmp_path, write):
    folder = tmp_path / "cities" / "town"
    file, url = write("old.osm", streets()), url_for_new_cities()
    add_city(folder, NewCity("town", file, "Asia/Tehran", database_url=url), NOW, ACTOR)
    return folder


@pytest.fixture
def engine(folder):
    engine = database_of(folder)
    yield engine
    engine.dispose()


@pytest.fixture
def split(write):
    """A newer file: a side street was mapped, which cuts East Street in two; South is gone."""
    side = a_way(20, [6, 7], ALLEY)
    return write("new.osm", streets(east=(2, 6, 3), south=None, more=[side]))


@pytest.fixture
def update(engine, folder):
    def update(file, **more):
        with reading(engine) as tx:
            newer = compare(tx, file, **more)
        return take_over(engine, folder, newer, LATER, ACTOR)

    return update


@pytest.fixture
def storm(engine):
    with transaction(engine) as tx:
        return start_storm(tx, ACTOR, "First snow", load_network(tx), get_policy(tx), NOW)


@pytest.fixture
def no_text(tx):
    """The village's rows are not those of its sample text."""
    set_fleet_text(tx, "")
