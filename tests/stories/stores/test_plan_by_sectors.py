"""A large city's plan is made by two workers, each for a sector, and joined into one draft."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from api.processes.workers.plan_worker import solve_run, work_until
from api.processes.workers.run_context import WorkerLimits
from api.processes.workers.run_lease import LEASE_S, real_now
from data.model import PlanRun, PlanRunId, RunKind, RunState
from data.setup.fleet_file import FleetFile
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import get_run, lease_run
from data.store.planning.plan_workers import count_workers, note_worker
from data.store.planning.plans import get_plan
from data.store.planning.sector_runs import list_sector_runs
from data.store.setup.machines import save_fleet
from tests import village as v
from tests.dead_workers import let_workers_die

LIMITS = WorkerLimits(sector_jobs=3)
PATIENCE_S = 600.0


@pytest.fixture
def storm(app, dispatcher):
    """A storm in the village, which has eight machines now."""
    machines = tuple(v.a_vehicle(n) for n in range(1, 9))
    with transaction(app.engine) as tx:
        save_fleet(tx, FleetFile((v.a_depot(),), (v.a_reload_site(),), machines))
    begun = dispatcher.post("/api/storms", json={"name": "First snow"})
    assert begun.status_code == 201, begun.text
    return begun.json()


@pytest.fixture
def two_workers(app) -> None:
    """Two workers that were seen just now."""
    with transaction(app.engine) as tx:
        for name in ("here", "elsewhere"):
            note_worker(tx, name, {RunKind.PLAN, RunKind.SECTOR}, real_now())


def leased(app, *, dying: bool = False) -> PlanRun:
    """The run that comes next, where `dying` after all workers have died."""
    with transaction(app.engine) as tx:
        if dying:
            let_workers_die(tx, real_now())
        run = lease_run(tx, real_now(), LEASE_S)
    assert run is not None
    return run


def solve(app, clock, run: PlanRun) -> None:
    solve_run(app.engine, v.village(), run, clock, threading.Event(), LIMITS)


def asked(dispatcher, seconds: float = 1.0) -> int:
    return dispatcher.post("/api/plans", json={"seconds": seconds}).json()["id"]


@contextmanager
def workers(city_folder, clock, count: int) -> Iterator[None]:
    stopped = threading.Event()
    threads = [
        threading.Thread(target=work_until, args=(city_folder, clock, stopped))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(PATIENCE_S)


def test_two_workers_make_one_plan(dispatcher, storm, app, clock, city_folder, monkeypatch):
    monkeypatch.setenv("BARFRUB_SECTOR_JOBS", "3")
    pause = threading.Event()
    with workers(city_folder, clock, 2):
        while _workers(app) < 2:
            pause.wait(0.05)
        run_id = asked(dispatcher)
        while (run := dispatcher.get(f"/api/plan-runs/{run_id}").json())["state"] not in (
            "done",
            "failed",
        ):
            pause.wait(0.05)
    assert (run["state"], run["error"]) == ("done", "")
    with reading(app.engine) as tx:
        parts = list_sector_runs(tx, PlanRunId(run_id))
        plan = get_plan(tx, run["plan_id"])
    assert [part.state for part in parts] == [RunState.DONE] * 2
    done = {job for route in plan.routes for leg in route.legs for job in leg.job_ids}
    assert done == set(range(1, 10))
    assert _workers(app) == 0


def _workers(app) -> int:
    with reading(app.engine) as tx:
        return count_workers(tx, RunKind.SECTOR, real_now() - timedelta(minutes=1))


def test_the_board_shows_one_run_at_work_while_sectors_are_planned(
    dispatcher, storm, app, clock, two_workers
):
    run_id = asked(dispatcher)
    solve(app, clock, leased(app))
    view = dispatcher.get(f"/api/plan-runs/{run_id}").json()
    assert (view["state"], view["ahead"]) == ("running", 0)
    assert [run["id"] for run in dispatcher.get("/api/board").json()["runs"]] == [run_id]
    solve(app, clock, leased(app))
    assert dispatcher.get(f"/api/plan-runs/{run_id}").json()["elapsed_s"] > 0


def test_stopping_before_there_are_routes_ends_the_plan_without_a_draft(
    dispatcher, storm, app, clock, two_workers
):
    run_id = asked(dispatcher, seconds=1200.0)
    solve(app, clock, leased(app))
    assert dispatcher.post(f"/api/plan-runs/{run_id}/stop").status_code == 200
    for _ in range(2):
        solve(app, clock, leased(app))
    run = dispatcher.get(f"/api/plan-runs/{run_id}").json()
    assert (run["state"], run["fault"], run["plan_id"]) == ("failed", "run:stopped", None)


def test_stopping_once_sectors_have_routes_keeps_the_best_so_far(
    dispatcher, storm, app, clock, two_workers
):
    run_id = asked(dispatcher)
    for _ in range(3):
        solve(app, clock, leased(app))
    assert dispatcher.post(f"/api/plan-runs/{run_id}/stop").status_code == 200
    solve(app, clock, leased(app))
    run = dispatcher.get(f"/api/plan-runs/{run_id}").json()
    assert (run["state"], run["plan_id"] is not None) == ("done", True)


def test_a_sector_that_kills_its_workers_fails_the_plan_with_a_clear_text(
    dispatcher, storm, app, clock, two_workers
):
    run_id = asked(dispatcher)
    solve(app, clock, leased(app))
    deadly = leased(app)
    solve(app, clock, leased(app))
    taken = [leased(app, dying=True) for _ in range(3)]
    assert [run.id for run in taken] == [deadly.id, deadly.id, run_id]
    solve(app, clock, taken[-1])
    run = dispatcher.get(f"/api/plan-runs/{run_id}").json()
    assert (run["state"], run["fault"]) == ("failed", "run:worker_died")
    assert run["error"] == "sector 1 of 2: its worker died 3 times"


def test_a_sector_that_cannot_be_planned_fails_the_plan_with_its_reason(
    dispatcher, storm, app, clock, two_workers
):
    run_id = asked(dispatcher)
    solve(app, clock, leased(app))
    assert dispatcher.post(f"/api/storms/{storm['id']}/end").status_code == 200
    solve(app, clock, leased(app))
    solve(app, clock, leased(app))
    with reading(app.engine) as tx:
        run = get_run(tx, PlanRunId(run_id))
        parts = list_sector_runs(tx, run.id)
    assert [part.state for part in parts] == [RunState.FAILED] * 2
    assert run.state is RunState.FAILED
    assert "has ended" in run.error
