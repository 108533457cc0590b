"""A machine that knows nothing but the database's address solves the plans of a city."""

import threading
from pathlib import Path

import pytest

from api.cli.work import work
from api.config.console import joined_city
from api.config.settings import Settings
from api.processes.workers.plan_worker import work_until
from data.errors import BarfrubError
from data.model import PlanRunId, PlanState, RunKind, RunState
from data.model.planning.plan_runs import ASKED_KINDS, FILE_KINDS
from data.store.database.city_address import PostgresAddress, address_in, address_of
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import get_run
from data.store.planning.plans import add_plan
from fleet.setup.city_move import move_city
from tests import postgres
from tests.api.lived_in_city import run
from tests.maps.plans import a_plan

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")


@pytest.fixture
def elsewhere(city_folder: Path, tmp_path: Path) -> Settings:
    """The settings of another machine; the city has the name that other machines know it by."""
    there = address_of(city_folder)
    assert isinstance(there, PostgresAddress)
    move_city(city_folder, address_in(there.url, "village"), lambda *_: None)
    return Settings(var=tmp_path / "elsewhere", database=there.url)


def test_a_plan_asked_for_here_is_solved_elsewhere(elsewhere, dispatcher, storm, app, clock):
    ran = dispatcher.post("/api/plans", json={"seconds": 1}).json()
    folder = joined_city(elsewhere, None)
    assert folder == elsewhere.city_folder("village")
    stopped, pause = threading.Event(), threading.Event()
    arguments = (folder, clock, stopped, bool, {RunKind.PLAN})
    worker = threading.Thread(target=work_until, args=arguments)
    worker.start()
    try:
        while True:
            with reading(app.engine) as tx:
                found = get_run(tx, PlanRunId(ran["id"]))
            if found.state not in {RunState.QUEUED, RunState.RUNNING}:
                break
            pause.wait(0.05)
    finally:
        stopped.set()
        worker.join()
    assert found.state is RunState.DONE
    assert dispatcher.get(f"/api/plans/{found.plan_id}").status_code == 200


def test_a_file_asked_for_here_is_made_elsewhere(elsewhere, dispatcher, storm, app, clock):
    with transaction(app.engine) as tx:
        plan = add_plan(tx, a_plan(state=PlanState.DRAFT, unserved=()))
    asked = dispatcher.get(f"/api/plans/{plan.id}/sheets.pdf?wait_s=0")
    stopped, pause = threading.Event(), threading.Event()
    arguments = (joined_city(elsewhere, None), clock, stopped, bool, FILE_KINDS)
    worker = threading.Thread(target=work_until, args=arguments)
    worker.start()
    try:
        while (whole := dispatcher.get(asked.headers["location"])).status_code == 202:
            pause.wait(0.05)
    finally:
        stopped.set()
        worker.join()
    assert whole.content.startswith(b"%PDF-")


def test_a_city_that_the_database_does_not_have_is_named(elsewhere, monkeypatch):
    with pytest.raises(BarfrubError, match="atlantis"):
        joined_city(elsewhere, "atlantis")
    monkeypatch.setenv("BARFRUB_VAR", str(elsewhere.var))
    monkeypatch.setenv("BARFRUB_DATABASE", elsewhere.database)
    refused = str(run(work, "--queues", "plans").exception)
    assert all(kind in refused.split(", got ")[0] for kind in (*ASKED_KINDS, *FILE_KINDS))
    engine = database_of(joined_city(elsewhere, "village"))
    engine.dispose()
