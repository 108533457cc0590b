from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.model import (
    JobId,
    JobState,
    Plan,
    PlanState,
    ShiftId,
    ShiftState,
    Storm,
)
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.planning.plan_runs import finish_run, get_run, lease_run
from data.store.planning.plans import add_plan, find_published_plan_id, get_plan
from data.store.setup.city import get_city, save_city
from data.store.shifts.shifts import list_shifts, save_shift, set_shift_state
from data.store.work import set_job_state
from fleet.planning.draft_validity import TO_LOOK, good_until
from fleet.planning.plan_lifecycle import PLANNER, ask_for_plan, publish, request_stop, store_draft
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.planning.plan_summary import figures_of
from fleet.storms.storm_start import end_storm
from tests import village as v
from tests.village_database import DISPATCHER, estimates
from tests.village_plan import a_leg, a_plan

LATER = v.NOW + timedelta(minutes=20)


def a_draft(tx: Tx, **changes: object) -> Plan:
    return store_draft(tx, PLANNER, replace(a_plan(a_leg()), **changes), LATER)


def the_streets_change(tx: Tx) -> None:
    save_city(tx, replace(get_city(tx), network_version="newer"), "", "", {})


def test_a_plan_is_asked_for_once_at_a_time(tx: Tx, storm: Storm) -> None:
    run = ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER)
    assert (run.asked_by, run.seconds, run.state) == ("leila", 30.0, "queued")
    with pytest.raises(ConflictError, match="being made already"):
        ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER)
    leased = lease_run(tx, LATER, 30)
    assert leased is not None
    finish_run(tx, leased, None, "no vehicles")
    assert ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER).id != run.id


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3601.0, float("nan")])
def test_a_time_that_makes_no_sense_is_refused(tx: Tx, storm: Storm, seconds: float) -> None:
    with pytest.raises(InvalidError, match="seconds"):
        ask_for_plan(tx, DISPATCHER, storm.id, seconds, LATER)


@pytest.mark.parametrize(("speed", "longest_s"), [(1.0, 1200.0), (12.0, 100.0)])
def test_a_search_after_which_its_draft_is_too_old_is_refused(
    tx: Tx, storm: Storm, speed: float, longest_s: float
) -> None:
    with pytest.raises(InvalidError, match=f"at most {longest_s:.0f} s: routes begin when"):
        ask_for_plan(tx, DISPATCHER, storm.id, longest_s + 1, LATER, speed=speed)
    run = ask_for_plan(tx, DISPATCHER, storm.id, longest_s, LATER, speed=speed)
    ends_at = LATER + timedelta(seconds=speed * run.seconds)
    assert good_until(LATER, list_shifts(tx, storm.id)) >= ends_at + TO_LOOK


def test_before_the_first_shift_a_search_may_take_longer(tx: Tx, storm: Storm) -> None:
    for one in list_shifts(tx, storm.id):
        save_shift(tx, replace(one, starts_at=LATER + timedelta(hours=1)))
    assert ask_for_plan(tx, DISPATCHER, storm.id, 3600.0, LATER).seconds == 3600.0


def test_a_run_is_asked_to_stop_until_it_is_over(tx: Tx, storm: Storm) -> None:
    run = ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER)
    leased = lease_run(tx, LATER, 30)
    assert leased is not None
    request_stop(tx, DISPATCHER, run.id, LATER)
    request_stop(tx, DISPATCHER, run.id, LATER)
    assert get_run(tx, run.id).stop_requested
    verbs = [event.verb for event in list_events(tx, f"plan_run:{run.id}")]
    assert verbs == ["plan_run.asked", "plan_run.stopped"]
    finish_run(tx, leased, None, "no vehicles")
    with pytest.raises(ConflictError, match="is failed"):
        request_stop(tx, DISPATCHER, run.id, LATER)


def test_a_plan_is_made_from_what_is_open_and_in_service(tx: Tx, storm: Storm) -> None:
    set_job_state(tx, [JobId(1)], JobState.DONE, LATER)
    set_shift_state(tx, ShiftId(1), ShiftState.ENDED)
    prepared = prepare(tx, storm.id, v.village(), LATER)
    assert len(prepared.jobs) == 8
    assert [shift.id for shift in prepared.shifts] == [2]
    assert prepared.parent_id is None


def test_no_plan_is_made_after_the_last_shift(tx: Tx, storm: Storm) -> None:
    with pytest.raises(ConflictError, match="every shift is over"):
        prepare(tx, storm.id, v.village(), v.NOW + timedelta(hours=9))


def test_no_plan_is_made_for_streets_that_are_not_the_city_s_any_more(tx: Tx, storm: Storm) -> None:
    the_streets_change(tx)
    with pytest.raises(ConflictError, match="streets have changed"):
        prepare(tx, storm.id, v.village(), LATER)


def test_a_published_plan_supersedes_the_one_before(tx: Tx, storm: Storm) -> None:
    first = a_draft(tx)
    publish(tx, DISPATCHER, first.id, estimates(), LATER)
    second = a_draft(tx, parent_id=first.id)
    publish(tx, DISPATCHER, second.id, estimates(), LATER)
    assert get_plan(tx, first.id).state is PlanState.SUPERSEDED
    assert get_plan(tx, second.id).published_at == LATER
    assert find_published_plan_id(tx, storm.id) == second.id
    assert [event.verb for event in list_events(tx, f"plan:{first.id}")] == [
        "plan.drafted",
        "plan.published",
        "plan.superseded",
    ]
    with pytest.raises(ConflictError, match="is superseded, not a draft"):
        publish(tx, DISPATCHER, first.id, estimates(), LATER)


def test_a_plan_for_other_streets_is_not_published(tx: Tx, storm: Storm) -> None:
    draft = a_draft(tx)
    the_streets_change(tx)
    with pytest.raises(ConflictError, match="streets that have changed"):
        publish(tx, DISPATCHER, draft.id, estimates(), LATER)


def test_a_plan_for_a_storm_that_is_over_is_not_published(tx: Tx, storm: Storm) -> None:
    draft = a_draft(tx)
    end_storm(tx, DISPATCHER, storm.id, LATER)
    with pytest.raises(ConflictError, match="has ended"):
        publish(tx, DISPATCHER, draft.id, estimates(), LATER)


def test_a_plan_with_a_cancelled_job_is_not_published_one_with_a_done_job_is(
    tx: Tx, storm: Storm
) -> None:
    draft = add_plan(tx, a_plan(a_leg()))
    set_job_state(tx, [JobId(1)], JobState.CANCELLED)
    with pytest.raises(ConflictError, match="jobs that were cancelled"):
        publish(tx, DISPATCHER, draft.id, estimates(), LATER)
    set_job_state(tx, [JobId(1)], JobState.DONE, LATER)
    assert publish(tx, DISPATCHER, draft.id, estimates(), LATER).state is PlanState.PUBLISHED


def test_a_solved_plan_serves_every_pass_of_every_job(tx: Tx, storm: Storm) -> None:
    prepared = prepare(tx, storm.id, v.village(), LATER)
    told: list[int] = []
    plan = solve_prepared(prepared, 0.2, 1, lambda *progress: told.append(progress[2]), _never)
    figures = figures_of(plan, prepared.jobs, prepared.vehicles, v.village(), prepared.policy)
    assert plan.unserved == ()
    assert told[-1] == 0
    assert [each.done_km for each in figures.classes] == [
        pytest.approx(each.length_km) for each in figures.classes
    ]
    assert {each.in_time_share for each in figures.classes} == {1.0}
    assert all(route.legs[0].starts_at >= LATER for route in plan.routes if route.legs)


def test_a_plan_says_which_job_no_machine_is_able_to_do(tx: Tx, storm: Storm) -> None:
    narrow = prepare(tx, storm.id, v.village(), LATER)
    wide = tuple(replace(each, min_street_m=6.5) for each in narrow.vehicles)
    plan = solve_prepared(replace(narrow, vehicles=wide), 0.2, 1, lambda *_: None, _never)
    (left, *_) = plan.unserved
    assert left.reason == "no_vehicle"
    roomy = {job.id for job in narrow.jobs if v.village().segment(job.segment_id).width_m >= 6.5}
    assert {each.job_id for each in plan.unserved} == {job.id for job in narrow.jobs} - roomy


def _never() -> bool:
    return False
