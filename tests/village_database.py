"""The drawn village in a database in memory."""

import shutil
from contextlib import closing
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from sqlalchemy import Engine

from data.model import Actor, ActorKind, City, Role
from data.policy.city_policy import DEFAULT_POLICY, Policy, policy_from_toml
from data.setup.fleet_file import DEFAULT_FLEET, FleetFile
from data.store.accounts.accounts import add_user
from data.store.database.city_address import SQLITE_FILE, address_of, save_address
from data.store.database.engine import Tx, create_engine, transaction
from data.store.migrations.upgrading import upgrade
from data.store.queue.run_queue import queue_of
from data.store.schema import metadata
from data.store.setup.city import save_city
from data.store.setup.machines import save_fleet
from data.store.streets.network import save_network
from data.store.streets.places import save_places
from fleet.context import CityContext
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from tests import postgres
from tests import village as v

DISPATCHER = Actor(ActorKind.USER, "leila")
POLICY: Policy = policy_from_toml(DEFAULT_POLICY)
FLEET = FleetFile((v.a_depot(),), (v.a_reload_site(),), (v.a_vehicle(1), v.a_vehicle(2)))


def estimates() -> Estimates:
    """Return what tells when trucks of the village come; nothing of a plan is in memory yet."""
    return Estimates(PublishedPlanCache(), v.village(), POLICY)


def a_city(tx: Tx, now: datetime) -> CityContext:
    """Return what decisions about the village need."""
    return CityContext(tx, v.village(), POLICY, now)


def a_village_database() -> Engine:
    """Return a new database with the village's streets, places, policy and fleet."""
    if postgres.WANTED:
        return postgres.opened(postgres.copy(postgres.template("village", _fill)))
    engine = create_engine(None)
    with closing(_made().raw_connection()) as made, closing(engine.raw_connection()) as new:
        made.driver_connection.backup(new.driver_connection)
    return engine


@cache
def _made() -> Engine:
    """Return the database to be copied, which takes twenty times as long to make."""
    engine = create_engine(None)
    _fill(engine)
    return engine


def _fill(engine: Engine) -> None:
    metadata.create_all(engine)
    network = v.village()
    home = City("village", "Asia/Tehran", network.bounds, network.version, "drawn by hand")
    with transaction(engine) as tx:
        queue_of(tx).make(tx)
        save_network(tx, network.segments, network.restrictions)
        save_places(tx, v.village_places())
        save_city(tx, home, DEFAULT_POLICY, DEFAULT_FLEET, {"segments": len(network.segments)})
        save_fleet(tx, FLEET)


def make_city_database(folder: Path, password_hash: str) -> None:
    """Make the database of a city's folder: the village, and a person of each role."""
    fill = partial(_fill_with_people, password_hash=password_hash)
    if postgres.WANTED:
        save_address(folder, postgres.template("served", fill))
        return
    engine = create_engine(folder / SQLITE_FILE)
    fill(engine)
    engine.dispose()


def copy_city(made: Path, folder: Path, *, shared: bool = False) -> Path:
    """Copy a city's folder and its database to where a test, or several, want it; return that."""
    shutil.copytree(made, folder)
    if postgres.WANTED:
        save_address(folder, postgres.copy(address_of(made), shared=shared))
    return folder


def _fill_with_people(engine: Engine, password_hash: str) -> None:
    upgrade(engine)
    network = v.village()
    city = City("Village", "Asia/Tehran", network.bounds, network.version, "drawn by hand")
    with transaction(engine) as tx:
        save_network(tx, v.village_segments(), ())
        save_places(tx, v.village_places())
        save_city(tx, city, DEFAULT_POLICY, "", {})
        save_fleet(tx, FLEET)
        for role in Role:
            add_user(tx, role.value, [role], "en", password_hash)
