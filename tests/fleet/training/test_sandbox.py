"""What comes along into a sandbox, and what stays in the city."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from data.model import Role
from data.model.training.rehearsal import Training
from data.store.accounts.accounts import add_user, list_users
from data.store.database.engine import Database, create_engine, reading, transaction
from data.store.migrations.upgrading import upgrade
from data.store.requests.requests import add_request
from data.store.schema import event, metadata, user
from data.store.setup.city import get_city, get_policy
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import list_storms
from data.store.streets.network import load_network
from data.store.training.sandbox_copy import COPIED, LEFT_OUT
from data.training import shipped_text
from fleet.storms.storm_start import start_storm
from fleet.training.rehearsal import training_of
from fleet.training.sandbox.filling import DISPATCHER, OPERATOR, NewSandbox, fill_sandbox
from tests import village as v
from tests.fleet.drives import a_request
from tests.village_database import DISPATCHER as LEILA
from tests.village_database import POLICY, a_village_database

TRAINING = Training("village", "first-night", shipped_text("first-night"), 1, v.NOW, "vera")


@pytest.fixture
def source() -> Iterator[Database]:
    """The village with a caller, whose request a storm of before answered."""
    engine = a_village_database()
    with transaction(engine) as tx:
        add_user(tx, "leila", [Role.DISPATCHER], "fa", "her digest")
        add_user(tx, "sara", [Role.OPERATOR], "fa", "", of_province=True)
        tx.execute(user.update().where(user.c.login == "leila").values(phone="0914 555"))
        start_storm(tx, LEILA, "First snow", v.village(), POLICY, v.NOW)
        add_request(tx, replace(a_request(), text="Sara, 0914 555"))
    yield engine
    engine.dispose()


@pytest.fixture
def sandbox(source: Database) -> Iterator[Database]:
    engine = create_engine(None)
    upgrade(engine)
    new = NewSandbox(TRAINING, "Rehearsal", {OPERATOR: "one", DISPATCHER: "two"}, {"sara": "hers"})
    fill_sandbox(source, engine, new, LEILA)
    yield engine
    engine.dispose()


def test_every_table_is_either_copied_or_left_out() -> None:
    """Whoever adds a table says in `sandbox_copy` whether a rehearsal needs it."""
    copied = {table.name for table in COPIED}
    assert copied & LEFT_OUT == set()
    assert copied | LEFT_OUT == metadata.tables.keys()


def test_streets_machines_and_people_come_along(source: Database, sandbox: Database) -> None:
    with reading(source) as city, reading(sandbox) as tx:
        assert load_network(tx).version == load_network(city).version
        assert list_vehicles(tx) == list_vehicles(city)
        assert get_city(tx).name == get_city(city).name
        digests = {
            one.login: tx.scalar(select(user.c.password_hash).where(user.c.id == one.id))
            for one in list_users(tx)
        }
    assert digests == {"leila": "her digest", "sara": "hers", OPERATOR: "one", DISPATCHER: "two"}


def test_nothing_of_callers_and_no_number_to_dial_comes_along(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        for table in LEFT_OUT - {"event", "training", "storm", "storm_move", "job", "shift"}:
            assert tx.execute(select(metadata.tables[table])).first() is None, table
        assert {one.phone for one in list_users(tx)} == {""}
        assert {one.of_province for one in list_users(tx)} == {False}
        log = str(tx.execute(select(event)).all())
    assert "0914" not in log


def test_who_the_simulation_plays_is_called_so_beside_everybody_else(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        names = {user.login: user.name for user in list_users(tx)}
    assert {names[OPERATOR], names[DISPATCHER]} == {"Simulation"}


def test_a_storm_begins_with_the_scenario(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        assert training_of(tx) == TRAINING
        assert [(one.name, one.started_at) for one in list_storms(tx)] == [("Rehearsal", v.NOW)]


def test_no_second_step_is_asked_for_that_stayed_in_the_city(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        assert get_policy(tx).sign_in.second_step == ()
        assert not get_policy(tx).weather_feed.on
