from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, NotFoundError
from data.model import (
    DirectedSegment,
    JobId,
    LegOutcome,
    LegProgress,
    PlanId,
    PlanState,
    RunState,
    RunWish,
    ShiftId,
    StormId,
    Unserved,
)
from data.planning.plan_json import plan_json
from data.store.database.engine import Tx
from data.store.planning.plan_runs import (
    add_run,
    finish_run,
    get_run,
    heartbeat,
    lease_run,
    list_runs,
    set_stop_requested,
)
from data.store.planning.plans import (
    add_plan,
    find_published_plan,
    find_route,
    get_plan,
    list_plans,
    set_draft_again,
    set_published,
)
from data.store.shifts.shifts import add_shifts, list_progress, list_shifts, save_progress
from data.store.storms.storms import add_storm
from tests import village as v
from tests.dead_workers import let_workers_die
from tests.village_plan import a_leg, a_plan

STORM = StormId(1)


@pytest.fixture(autouse=True)
def storm(tx: Tx) -> None:
    add_storm(tx, "First snow", "active", v.NOW)
    add_shifts(tx, [v.a_shift(1, 1), v.a_shift(2, 2)])


LEG = a_leg(
    path=(DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.MAIN_EAST, False)),
    ends_at=v.NOW + timedelta(seconds=61.5),
    pass_index=1,
    job_ids=(JobId(1), JobId(2)),
    load_kg=12.5,
)
PLAN = a_plan(LEG, unserved=(Unserved(JobId(3), "time"),))


def test_a_plan_comes_back_whole_with_an_id_and_a_revision(tx: Tx) -> None:
    first, second = add_plan(tx, PLAN), add_plan(tx, PLAN)
    assert (first.revision, second.revision) == (1, 2)
    assert get_plan(tx, first.id) == replace(PLAN, id=first.id, revision=1)
    assert list_plans(tx, STORM) == [second, first]
    assert find_route(tx, first.id, ShiftId(1)) == first.routes[0]
    assert find_route(tx, first.id, ShiftId(9)) is None


def test_only_a_published_plan_is_the_published_one(tx: Tx) -> None:
    plan = add_plan(tx, PLAN)
    assert find_published_plan(tx, STORM) is None
    set_published(tx, plan.id, v.NOW)
    driven = replace(plan, state=PlanState.PUBLISHED, published_at=v.NOW)
    assert find_published_plan(tx, STORM) == driven
    set_draft_again(tx, plan.id)
    assert get_plan(tx, plan.id) == plan


def test_a_plan_that_does_not_exist_is_named(tx: Tx) -> None:
    with pytest.raises(NotFoundError, match="plan 99"):
        get_plan(tx, PlanId(99))


def test_a_plan_is_written_with_times_in_utc_and_what_it_leaves_undone() -> None:
    plain = plan_json(PLAN)
    assert plain["made_at"] == "2026-12-21T04:00:00Z"
    assert plain["routes"][0]["legs"][0]["ends_at"] == "2026-12-21T04:01:01.500000Z"
    assert plain["unserved"] == [{"job_id": 3, "reason": "time"}]
    assert plain["options"] == {"classes": [], "districts": [], "vehicles": []}


def test_runs_are_leased_oldest_first_and_once(tx: Tx) -> None:
    first = add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    second = add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    assert [run.id for run in list_runs(tx, STORM)] == [second.id, first.id]
    taken = [lease_run(tx, v.NOW, 30) for _ in range(3)]
    assert [run and run.id for run in taken] == [first.id, second.id, None]


def test_a_run_whose_lease_ran_out_is_taken_again_and_its_old_worker_is_told(tx: Tx) -> None:
    add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    late = v.NOW + timedelta(seconds=31)
    lost = lease_run(tx, v.NOW, 30)
    let_workers_die(tx, late)
    taken = lease_run(tx, late, 30)
    assert lost is not None
    assert taken is not None
    assert taken.id == lost.id
    with pytest.raises(ConflictError, match="another worker"):
        heartbeat(tx, lost, late)
    with pytest.raises(ConflictError, match="another worker"):
        finish_run(tx, lost, None, "too late")


def test_a_heartbeat_writes_progress_and_hears_the_wish_to_stop(tx: Tx) -> None:
    add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    run = lease_run(tx, v.NOW, 30)
    assert run is not None
    set_stop_requested(tx, run.id)
    told = heartbeat(tx, replace(run, best=5.0, iterations=9), v.NOW + timedelta(seconds=40))
    assert told.stop_requested
    assert (told.best, told.iterations) == (5.0, 9)
    plan = add_plan(tx, PLAN)
    assert finish_run(tx, told, plan.id).state is RunState.DONE
    assert get_run(tx, run.id).plan_id == plan.id


def test_a_failed_run_keeps_its_error(tx: Tx) -> None:
    add_run(tx, STORM, "leila", v.NOW, RunWish(30.0))
    run = lease_run(tx, v.NOW, 30)
    assert run is not None
    failed = finish_run(tx, run, None, "no vehicles")
    assert (failed.state, failed.error) == (RunState.FAILED, "no vehicles")


def test_progress_of_a_leg_is_overwritten_by_what_came_later(tx: Tx) -> None:
    plan = add_plan(tx, PLAN)
    skipped = LegProgress(plan.id, ShiftId(1), 0, LegOutcome.SKIPPED, v.NOW)
    save_progress(tx, skipped)
    done = replace(skipped, state=LegOutcome.DONE, ended_at=v.NOW + timedelta(minutes=1))
    save_progress(tx, done)
    assert list_progress(tx, plan.id, ShiftId(1)) == [done]


def test_shifts_come_back_as_they_were_saved(tx: Tx) -> None:
    assert list_shifts(tx, STORM) == [v.a_shift(1, 1), v.a_shift(2, 2)]
