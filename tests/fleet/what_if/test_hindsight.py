"""A storm prepared from its start, and the council's questions about it."""

from dataclasses import replace
from datetime import timedelta
from math import exp

import pytest

from data.errors import ConflictError, InvalidError
from data.model import (
    Closure,
    ClosureId,
    JobState,
    RunKind,
    RunState,
    RunWish,
    SegmentId,
    Shift,
    ShiftState,
    Storm,
)
from data.model.planning.paces import (
    AS_ASSUMED,
    LearnedPace,
    LearnedRatio,
    Movement,
    MovementRatio,
    PaceProposal,
    PaceProposalId,
    PaceState,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import add_proposal
from data.store.planning.plan_runs import add_run, answer_run, lease_run, urgent_run_waits
from data.store.shifts.shifts import list_shifts, set_shift_state
from data.store.storms.closures import add_closure, set_lifted
from data.store.work import set_job_state
from fleet.planning.plan_lifecycle import ask_for_plan, request_stop
from fleet.planning.plan_preparation import Prepared
from fleet.shifts.shift_progress import end_as_it_is
from fleet.storms.storm_start import end_storm
from fleet.what_if.hindsight import (
    MOST_WAITING,
    ask_hindsight,
    hindsight_digest,
    seconds_of,
    storm_from_start,
)
from fleet.what_if.question import SECONDS
from tests import village as v
from tests.fleet.what_if.conftest import LATER
from tests.village_database import DISPATCHER

TYPE = v.a_vehicle(1).type
HOUR = timedelta(hours=1)


def from_start(tx: Tx, storm: Storm) -> Prepared:
    return storm_from_start(tx, storm.id, v.village(), LATER + 5 * HOUR)


def ask(tx: Tx, storm: Storm, machine_type: str = TYPE):
    prepared = from_start(tx, storm)
    over = replace(prepared, storm=replace(prepared.storm, ended_at=LATER))
    return ask_hindsight(tx, DISPATCHER, over, machine_type, LATER)


def test_all_work_is_to_be_done_again_but_what_was_withdrawn(tx: Tx, storm: Storm) -> None:
    whole = from_start(tx, storm)
    assert whole.now == storm.started_at
    first, second, third = (job.id for job in whole.jobs[:3])
    set_job_state(tx, [first], JobState.DONE, LATER)
    set_job_state(tx, [second], JobState.CANCELLED)
    add_event(tx, LATER, DISPATCHER, "job.cancelled", f"job:{second}")
    end_storm(tx, DISPATCHER, storm.id, LATER)  # cancels the others, which nobody withdrew
    again = {job.id for job in from_start(tx, storm).jobs}
    assert again == {job.id for job in whole.jobs} - {second}
    assert {first, third} <= again


def test_shifts_are_as_long_as_they_were(tx: Tx, storm: Storm) -> None:
    first, second = list_shifts(tx, storm.id)
    end_as_it_is(tx, DISPATCHER, first, v.NOW + 2 * HOUR)
    assert ends_of(from_start(tx, storm).shifts) == {
        first.id: v.NOW + 2 * HOUR,
        second.id: second.ends_at,
    }
    set_shift_state(tx, second.id, ShiftState.CANCELLED)
    assert [*ends_of(from_start(tx, storm).shifts)] == [first.id]
    set_shift_state(tx, first.id, ShiftState.CANCELLED)
    with pytest.raises(ConflictError, match="no machine"):
        from_start(tx, storm)


def ends_of(shifts: tuple[Shift, ...]):
    return {shift.id: shift.ends_at for shift in shifts}


def test_streets_are_closed_that_were_closed_all_the_time(tx: Tx, storm: Storm) -> None:
    always, once = (add_closure(tx, a_closure(storm, street)) for street in (v.MILL, v.ROSE))
    set_lifted(tx, once.id, v.NOW + HOUR, "leila")
    closed = {way.segment_id for way in from_start(tx, storm).present.closed}
    assert closed == {always.segment_id}


def a_closure(storm: Storm, street: SegmentId) -> Closure:
    return Closure(
        id=ClosureId(0),
        storm_id=storm.id,
        segment_id=street,
        forward=None,
        from_at=v.NOW,
        until_at=None,
        reason="works",
        added_at=v.NOW,
        added_by="leila",
    )


def test_an_answer_stays_while_work_and_machines_are_the_same(tx: Tx, storm: Storm) -> None:
    run = ask(tx, storm)
    prepared = from_start(tx, storm)
    assert (run.kind, run.seconds) == (RunKind.HINDSIGHT, seconds_of(prepared))
    assert ask(tx, storm).id == run.id
    leased = lease_run(tx, LATER, 30)
    assert leased is not None
    answer_run(tx, leased, {}, hindsight_digest(prepared, run.seconds))
    assert ask(tx, storm).id == run.id
    end_as_it_is(tx, DISPATCHER, list_shifts(tx, storm.id)[0], LATER)
    assert ask(tx, storm).id != run.id


def test_a_storm_goes_at_the_pace_that_is_in_force(tx: Tx, storm: Storm) -> None:
    before = from_start(tx, storm)
    assert before.pace is AS_ASSUMED
    run = ask(tx, storm)
    slow = LearnedRatio(0.2, 0.05, 40)
    learned = LearnedPace(movements=(MovementRatio(Movement.PLOW, slow, 1.1, 0.05, 900.0),))
    proposal = PaceProposal(
        PaceProposalId(0), v.NOW, "console", (storm.id,), learned, PaceState.IN_FORCE
    )
    add_proposal(tx, proposal)
    prepared = from_start(tx, storm)
    kinds = {key[0]: factor for key, factor in prepared.pace.kinds.items()}
    assert kinds == {Movement.PLOW: pytest.approx(exp(0.2) * 1.1)}
    assert ask(tx, storm).id != run.id


def test_a_digest_knows_when_the_storm_began_and_its_work_arose(tx: Tx, storm: Storm) -> None:
    prepared = from_start(tx, storm)
    first, *others = prepared.jobs
    later = replace(first, starts_at=first.starts_at + HOUR)
    situations = [
        prepared,
        replace(prepared, now=prepared.now + HOUR),
        replace(prepared, jobs=(later, *others)),
    ]
    assert len({hindsight_digest(one, 60.0) for one in situations}) == len(situations)


def test_a_question_that_was_taken_back_is_asked_again(tx: Tx, storm: Storm) -> None:
    run = ask(tx, storm)
    stopped = request_stop(tx, DISPATCHER, run.id, LATER)
    assert (stopped.state, stopped.fault and stopped.fault.text) == (
        RunState.FAILED,
        "conflict:what_if_stopped",
    )
    assert ask(tx, storm).id != run.id


def test_the_council_waits_for_plans_and_for_questions_of_dispatchers(tx: Tx, storm: Storm) -> None:
    asked = ask(tx, storm)
    assert not urgent_run_waits(tx, LATER, RunKind.HINDSIGHT)
    question = add_run(tx, storm.id, "leila", LATER, RunWish(SECONDS, RunKind.WHATIF))
    assert urgent_run_waits(tx, LATER, RunKind.HINDSIGHT)
    assert not urgent_run_waits(tx, LATER, RunKind.WHATIF)
    plan = ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER)
    taken = [lease_run(tx, LATER, 30) for _ in range(3)]
    assert [run and run.id for run in taken] == [plan.id, question.id, asked.id]


def test_what_cannot_be_asked_is_refused(tx: Tx, storm: Storm, monkeypatch) -> None:
    with pytest.raises(ConflictError, match="goes on"):
        ask_hindsight(tx, DISPATCHER, from_start(tx, storm), TYPE, LATER)
    with pytest.raises(InvalidError, match="a type of machine that the fleet has"):
        ask(tx, storm, "snow_blower")
    for _ in range(MOST_WAITING):
        add_run(tx, storm.id, "leila", LATER, RunWish(SECONDS, RunKind.HINDSIGHT, {"type": "x"}))
    with pytest.raises(ConflictError, match="too many questions"):
        ask(tx, storm)
    monkeypatch.setattr("fleet.what_if.hindsight.MOST_JOBS", 3)
    with pytest.raises(ConflictError, match="too large"):
        ask(tx, storm)
