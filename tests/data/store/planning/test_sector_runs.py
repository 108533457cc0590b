from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.model import PlanRun, RunFailure, RunKind, RunState, RunWish
from data.store.database.engine import Tx
from data.store.planning.plan_runs import (
    MOST_TRIES,
    add_run,
    answer_run,
    count_ahead,
    count_held,
    finish_run,
    get_run,
    heartbeat,
    lease_run,
    list_runs,
    run_waits,
    set_stop_requested,
)
from data.store.planning.plan_workers import count_workers, note_worker, remove_workers
from data.store.planning.sector_runs import (
    add_sector_runs,
    list_sector_runs,
    note_sector_progress,
)
from data.store.queue.run_queue import queue_of, unfinished_runs
from data.store.storms.storms import add_storm
from tests import village as v
from tests.dead_workers import let_workers_die

STORM = v.a_storm().id
LATER = v.NOW + timedelta(seconds=60)


@pytest.fixture(autouse=True)
def storm(tx: Tx) -> None:
    add_storm(tx, "First snow", "active", v.NOW)


def leased(tx: Tx) -> PlanRun:
    run = lease_run(tx, v.NOW, 30)
    assert run is not None
    return run


@pytest.fixture
def split(tx: Tx) -> PlanRun:
    """A run of 100 seconds that was split in two."""
    add_run(tx, STORM, "leila", v.NOW, RunWish(100.0))
    return add_sector_runs(tx, leased(tx), 70.0, [{"box": 1}, {"box": 2}])


def test_sectors_are_leased_before_the_run_that_joins_them(tx: Tx, split: PlanRun) -> None:
    first, second = leased(tx), leased(tx)
    assert [first.kind, second.kind] == [RunKind.SECTOR] * 2
    assert [first.options, second.options] == [{"box": 1}, {"box": 2}]
    assert {first.parent_id, second.parent_id} == {split.id}
    assert not run_waits(tx, v.NOW)
    answer_run(tx, first, {"stops": {}}, "")
    assert lease_run(tx, v.NOW, 30) is None
    answer_run(tx, second, {"stops": {}}, "")
    assert leased(tx).id == split.id
    assert lease_run(tx, v.NOW, 30) is None


def test_no_worker_is_at_a_run_that_waits_for_its_sectors(tx: Tx, split: PlanRun) -> None:
    assert count_held(tx, v.NOW) == 0
    leased(tx)
    assert count_held(tx, v.NOW) == 1


def test_only_who_holds_a_run_splits_it(tx: Tx) -> None:
    add_run(tx, STORM, "leila", v.NOW, RunWish(100.0))
    run = leased(tx)
    with pytest.raises(ConflictError, match="another worker"):
        add_sector_runs(tx, replace(run, lease_until=LATER), 70.0, [{}])
    assert list_sector_runs(tx, run.id) == []


def test_people_see_one_run_and_not_its_sectors(tx: Tx, split: PlanRun) -> None:
    question = add_run(tx, STORM, "leila", v.NOW, RunWish(5.0, RunKind.WHATIF))
    assert [run.id for run in list_runs(tx, STORM)] == [question.id, split.id]
    assert get_run(tx, split.id).state is RunState.RUNNING
    assert count_ahead(tx, question) == 1


def test_a_sector_whose_worker_died_is_taken_by_another(tx: Tx, split: PlanRun) -> None:
    lost = leased(tx)
    let_workers_die(tx, v.NOW)
    taken = [lease_run(tx, LATER, 30) for _ in range(2)]
    assert {run and run.id for run in taken} == {run.id for run in list_sector_runs(tx, split.id)}
    with pytest.raises(ConflictError, match="another worker"):
        answer_run(tx, lost, {}, "")
    assert get_run(tx, split.id).lease_until is None


def test_a_copy_of_a_city_queues_the_sectors_and_not_the_run_that_waits_for_them(
    tx: Tx, split: PlanRun
) -> None:
    parts = [run.id for run in list_sector_runs(tx, split.id)]
    assert [run_id for run_id, _ in unfinished_runs(tx)] == parts
    leased(tx)
    queue_of(tx).refill(tx)
    let_workers_die(tx, v.NOW)
    assert {leased(tx).id, leased(tx).id} == set(parts)


def test_progress_of_a_split_run_is_the_sum_of_its_sectors(tx: Tx, split: PlanRun) -> None:
    first, second = leased(tx), leased(tx)
    heartbeat(tx, replace(first, best=5.0, unserved=1, iterations=9, elapsed_s=35.0), LATER)
    note_sector_progress(tx, split.id, 0.7)
    begun = get_run(tx, split.id)
    assert (begun.best, begun.unserved, begun.iterations) == (None, None, 9)
    assert begun.elapsed_s == pytest.approx(100.0 * 0.7 / 4)
    heartbeat(tx, replace(second, best=6.0, unserved=2, iterations=1, elapsed_s=35.0), LATER)
    note_sector_progress(tx, split.id, 0.7)
    both = get_run(tx, split.id)
    assert (both.best, both.unserved, both.iterations) == (11.0, 3, 10)
    assert both.elapsed_s == pytest.approx(35.0)


def test_a_wish_to_stop_reaches_all_sectors(tx: Tx, split: PlanRun) -> None:
    running = leased(tx)
    set_stop_requested(tx, split.id)
    assert all(run.stop_requested for run in list_sector_runs(tx, split.id))
    assert heartbeat(tx, running, LATER).stop_requested


def test_when_a_sector_fails_those_that_wait_fail_too_and_those_that_run_stop(tx: Tx) -> None:
    add_run(tx, STORM, "leila", v.NOW, RunWish(100.0))
    whole = add_sector_runs(tx, leased(tx), 70.0, [{}, {}, {}])
    failing, running = leased(tx), leased(tx)
    fault = RunFailure("conflict:no_shift", {"storm": 1})
    finish_run(tx, failing, None, "no vehicle", fault)
    told = list_sector_runs(tx, whole.id)
    assert [run.state for run in told] == [RunState.FAILED, RunState.RUNNING, RunState.FAILED]
    assert [run.fault for run in told] == [fault, None, fault]
    assert told[1].stop_requested
    answer_run(tx, running, {}, "")
    assert leased(tx).id == whole.id


def test_a_sector_that_is_given_up_ends_the_others_too(tx: Tx) -> None:
    add_run(tx, STORM, "leila", v.NOW, RunWish(100.0))
    whole = add_sector_runs(tx, leased(tx), 70.0, [{}, {}, {}])
    deadly = leased(tx)
    for _ in range(MOST_TRIES - 1):
        let_workers_die(tx, v.NOW)
        assert leased(tx).id == deadly.id
    running = leased(tx)
    let_workers_die(tx, v.NOW)
    running = heartbeat(tx, get_run(tx, running.id), LATER)
    assert lease_run(tx, v.NOW, 30) is None
    told = list_sector_runs(tx, whole.id)
    assert [run.state for run in told] == [RunState.FAILED, RunState.RUNNING, RunState.FAILED]
    assert [run.fault and run.fault.text for run in told] == [
        "run:worker_died",
        None,
        "run:worker_died",
    ]
    assert told[1].stop_requested
    answer_run(tx, running, {}, "")
    assert leased(tx).id == whole.id


def test_workers_are_counted_by_kind_while_they_are_seen(tx: Tx) -> None:
    note_worker(tx, "a", {RunKind.PLAN, RunKind.SECTOR}, v.NOW)
    note_worker(tx, "b", {RunKind.WHATIF}, v.NOW)
    note_worker(tx, "c", {RunKind.SECTOR}, v.NOW)
    note_worker(tx, "c", {RunKind.SECTOR}, LATER)
    assert count_workers(tx, RunKind.SECTOR, v.NOW) == 2
    assert count_workers(tx, RunKind.SECTOR, LATER) == 1
    remove_workers(tx, "c", LATER)
    assert count_workers(tx, RunKind.SECTOR, v.NOW) == 0
