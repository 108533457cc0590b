import pytest

from data.model import LegKind
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.streets.network import load_network
from fleet.shifts.driver_codes import give_code
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan


@pytest.fixture
def database(server, tmp_path):
    engine = database_of(tmp_path / "cities/village")
    yield engine
    engine.dispose()


def publish(database, *legs):
    with transaction(database) as tx:
        return add_published_plan(tx, *legs, network_version=load_network(tx).version)


@pytest.fixture
def plan(database):
    """A storm with a route: a drive, Main Street in two blocks, Mill Street, the salt heap."""
    from api.config.clock import Clock

    with transaction(database) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, Clock().now())
    return publish(
        database,
        a_leg(LegKind.DRIVE, v.TULIP, job_ids=(), length_m=450.0),
        a_leg(segment_id=v.MAIN_WEST),
        a_leg(segment_id=v.MAIN_EAST),
        a_leg(segment_id=v.MILL, forward=False, blade=False, spreader=True),
        a_leg(LegKind.RELOAD, path=(), job_ids=()),
    )


@pytest.fixture
def code(database, plan, tmp_path) -> str:
    from api.config.clock import Clock
    from api.config.settings import Settings

    secret = Settings(var=tmp_path).secret_key()
    with transaction(database) as tx:
        return give_code(tx, DISPATCHER, 1, secret, "en", Clock().now()).digits
