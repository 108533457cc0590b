"""What comes along into a sandbox, and what stays in the city."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Column, Table, insert, select

from data.model import BlockageId, DirectedSegment, Role, StormId, VehicleId
from data.model.ids import MachineLimitId
from data.model.machines import LimitState, MachineLimit
from data.model.training.rehearsal import Training
from data.store.accounts.accounts import add_user, list_users
from data.store.database.city_address import SQLITE_FILE
from data.store.database.engine import (
    Database,
    Tx,
    create_engine,
    open_database,
    reading,
    transaction,
)
from data.store.database.position_months import make_months, months_of
from data.store.migrations import NEWEST, revision_of
from data.store.migrations.upgrading import upgrade
from data.store.requests.requests import add_request
from data.store.schema import agency, crew, metadata, user
from data.store.schema.base import UtcDateTime
from data.store.setup.city import get_city, get_policy
from data.store.setup.machines import list_vehicles
from data.store.shifts.machine_limits import add_limit, list_limits
from data.store.storms.storms import list_storms
from data.store.streets.network import load_network
from data.store.training.sandbox_copy import COPIED, IN_PART, LEFT_OUT
from data.training import shipped_text
from data.training.players import DISPATCHER, OPERATOR
from fleet.alerts.alert_register import may_own
from fleet.followup.waiting_requests import looks_after
from fleet.storms.storm_start import start_storm
from fleet.training.rehearsal import training_of
from fleet.training.sandbox.filling import NewSandbox, fill_sandbox
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.making import bring_up_to_date
from tests import village as v
from tests.data.store.migrations.tables_of_0031 import make_tables_of_0031
from tests.fleet.drives import a_request
from tests.village_database import DISPATCHER as LEILA
from tests.village_database import POLICY, a_village_database

NUMBER = "0914 555"
HEEDED = MachineLimit(
    MachineLimitId(0),
    StormId(1),
    BlockageId(1),
    VehicleId(1),
    (DirectedSegment(v.MILL, True),),
    ("plow",),
    v.NOW,
    "leila",
    state=LimitState.ACCEPTED,
)
"""What keeps plows off Mill Street."""

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
        if tx.dialect.name == "postgresql":
            make_months(tx, months_of([v.NOW]))
        for table in metadata.sorted_tables:
            if table.name in LEFT_OUT or table in (crew, agency):
                _put_a_row(tx, table)
        add_limit(tx, HEEDED)
        add_limit(tx, replace(HEEDED, state=LimitState.PROPOSED))
        add_limit(tx, replace(HEEDED, until_at=v.NOW))
    yield engine
    engine.dispose()


def _put_a_row(tx: Tx, table: Table) -> None:
    """Store a row with a telephone number in each of its texts, unless the table has rows."""
    if tx.execute(select(table)).first() is None:
        columns = [one for one in table.columns if one.autoincrement is not True]
        row = {one.name: _value(tx, one) for one in columns}
        tx.execute(insert(table).values(row))


def _value(tx: Tx, column: Column[Any]) -> object:
    for key in column.foreign_keys:
        return tx.scalar(select(key.column).limit(1))
    dialed = column.table.name in LEFT_OUT or column.name in COPIED.get(column.table, ())
    text, kind = NUMBER if dialed else "Mill", column.type
    if isinstance(kind, JSON):
        return [text]
    if isinstance(kind, UtcDateTime):
        return v.NOW
    known = {str: text, datetime: v.NOW.replace(tzinfo=None), bytes: text.encode()}
    return known.get(kind.python_type, 1)


@pytest.fixture
def sandbox(source: Database) -> Iterator[Database]:
    engine = create_engine(None)
    upgrade(engine)
    new = NewSandbox(TRAINING, "Rehearsal", {OPERATOR: "one", DISPATCHER: "two"}, {"sara": "hers"})
    fill_sandbox(source, engine, new, LEILA)
    yield engine
    engine.dispose()


def test_every_table_is_copied_left_out_or_comes_along_in_part() -> None:
    """Whoever adds a table says in `sandbox_copy` whether a rehearsal needs it."""
    copied = {table.name for table in COPIED}
    lists = (copied, LEFT_OUT, IN_PART)
    assert sorted(chain(*lists)) == sorted(metadata.tables)


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
        told = {one.name: str(tx.execute(select(one)).all()) for one in metadata.sorted_tables}
        assert {one.phone for one in list_users(tx)} == {""}
        assert {one.of_province for one in list_users(tx)} == {False}
    assert [name for name, rows in told.items() if NUMBER in rows] == []


def test_every_table_that_is_left_out_has_rows_in_the_city(source: Database) -> None:
    with reading(source) as tx:
        empty = [one for one in LEFT_OUT if not tx.execute(select(metadata.tables[one])).all()]
    assert empty == []


def test_limits_of_machines_come_along_without_the_reports_of_them(
    source: Database, sandbox: Database
) -> None:
    with reading(sandbox) as tx:
        (limit,) = list_limits(tx, LimitState)
        (storm,) = list_storms(tx)
    assert (limit.ways, limit.types) == (HEEDED.ways, HEEDED.types)
    assert (limit.storm_id, limit.blockage_id) == (storm.id, None)


def test_marks_of_an_older_version_are_brought_up_to_date_and_damaged_ones_stay(
    tmp_path: Path,
) -> None:
    sandbox = Sandbox(tmp_path / "training" / "village", "village")
    older, damaged = (sandbox.marks / name for name in ("1.sqlite", "2.sqlite"))
    for file in (sandbox.city_folder / SQLITE_FILE, older):
        file.parent.mkdir(parents=True)
        engine = create_engine(file)
        make_tables_of_0031(engine)
        engine.dispose()
    damaged.write_bytes(b"no database" * 1000)
    bring_up_to_date(sandbox)
    engine = open_database(older)
    assert revision_of(engine) == NEWEST
    engine.dispose()
    assert damaged.read_bytes() == b"no database" * 1000


def test_who_the_simulation_plays_is_called_so_beside_everybody_else(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        names = {user.login: user.name for user in list_users(tx)}
    assert {names[OPERATOR], names[DISPATCHER]} == {"Simulation"}


def test_nothing_can_be_given_to_whom_the_simulation_plays(sandbox: Database) -> None:
    with transaction(sandbox) as tx:
        add_user(tx, "dilan", [Role.DISPATCHER], "en", "!")
        people = list_users(tx)
    assert {DISPATCHER, OPERATOR} <= {one.login for one in people}
    assert "dilan" in may_own(people)
    assert {DISPATCHER, OPERATOR}.isdisjoint(may_own(people))
    assert {DISPATCHER, OPERATOR}.isdisjoint(one.login for one in people if looks_after(one))


def test_a_storm_begins_with_the_scenario(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        assert training_of(tx) == TRAINING
        assert [(one.name, one.started_at) for one in list_storms(tx)] == [("Rehearsal", v.NOW)]


def test_no_second_step_is_asked_for_that_stayed_in_the_city(sandbox: Database) -> None:
    with reading(sandbox) as tx:
        assert get_policy(tx).sign_in.second_step == ()
        assert not get_policy(tx).weather_feed.on
