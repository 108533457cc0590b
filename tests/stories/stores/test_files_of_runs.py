"""Route sheets are made by workers of the queue, wherever they are, and fetched when ready."""

import threading
from datetime import timedelta

import pytest

from api.processes.limited_process import ProcessLimits
from api.processes.workers.run_context import WorkerLimits
from data.errors import NotFoundError
from data.model import PlanRunId, PlanState, RunState
from data.store.audit.audit_log import add_event
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import answer_run, get_run
from data.store.planning.plans import add_plan
from data.store.planning.run_files import (
    PART_BYTES,
    add_file,
    erase_files,
    get_file,
)
from fleet.planning.plan_lifecycle import ask_for_plan
from tests.files_of_runs import lease_file, make_file
from tests.maps.plans import a_plan
from tests.village_database import DISPATCHER


@pytest.fixture
def plan(app, storm):
    with transaction(app.engine) as tx:
        return add_plan(tx, a_plan(state=PlanState.DRAFT, unserved=()))


@pytest.fixture
def ask(dispatcher, plan):
    """Ask for the sheets of all trucks, without waiting for them."""

    def asked(**headers: str):
        return dispatcher.get(f"/api/plans/{plan.id}/sheets.pdf?wait_s=0", headers=headers)

    return asked


def state_of(app, run_id: int) -> RunState:
    with reading(app.engine) as tx:
        return get_run(tx, PlanRunId(run_id)).state


def test_who_asks_follows_the_run_and_then_gets_the_file(ask, dispatcher, app, clock):
    first = ask()
    run_id, address = first.json()["id"], first.headers["location"]
    assert (first.status_code, first.json()["state"], first.json()["ahead"]) == (202, "queued", 0)
    assert ask().json()["id"] == run_id  # whoever asks for the same waits for the same
    page = ask(accept="text/html")
    assert page.headers["refresh"].endswith(address)
    assert "Waiting to be made" in page.text
    make_file(app, clock)
    whole = dispatcher.get(address)
    assert whole.content.startswith(b"%PDF-")
    assert whole.headers["content-disposition"] == 'inline; filename="routes-1-en.pdf"'
    again = ask()  # what is printed later may say something else
    assert again.json()["id"] != run_id


def test_boards_and_plans_do_not_notice_files(ask, dispatcher, app, plan, clock):
    run_id = ask().json()["id"]
    assert dispatcher.get("/api/board").json()["runs"] == []
    with transaction(app.engine) as tx:
        planned = ask_for_plan(tx, DISPATCHER, plan.storm_id, 1.0, clock.now())
    assert dispatcher.get(f"/api/plan-runs/{planned.id}").json()["ahead"] == 0
    assert dispatcher.get(f"/api/plan-runs/{planned.id}/file").status_code == 404
    assert lease_file(app).id == run_id


def test_what_changed_since_a_file_was_begun_makes_a_new_one_but_few_may_wait(ask, app, clock):
    runs = set()
    for _ in range(4):
        runs.add(ask().json()["id"])
        lease_file(app)
        assert ask().json()["id"] in runs
        with transaction(app.engine) as tx:
            add_event(tx, clock.now(), DISPATCHER, "street.closed", "closure:1")
    assert len(runs) == 4
    refused = ask()
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "files_busy")


def test_a_file_that_is_not_wanted_any_more_is_not_made(ask, dispatcher, app, clock):
    address = ask().headers["location"]
    lease_file(app)
    assert dispatcher.post(f"{address}/stop", follow_redirects=False).status_code == 303
    assert dispatcher.get(address).status_code == 202  # its worker has not noticed yet
    make_file(app, clock, lease_file(app, dying=True))
    stopped = dispatcher.get(address, headers={"accept": "text/html"})
    assert stopped.status_code == 409
    assert "Making this file was stopped." in stopped.text


def test_a_file_that_nobody_makes_yet_is_stopped_at_once(ask, dispatcher, app):
    address = ask().headers["location"]
    dispatcher.post(f"{address}/stop", follow_redirects=False)
    stopped = dispatcher.get(address)
    assert (stopped.status_code, stopped.json()["fault"]) == (409, "conflict:file_stopped")
    later = ask()
    assert later.headers["location"] != address
    assert lease_file(app).id == later.json()["id"]


def test_who_asks_gets_no_file_that_another_has_stopped(ask, dispatcher, app):
    for _ in range(4):  # as many as may wait
        stopped = ask()
        assert stopped.status_code == 202
        lease_file(app)
        dispatcher.post(f"{stopped.headers['location']}/stop", follow_redirects=False)
    assert ask().json()["stop_requested"] is False


def test_a_worker_that_leaves_hands_its_file_over(ask, app, clock):
    run_id, leaving = ask().json()["id"], threading.Event()
    leaving.set()
    make_file(app, clock, stopped=leaving)
    assert state_of(app, run_id) is RunState.QUEUED
    make_file(app, clock)
    assert state_of(app, run_id) is RunState.DONE


def test_a_file_that_takes_too_long_or_too_much_memory_is_given_up(ask, dispatcher, app, clock):
    address = ask().headers["location"]
    make_file(app, clock, limits=WorkerLimits(files=ProcessLimits(megabytes=1, minutes=1e-9)))
    failed = dispatcher.get(address)
    assert (failed.status_code, failed.json()["fault"]) == (409, "error:import_limit")


def test_a_file_whose_worker_has_died_is_made_by_another(ask, dispatcher, app, clock):
    asked, first = ask(), lease_file(app)
    make_file(app, clock, lease_file(app, dying=True))
    whole = dispatcher.get(asked.headers["location"])
    assert whole.content.startswith(b"%PDF-")
    make_file(app, clock, first)  # it was not dead, only slow, and stores nothing
    assert dispatcher.get(asked.headers["location"]).content == whole.content


def test_files_go_with_their_runs_after_an_hour(ask, dispatcher, app, clock):
    first = ask()
    run_id, content = PlanRunId(first.json()["id"]), b"0123456789" * PART_BYTES * 7
    with transaction(app.engine) as tx:
        assert erase_files(tx, clock.now() + timedelta(days=1)) == 0  # nobody has made it yet
    with transaction(app.engine) as tx:
        add_file(tx, run_id, content)
    with reading(app.engine) as tx:
        assert get_file(tx, run_id) == content
    held = lease_file(app)
    with transaction(app.engine) as tx:
        answer_run(tx, held, {"name": "sheets.pdf", "media_type": "application/pdf"}, "")
    assert dispatcher.get(first.headers["location"]).content == content
    app.retention_task.erase()
    assert dispatcher.get(first.headers["location"]).status_code == 200
    clock.moment += timedelta(hours=1, seconds=1)
    assert dispatcher.get(first.headers["location"]).status_code == 404  # erased or not
    app.retention_task.erase()
    with reading(app.engine) as tx, pytest.raises(NotFoundError):
        get_file(tx, run_id)
