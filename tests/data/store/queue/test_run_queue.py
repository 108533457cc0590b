"""The queue of plan runs, in its rows on SQLite and with procrastinate on PostgreSQL."""

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, text

from data.model import PlanRun, PlanRunId, RunKind, RunWish, StormId
from data.store.database.city_address import PostgresAddress
from data.store.database.city_database import database_of, drop_database
from data.store.database.engine import Tx, create_engine, reading, transaction
from data.store.migrations.versions import r0046_queue
from data.store.planning.plan_runs import (
    add_run,
    finish_run,
    get_run,
    heartbeat,
    lease_run,
    run_waits,
)
from data.store.queue.new_runs import new_runs
from data.store.queue.run_queue import LEASE_S, queue_of
from data.store.schema import metadata, plan_run
from data.store.storms.storms import add_storm
from tests import postgres
from tests import village as v
from tests.dead_workers import let_workers_die
from tests.village_database import copy_city, make_city_database

STORM = StormId(1)
PATIENCE_S = 60.0

TABLES = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"
"""SHA-256 of procrastinate's definition of its tables."""

on_postgresql = pytest.mark.skipif(not postgres.WANTED, reason="about procrastinate")


@pytest.fixture
def folder(tmp_path: Path, password_hash: str) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    make_city_database(made, password_hash)
    return copy_city(made, tmp_path / "village")


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    engine = database_of(folder)
    with transaction(engine) as tx:
        add_storm(tx, "First snow", "active", v.NOW)
    yield engine
    engine.dispose()


def asked(engine: Engine, kind: RunKind = RunKind.PLAN) -> PlanRun:
    with transaction(engine) as tx:
        return add_run(tx, STORM, "leila", v.NOW, RunWish(30.0, kind))


def taken(engine: Engine) -> PlanRunId | None:
    with transaction(engine) as tx:
        run = lease_run(tx, v.NOW, LEASE_S)
    return None if run is None else run.id


def rows_of_procrastinate(tx: Tx) -> tuple[int, int]:
    jobs = tx.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
    return jobs, tx.scalar(text("SELECT count(*) FROM procrastinate_workers"))


def test_two_workers_that_ask_at_once_never_take_the_same_run(engine: Engine, folder: Path) -> None:
    asked_for = [asked(engine).id for _ in range(20)]
    together, found = Barrier(2), []

    def work() -> None:
        mine = database_of(folder)
        together.wait()
        while run_id := taken(mine):
            found.append(run_id)
        mine.dispose()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(found) == asked_for


def test_a_run_whose_asking_is_rolled_back_never_runs(engine: Engine) -> None:
    with engine.connect() as tx:
        add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
        tx.rollback()
    assert taken(engine) is None
    run = asked(engine)
    assert taken(engine) == run.id


TAKE_A_RUN = """
import sys
from pathlib import Path
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.planning.plan_runs import lease_run
from tests.village import NOW
with transaction(database_of(Path(sys.argv[1]))) as tx:
    run = lease_run(tx, NOW, 30)
print(run.id, flush=True)
sys.stdin.read()
"""


def test_a_run_of_a_killed_process_goes_to_the_next(engine: Engine, folder: Path) -> None:
    run = asked(engine)
    worker = subprocess.Popen(
        [sys.executable, "-c", TAKE_A_RUN, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == f"{run.id}\n"
        worker.kill()
    assert taken(engine) is None
    with transaction(engine) as tx:
        assert not run_waits(tx, v.NOW)
        let_workers_die(tx, v.NOW)
        assert run_waits(tx, v.NOW)
    assert taken(engine) == run.id
    assert taken(engine) is None


@on_postgresql
def test_a_worker_that_waits_is_woken_by_a_new_run_of_its_kinds(engine: Engine) -> None:
    def rest(_seconds: float) -> None:
        raise AssertionError("nobody rests who hears of runs")

    with new_runs(engine, {RunKind.PLAN}, rest) as wait_for_run:
        wait_for_run(PATIENCE_S)  # listens from now on
        asked(engine, RunKind.WHATIF)
        run = asked(engine)
        assert wait_for_run(PATIENCE_S)
        assert taken(engine) == run.id
        assert not wait_for_run(0.0)


@on_postgresql
def test_a_worker_whose_connection_broke_listens_again(engine: Engine) -> None:
    rests: list[float] = []
    with new_runs(engine, {RunKind.PLAN}, rests.append) as wait_for_run:
        wait_for_run(PATIENCE_S)
        with transaction(engine) as tx:
            tx.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
        assert not wait_for_run(PATIENCE_S)
        assert rests == [PATIENCE_S]
        assert wait_for_run(PATIENCE_S)
        asked(engine)
        assert wait_for_run(PATIENCE_S)


@on_postgresql
def test_nothing_is_left_in_the_queue_of_a_run_that_is_over(tx: Tx) -> None:
    add_storm(tx, "First snow", "active", v.NOW)
    add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    assert rows_of_procrastinate(tx) == (1, 0)
    run = lease_run(tx, v.NOW, LEASE_S)
    assert run is not None
    assert lease_run(tx, v.NOW, LEASE_S) is None
    assert rows_of_procrastinate(tx) == (1, 1)
    finish_run(tx, run, None, "no vehicles")
    assert rows_of_procrastinate(tx) == (0, 0)


@on_postgresql
def test_a_heartbeat_keeps_a_run(tx: Tx) -> None:
    add_storm(tx, "First snow", "active", v.NOW)
    add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    run = lease_run(tx, v.NOW, LEASE_S)
    assert run is not None
    let_workers_die(tx, v.NOW)
    heartbeat(tx, run, v.NOW)
    assert lease_run(tx, v.NOW, LEASE_S) is None


@on_postgresql
def test_a_queue_is_made_anew_from_the_runs_that_are_not_over(tx: Tx) -> None:
    add_storm(tx, "First snow", "active", v.NOW)
    runs = [add_run(tx, STORM, "leila", v.NOW, RunWish(30.0)) for _ in range(3)]
    for _ in range(2):
        held = lease_run(tx, v.NOW, LEASE_S)
    assert held is not None
    finish_run(tx, held, None, "no vehicles")
    queue_of(tx).refill(tx)
    assert rows_of_procrastinate(tx) == (2, 0)
    again = [lease_run(tx, v.NOW, LEASE_S) for _ in range(3)]
    assert [run and run.id for run in again] == [runs[0].id, runs[2].id, None]


@on_postgresql
def test_runs_of_a_city_that_came_before_procrastinate_wait_in_its_queue() -> None:
    engine = create_engine(PostgresAddress(postgres.url_for_new_cities(), "city_old"))
    metadata.create_all(engine)
    with transaction(engine) as tx:
        add_storm(tx, "First snow", "active", v.NOW)
        rows = [("done", 1, None), ("running", 2, v.NOW), ("queued", 3, None)]
        for state, run_id, lease_until in rows:
            tx.execute(
                plan_run.insert().values(
                    id=run_id,
                    storm_id=1,
                    asked_by="leila",
                    asked_at=v.NOW,
                    seconds=9,
                    state=state,
                    lease_until=lease_until,
                )
            )
    with transaction(engine) as tx, Operations.context(MigrationContext.configure(tx)):
        r0046_queue.upgrade()
    assert [taken(engine) for _ in rows] == [2, 3, None]
    with reading(engine) as tx:
        assert get_run(tx, PlanRunId(2)).state == "running"
    engine.dispose()


@on_postgresql
def test_nothing_of_procrastinate_outlasts_a_city(engine: Engine) -> None:
    drop_database(engine)
    left = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'procrastinate%'"
    with psycopg.connect(engine.url.set(drivername="postgresql").render_as_string()) as there:
        assert there.execute(left).fetchone() == (0,)


def test_procrastinate_has_the_tables_that_revision_0046_made() -> None:
    """Where a newer one has others, its migrations have to become a revision of ours."""
    definition = SchemaManager.get_schema()
    assert sha256(definition.encode()).hexdigest() == TABLES
