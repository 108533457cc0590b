import gc
import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Engine

from api.processes.workers import plan_worker, run_kinds
from api.processes.workers.plan_worker import solve_run, work_until
from api.processes.workers.run_context import RunContext, StoreOutcome
from api.processes.workers.run_lease import HUNG_STATUS, Heartbeat, real_now
from api.processes.workers.worker_processes import WORKERS, running_workers
from data.errors import ConflictError
from data.model import PlanRun, RunFailure, RunKind, RunState
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import get_run, lease_run
from data.store.planning.plans import add_plan, get_plan
from data.store.planning.run_files import get_file
from data.store.queue.run_queue import LEASE_S
from fleet.planning import plan_solving
from fleet.planning.draft_finishes import finishes_of
from fleet.planning.plan_lifecycle import ask_for_plan, request_stop
from fleet.planning.plan_preparation import prepare
from fleet.routes.file_request import ask_for_sheets
from fleet.storms.storm_start import end_storm, start_storm
from fleet.what_if.question import ask_what_if
from routing.search import solver
from tests import village as v
from tests.dead_workers import let_workers_die
from tests.maps.plans import a_plan
from tests.village_database import DISPATCHER, POLICY

STORM = v.a_storm().id
PATIENCE_S = 600.0


@pytest.fixture
def engine(city_folder: Path) -> Iterator[Engine]:
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    yield engine
    engine.dispose()


def asked(engine: Engine, seconds: float = 0.2) -> PlanRun:
    with transaction(engine) as tx:
        return ask_for_plan(tx, DISPATCHER, STORM, seconds, v.NOW)


def leased(engine: Engine) -> PlanRun:
    with transaction(engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S)
    assert run is not None
    return run


def taken_from_the_dead(engine: Engine) -> PlanRun | None:
    """Let a worker lease a run when those before it have died."""
    with transaction(engine) as tx:
        let_workers_die(tx, real_now())
        return lease_run(tx, real_now(), LEASE_S)


def now_standing(engine: Engine, run: PlanRun) -> PlanRun:
    with reading(engine) as tx:
        return get_run(tx, run.id)


def begun(engine: Engine, run: PlanRun) -> None:
    """Wait until a run has routes."""
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.05)):
        if now_standing(engine, run).best is not None:
            return
        pause.wait(0.05)
    raise AssertionError("the run has no routes")


def finished(engine: Engine, run: PlanRun) -> PlanRun:
    """Wait for the worker: the only thing here that real time decides."""
    pause = threading.Event()
    for _ in range(round(PATIENCE_S / 0.05)):
        run = now_standing(engine, run)
        if run.state in {RunState.DONE, RunState.FAILED}:
            return run
        pause.wait(0.05)
    raise AssertionError(f"the run did not end: {run}")


def test_a_run_becomes_a_draft_that_the_referee_let_through(engine: Engine, clock) -> None:
    run = asked(engine)
    solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    done = now_standing(engine, run)
    assert (done.state, done.error) == (RunState.DONE, "")
    assert done.plan_id is not None
    assert done.best is not None
    with reading(engine) as tx:
        plan = get_plan(tx, done.plan_id)
    assert plan.state == "draft"
    assert plan.unserved == ()
    assert plan.cost.total == pytest.approx(done.best)
    assert plan.bound <= plan.cost.total
    assert {job for route in plan.routes for leg in route.legs for job in leg.job_ids} == set(
        range(1, 10)
    )


def test_a_plan_that_cannot_be_compared_is_kept_without_finishes(
    engine: Engine, clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_):
        raise KeyError("machine")

    monkeypatch.setattr(run_kinds, "draft_finishes", failing)
    run = asked(engine)
    solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    done = now_standing(engine, run)
    assert (done.state, finishes_of(done)) == (RunState.DONE, ())
    assert done.plan_id is not None
    assert "cannot be compared" in caplog.text


def test_a_run_that_cannot_be_solved_keeps_the_reason(engine: Engine, clock) -> None:
    run = asked(engine)
    with transaction(engine) as tx:
        end_storm(tx, DISPATCHER, STORM, v.NOW)
    solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    failed = now_standing(engine, run)
    assert (failed.state, failed.error) == (RunState.FAILED, "storm 'First snow' has ended")


def test_no_garbage_is_searched_for_while_a_run_is_solved_but_for_files(
    engine: Engine, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    collects: list[bool] = []

    def refused(_context: RunContext) -> StoreOutcome:
        collects.append(gc.isenabled())
        raise ConflictError("no")

    ended: list[RunState] = []

    def searched() -> None:
        ended.append(now_standing(engine, run).state)

    monkeypatch.setattr(plan_worker, "KINDS", {RunKind.PLAN: refused})
    run = asked(engine)
    with monkeypatch.context() as patch:
        patch.setattr(gc, "collect", searched)
        solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    assert (collects, gc.isenabled()) == ([False], True)
    assert ended == [RunState.FAILED], "whoever waits for the outcome reads it before the search"

    monkeypatch.setattr(plan_worker, "FILE_KINDS", {RunKind.PLAN})  # beside another run
    asked(engine)
    solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    assert collects == [False, True]


def test_a_search_that_is_stopped_ends_early_with_its_routes(engine: Engine, clock) -> None:
    run = asked(engine, seconds=1200.0)
    args = (engine, v.village(), leased(engine), clock, threading.Event())
    worker = threading.Thread(target=solve_run, args=args)
    worker.start()
    begun(engine, run)
    with transaction(engine) as tx:
        request_stop(tx, DISPATCHER, run.id, v.NOW)
    worker.join(PATIENCE_S)
    ended = now_standing(engine, run)
    assert (ended.state, ended.plan_id is None) == (RunState.DONE, False)


@pytest.mark.parametrize("stopped_at", ["problem_from", "settled"])
def test_a_search_that_is_stopped_before_its_routes_ends_at_once_without_a_draft(
    engine: Engine, clock, monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    run = asked(engine, seconds=1200.0)
    beats, steps = [], []
    monkeypatch.setattr(Heartbeat, "__enter__", lambda beat: beats.append(beat))

    def stopped_in(module: ModuleType, name: str) -> None:
        step = getattr(module, name)

        def heard(*args: object) -> object:
            steps.append(name)
            beats[0].asked = beats[0].asked or name == stopped_at
            return step(*args)

        monkeypatch.setattr(module, name, heard)

    stopped_in(plan_solving, "problem_from")
    stopped_in(plan_solving, "proved")
    stopped_in(solver, "settled")
    stopped_in(plan_solving, "violations")
    solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    ended = now_standing(engine, run)
    assert (ended.state, ended.fault) == (RunState.FAILED, RunFailure("run:stopped", {}))
    assert ended.plan_id is None
    assert steps[-1] == stopped_at


def test_a_worker_that_leaves_before_first_routes_still_makes_them(engine: Engine, clock) -> None:
    run, leaving = asked(engine, seconds=1200.0), threading.Event()
    leaving.set()
    solve_run(engine, v.village(), leased(engine), clock, leaving)
    assert now_standing(engine, run).state is RunState.DONE


def test_a_worker_that_lost_its_lease_stores_nothing(engine: Engine, clock) -> None:
    run = asked(engine)
    lost = leased(engine)
    taken = taken_from_the_dead(engine)
    assert taken is not None
    solve_run(engine, v.village(), lost, clock, threading.Event())
    assert now_standing(engine, run) == taken


def test_the_last_beat_writes_the_last_progress(engine: Engine) -> None:
    asked(engine)
    beat = Heartbeat(engine, leased(engine))
    with beat:
        beat.report(5.0, 3.0, 1, 700)
    written = now_standing(engine, beat.plan_run)
    assert written == beat.plan_run
    assert replace(written, elapsed_s=0.0) == replace(
        written, best=5.0, bound=3.0, unserved=1, iterations=700, elapsed_s=0.0
    )


def test_a_wish_to_stop_is_heard_between_two_beats(engine: Engine) -> None:
    run = asked(engine)
    beat = Heartbeat(engine, leased(engine))
    beat.run()
    held_until = now_standing(engine, run).lease_until
    with transaction(engine) as tx:
        request_stop(tx, DISPATCHER, run.id, v.NOW)
    beat.run()
    assert beat.asked
    assert now_standing(engine, run).lease_until == held_until


def test_a_run_that_hangs_ends_its_worker_and_goes_to_another(engine: Engine) -> None:
    run, ended = asked(engine), []
    beat = Heartbeat(engine, leased(engine), on_hung=lambda: ended.append(True))
    beat.run()
    held_until = now_standing(engine, run).lease_until
    beat.deadline_s = 0.0
    beat.run()
    beat.run()
    assert ended == [True]
    assert beat.asked
    assert now_standing(engine, run).lease_until == held_until
    taken = taken_from_the_dead(engine)
    assert taken is not None
    assert taken.id == run.id


def test_a_worker_takes_only_what_it_is_for(engine: Engine, city_folder: Path, clock) -> None:
    question = asked_what_if(engine, {v.a_vehicle(1).type: -1})
    run = asked(engine)
    stopped = threading.Event()
    worker = threading.Thread(
        target=work_until, args=(city_folder, clock, stopped, bool, {RunKind.PLAN})
    )
    worker.start()
    try:
        assert finished(engine, run).state is RunState.DONE
    finally:
        stopped.set()
        worker.join(PATIENCE_S)
    assert now_standing(engine, question).state is RunState.QUEUED


def test_an_idle_worker_takes_a_queued_run_and_stops_when_ordered(
    engine: Engine, city_folder: Path, clock
) -> None:
    stopped = threading.Event()
    worker = threading.Thread(target=work_until, args=(city_folder, clock, stopped))
    worker.start()
    try:
        assert finished(engine, asked(engine)).state is RunState.DONE
    finally:
        stopped.set()
        worker.join(PATIENCE_S)
    assert not worker.is_alive()


def test_the_worker_beside_the_server_is_another_process_and_is_replaced_when_it_dies(
    engine: Engine, city_folder: Path, clock
) -> None:
    with running_workers(city_folder, clock):
        pause = threading.Event()
        while len(multiprocessing.active_children()) < len(WORKERS):
            pause.wait(0.01)
        sheets = asked_sheets(engine)
        while now_standing(engine, sheets).state is RunState.QUEUED:
            pause.wait(0.01)
        for worker in multiprocessing.active_children():
            worker.kill()
        with transaction(engine) as tx:
            let_workers_die(tx, real_now())
        assert finished(engine, asked(engine)).state is RunState.DONE
        assert finished(engine, sheets).state is RunState.DONE
    with reading(engine) as tx:
        assert get_file(tx, sheets.id).startswith(b"%PDF-")


def test_a_run_that_kills_its_workers_is_given_up(engine: Engine) -> None:
    run = asked(engine)
    assert [taken_from_the_dead(engine) is None for _ in range(4)] == [False, False, False, True]
    given_up = now_standing(engine, run)
    assert (given_up.state, given_up.error) == (RunState.FAILED, "its worker died 3 times")


def test_a_question_about_the_fleet_is_answered_from_real_solves(engine: Engine, clock) -> None:
    asked_run = asked_what_if(engine, {v.a_vehicle(1).type: -1})
    solve_run(engine, v.village(), leased(engine), clock, threading.Event())
    run = now_standing(engine, asked_run)
    assert (run.state, run.plan_id) == (RunState.DONE, None)
    assert run.answer is not None
    base, found = run.answer["base"], run.answer["found"]
    assert (base["machines"], found["machines"], run.answer["without"]) == (2, 1, ["Truck 2"])
    assert base["finish"].keys() == found["finish"].keys()
    assert found["cost"] >= base["cost"]  # equal where its second has no time for a search
    assert found["finish"]["P1"] >= base["finish"]["P1"]


def test_a_question_makes_room_for_a_plan_and_is_taken_up_again(engine: Engine, clock) -> None:
    question = asked_what_if(engine, {v.a_vehicle(1).type: 1}, seconds=120.0)
    held = leased(engine)
    plan = asked(engine)
    clock.moment += timedelta(seconds=20)
    solve_run(engine, v.village(), held, clock, threading.Event())
    again = now_standing(engine, question)
    assert again.state is RunState.QUEUED
    assert again.elapsed_s >= 20.0  # from the question on
    assert leased(engine).id == plan.id


def asked_sheets(engine: Engine) -> PlanRun:
    with transaction(engine) as tx:
        plan = add_plan(tx, a_plan(unserved=()))
        return ask_for_sheets(tx, DISPATCHER, plan.id, "en", v.NOW)


def asked_what_if(engine: Engine, change: dict[str, int], seconds: float = 1.0) -> PlanRun:
    with transaction(engine) as tx:
        prepared = prepare(tx, STORM, v.village(), v.NOW)
        return ask_what_if(tx, DISPATCHER, prepared, change, seconds, v.NOW)


HANGS = """
from types import SimpleNamespace
from api.processes.workers.run_lease import Heartbeat
beat = Heartbeat(None, SimpleNamespace(id=7, seconds=1.0, stop_requested=False))
beat.deadline_s = 0.0
beat.start()
while True:
    pass
"""
"""A worker whose run never ends and whose deadline is over."""


def test_a_process_whose_run_hangs_ends_at_its_deadline() -> None:
    hung = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, timeout=PATIENCE_S)
    assert hung.returncode == HUNG_STATUS
