"""A city with a storm behind it moves between SQLite and PostgreSQL, is saved, and comes back."""

from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from api.cli.setup.backup import backup
from api.cli.setup.city import city
from api.cli.setup.restore import restore
from api.config.settings import Settings
from data.errors import ConflictError
from data.model import PlanRunId, RunWish
from data.store.audit.audit_log import add_event
from data.store.database.city_address import PostgresAddress, address_of, save_address
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.planning.plan_runs import add_run, lease_run
from data.store.queue.run_queue import LEASE_S
from data.store.storms.storms import add_storm
from fleet.setup import city_move
from tests import postgres
from tests import village as v
from tests.api.lived_in_city import SYSTEM, live_in, rows_of, run

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")


@pytest.fixture
def lived_in(city_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BARFRUB_VAR", str(city_folder.parent.parent))
    live_in(city_folder)
    return city_folder


def test_a_city_moves_to_a_file_and_back_row_by_row(lived_in: Path) -> None:
    before, there = rows_of(lived_in), address_of(lived_in)
    assert isinstance(there, PostgresAddress)
    done = CliRunner().invoke(city, ["move", "village", "sqlite"], catch_exceptions=False)
    assert "is on SQLite" in done.output
    assert address_of(lived_in) == lived_in / "barfrub.sqlite"
    assert rows_of(lived_in) == before
    assert len(before["position"]) > 20
    done = CliRunner().invoke(
        city, ["move", "village", there.url, "--no-backup"], catch_exceptions=False
    )
    assert "The audit log is whole" in done.output
    assert rows_of(lived_in) == before
    assert sorted(one.name for one in lived_in.glob("*sqlite*")) == []
    engine = database_of(lived_in)
    with transaction(engine) as tx:  # the numbers of new rows go on
        add_event(tx, v.NOW, SYSTEM, "storm.looked", "storm:1")
    engine.dispose()
    assert len(rows_of(lived_in)["event"]) == len(before["event"]) + 1


def test_runs_that_wait_and_that_are_solved_go_along_both_ways(lived_in: Path) -> None:
    there = address_of(lived_in)
    assert isinstance(there, PostgresAddress)
    engine = database_of(lived_in)
    with transaction(engine) as tx:
        storm_id = add_storm(tx, "First snow", "active", v.NOW).id
        runs = [add_run(tx, storm_id, "leila", v.NOW, RunWish(30.0)).id for _ in range(2)]
    engine.dispose()
    assert next_run(lived_in) == runs[0]
    city_move.move_city(lived_in, None, lambda *_: None)
    assert next_run(lived_in, v.NOW + timedelta(seconds=LEASE_S + 1)) == runs[0]
    city_move.move_city(lived_in, there, lambda *_: None)
    assert [next_run(lived_in) for _ in range(3)] == [*runs, None]


def next_run(folder: Path, now: datetime = v.NOW) -> PlanRunId | None:
    """Return the run that a worker takes."""
    engine = database_of(folder)
    with transaction(engine) as tx:
        run = lease_run(tx, now, LEASE_S)
    engine.dispose()
    return None if run is None else run.id


def test_a_move_that_fails_or_leads_to_where_the_city_is_leaves_it_there(
    lived_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, there = rows_of(lived_in), address_of(lived_in)

    def on_a_full_disk(source, copy):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(city_move, "copy_rows", on_a_full_disk)
    with pytest.raises(OSError, match="No space"):
        city_move.move_city(lived_in, None, lambda *_: None)
    assert isinstance(there, PostgresAddress)
    with pytest.raises(ConflictError, match="there already"):
        city_move.move_city(lived_in, there, lambda *_: None)
    assert address_of(lived_in) == there
    assert rows_of(lived_in) == before


def test_a_backup_from_postgresql_is_restored_beside_its_city_and_over_it(
    lived_in: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database_of(lived_in)
    with transaction(engine) as tx:
        storm_id = add_storm(tx, "First snow", "active", v.NOW).id
        runs = [add_run(tx, storm_id, "leila", v.NOW, RunWish(30.0)).id for _ in range(2)]
    engine.dispose()
    assert next_run(lived_in) == runs[0]
    before, there = rows_of(lived_in), address_of(lived_in)
    assert isinstance(there, PostgresAddress)
    saved = tmp_path / "saved.barfrub.tar.gz"
    assert run(backup, saved).exit_code == 0
    engine = database_of(lived_in)
    with transaction(engine) as tx:
        add_event(tx, v.NOW, SYSTEM, "storm.looked", "storm:1")
    engine.dispose()

    monkeypatch.setenv("BARFRUB_DATABASE", there.url)
    done = run(restore, saved, "--city", "second")
    assert done.exit_code == 0, done.output
    assert rows_of(settings.city_folder("second")) == before

    done = run(restore, saved, "--city", "village", "--replace")
    assert done.exit_code == 0, done.output
    assert rows_of(lived_in) == before
    for restored in (settings.city_folder("second"), lived_in):  # nobody solves the first there
        assert [next_run(restored) for _ in range(3)] == [*runs, None]
    with psycopg.connect(there.url) as connection:
        schemas = connection.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'city%%' OR nspname = %s",
            [there.schema],
        ).fetchone()
    assert schemas == (2,)


class Killed(BaseException):
    """What ends a move like a kill: nothing is cleared up after it."""


def test_what_a_killed_move_has_left_is_cleared_away_by_the_next(
    lived_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, there = rows_of(lived_in), address_of(lived_in)
    assert isinstance(there, PostgresAddress)
    places = [PostgresAddress(there.url, f"city_{name}") for name in ("one", "two", "three")]

    def killed(*_):
        raise Killed

    for step, target in zip(("drop_database", "_use"), places, strict=False):
        with monkeypatch.context() as patch:
            patch.setattr(city_move, step, killed)
            with pytest.raises(Killed):
                city_move.move_city(lived_in, target, lambda *_: None)
    assert address_of(lived_in) == places[0]
    city_move.move_city(lived_in, places[2], lambda *_: None)
    assert rows_of(lived_in) == before
    with psycopg.connect(there.url) as connection:
        left = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s)",
            [[there.schema, *(place.schema for place in places)]],
        ).fetchall()
    assert left == [(places[2].schema,)]
    assert list(lived_in.glob(".moving*")) == []


def test_a_city_of_others_is_not_taken_for_what_a_killed_move_left(
    lived_in: Path, city_folder: Path
) -> None:
    there = address_of(lived_in)
    assert isinstance(there, PostgresAddress)
    city_move.move_city(lived_in, None, lambda *_: None)
    save_address(lived_in, PostgresAddress(there.url, "city_other"), city_move.GOING_TO)
    with psycopg.connect(there.url) as connection:
        connection.execute("CREATE SCHEMA city_other CREATE TABLE city_other.note (id int)")
    target = PostgresAddress(there.url, "city_other")
    with pytest.raises(ConflictError, match="has tables already"):
        city_move.move_city(lived_in, target, lambda *_: None)
