from dataclasses import replace

import pytest

from data.errors import ConflictError, InvalidError
from data.model import JobId, JobState, PlanRun, RunKind, RunState, RunWish, Storm, VehicleId
from data.model.planning.paces import LearnedPace, PaceProposal, PaceProposalId
from data.policy.class_rules import PunctualityRules
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import add_proposal
from data.store.planning.plan_runs import (
    add_run,
    answer_run,
    count_ahead,
    get_run,
    lease_run,
    put_back,
    urgent_run_waits,
)
from data.store.work import set_job_state
from fleet.learning.pace_proposals import find_last_pace_change, put_in_force, undo_pace
from fleet.planning.plan_lifecycle import ask_for_plan
from fleet.planning.plan_preparation import Prepared, outline, prepare
from fleet.what_if import question
from fleet.what_if.question import (
    HOLDS,
    MOST_WAITING,
    ask_what_if,
    changed,
    checked,
    machines_of,
    seconds_left,
    situation_digest,
)
from tests import village as v
from tests.fleet.what_if.conftest import LATER
from tests.village_database import DISPATCHER
from tests.village_plan import add_published_plan, legs_along

TYPE = v.a_vehicle(1).type
ONE_MORE = {TYPE: 1}
SECONDS = 5.0


def ask(tx: Tx, prepared: Prepared, change=ONE_MORE, now=LATER) -> PlanRun:
    return ask_what_if(tx, DISPATCHER, prepared, change, SECONDS, now)


def leased(tx: Tx) -> PlanRun:
    run = lease_run(tx, LATER, 30)
    assert run is not None
    return run


def answered(tx: Tx, prepared: Prepared) -> PlanRun:
    run = leased(tx)
    base = {"as_of": LATER.isoformat(), "cost": 9.0}
    answer = {"as_of": LATER.isoformat(), "base": base, "found": {}, "without": []}
    return answer_run(tx, run, answer, situation_digest(prepared, SECONDS))


def test_a_machine_more_is_like_its_type_and_begins_now(prepared: Prepared) -> None:
    other, without = changed(prepared, {TYPE: 2})
    assert machines_of(other)[TYPE] == 4
    assert without == []
    new = other.shifts[-1]
    assert (new.starts_at, new.ends_at) == (prepared.now, prepared.shifts[0].ends_at)
    assert len({shift.id for shift in other.shifts}) == 4
    added = other.vehicles[-1]
    assert replace(added, id=VehicleId(1), name="") == replace(v.a_vehicle(1), name="")


def test_of_fewer_machines_the_newest_go_by_name(prepared: Prepared) -> None:
    other, without = changed(prepared, {TYPE: -1})
    assert [shift.vehicle_id for shift in other.shifts] == [1]
    assert without == ["Truck 2"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "at least one machine more or less"),
        ({TYPE: 0}, "at least one machine more or less"),
        ({"snow_blower": 1}, "a type of machine that the fleet has"),
        ({TYPE: 21}, "between -2 and 20"),
        ({TYPE: -3}, "between -2 and 20"),
        ({TYPE: -2}, "at least one machine that stays"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    prepared: Prepared, change: dict[str, int], expected: str
) -> None:
    with pytest.raises(InvalidError, match=expected):
        checked(prepared, change)


def test_an_answer_is_found_again_while_the_situation_is_the_same(
    tx: Tx, prepared: Prepared
) -> None:
    run = ask(tx, prepared)
    assert ask(tx, prepared) == run
    answered(tx, prepared)
    assert ask(tx, prepared).id == run.id
    assert ask(tx, prepared, {TYPE: 2}).id != run.id
    assert ask(tx, prepared, now=LATER + HOLDS).id != run.id


def test_a_question_is_told_apart_without_looking_at_evidence(
    tx: Tx, storm: Storm, prepared: Prepared
) -> None:
    outlined = outline(tx, storm.id, v.village(), LATER)
    assert situation_digest(outlined, SECONDS) == situation_digest(prepared, SECONDS)


def test_a_street_that_is_cleared_makes_it_another_question(
    tx: Tx, storm: Storm, prepared: Prepared
) -> None:
    run = ask(tx, prepared)
    set_job_state(tx, [JobId(1)], JobState.DONE, LATER)
    assert ask(tx, prepare(tx, storm.id, v.village(), LATER)).id != run.id


def test_a_plan_that_is_published_makes_it_another_question(
    tx: Tx, storm: Storm, prepared: Prepared
) -> None:
    ask(tx, prepared)
    answered(tx, prepared)
    before = ask(tx, prepared)
    add_published_plan(tx, *legs_along(tx, ((v.MAIN_WEST, True),)))
    planned = outline(tx, storm.id, v.village(), LATER)
    assert ask(tx, planned).id != before.id
    full = prepare(tx, storm.id, v.village(), LATER)
    assert situation_digest(planned, SECONDS) == situation_digest(full, SECONDS)


def test_durations_that_are_put_in_force_make_it_another_question(
    tx: Tx, storm: Storm, prepared: Prepared
) -> None:
    before = ask(tx, prepared)
    new = PaceProposal(PaceProposalId(0), LATER, DISPATCHER.id, (storm.id,), LearnedPace())
    put_in_force(tx, DISPATCHER, add_proposal(tx, new).id, 0, LATER)
    outlined = outline(tx, storm.id, v.village(), LATER)
    assert ask(tx, outlined).id != before.id
    full = prepare(tx, storm.id, v.village(), LATER)
    assert situation_digest(outlined, SECONDS) == situation_digest(full, SECONDS)
    surer = replace(outlined.policy, punctuality=PunctualityRules(95.0))
    assert situation_digest(replace(outlined, policy=surer), SECONDS) != situation_digest(
        outlined, SECONDS
    )
    change = find_last_pace_change(tx)
    assert change is not None
    undo_pace(tx, DISPATCHER, change.id, LATER)
    assert ask(tx, outline(tx, storm.id, v.village(), LATER)).id == before.id


def test_a_large_city_needs_a_plan_before_it_is_asked_about(
    tx: Tx, storm: Storm, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question, "MANY_JOBS", len(prepared.jobs) - 1)
    with pytest.raises(ConflictError, match="no plan is driven"):
        ask(tx, prepared)
    add_published_plan(tx, *legs_along(tx, ((v.MAIN_WEST, True),)))
    assert ask(tx, outline(tx, storm.id, v.village(), LATER)).state is RunState.QUEUED


@pytest.mark.parametrize(
    ("waited_s", "left_s"), [(0.0, 16.0), (3.0, 13.0), (600.0, 12.0), (-1.0, 16.0)]
)
def test_what_a_question_has_waited_is_taken_from_its_searches(waited_s, left_s) -> None:
    """But not so much of it that its answer would be wrong: then it comes later."""
    assert seconds_left(16.0, waited_s) == left_s


def test_questions_wait_for_every_plan_and_make_room_for_it(tx: Tx, prepared: Prepared) -> None:
    asked = ask(tx, prepared)
    assert not urgent_run_waits(tx, LATER, RunKind.WHATIF)
    plan = ask_for_plan(tx, DISPATCHER, prepared.storm.id, 30.0, LATER)
    assert urgent_run_waits(tx, LATER, RunKind.WHATIF)
    assert (count_ahead(tx, plan), count_ahead(tx, asked)) == (0, 1)
    assert leased(tx).id == plan.id
    assert not urgent_run_waits(tx, LATER, RunKind.WHATIF)
    assert leased(tx).id == asked.id


def test_a_question_that_makes_room_waits_again(tx: Tx, prepared: Prepared) -> None:
    ask(tx, prepared)
    back = put_back(tx, leased(tx), "digest")
    assert (back.state, back.lease_until) == (RunState.QUEUED, None)
    for _ in range(5):  # it may make room as often as it has to
        put_back(tx, leased(tx), "digest")
    assert get_run(tx, back.id).state is RunState.QUEUED


def test_not_too_many_questions_wait(tx: Tx, prepared: Prepared) -> None:
    for number in range(MOST_WAITING):
        options = {"machines": {TYPE: number + 1}}
        add_run(tx, prepared.storm.id, "leila", LATER, RunWish(SECONDS, RunKind.WHATIF, options))
    with pytest.raises(ConflictError, match="too many"):
        ask(tx, prepared)
