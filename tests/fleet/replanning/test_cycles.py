"""The next cycle of streets: while it snows, asked for by itself and published by nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    Coverage,
    JobState,
    PlanState,
    ReplanCause,
    ReplanWish,
    RunKind,
    ServiceClass,
    Storm,
    StormPhase,
    Treatment,
)
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import save_coverage
from data.store.database.engine import Tx
from data.store.planning.plan_runs import finish_run, lease_run, list_runs
from data.store.planning.plans import add_plan, get_plan
from data.store.work import list_jobs, set_job_state
from fleet.planning.plan_lifecycle import discard
from fleet.replanning.cycles import begin_cycles, ended_cycles, snow_again, snowing, waiting_cycle
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, a_plan, add_published_plan

HOUR = timedelta(hours=1)
P1 = POLICY.rules[ServiceClass("P1")]
OVER = v.NOW + (P1.cycle or HOUR)


def all_p1_is_cleared(tx: Tx, storm: Storm) -> None:
    """Let every street of the first class be cleared half an hour after the storm began."""
    jobs = [job for job in list_jobs(tx, storm.id) if job.service_class == ServiceClass("P1")]
    at = v.NOW + HOUR / 2
    set_job_state(tx, [job.id for job in jobs], JobState.DONE, at)
    rows = [Coverage(job.segment_id, f, 1, 1, at) for job in jobs for f in (True, False)]
    save_coverage(tx, storm.id, rows)


def a_plan_is_driven(tx: Tx) -> None:
    add_published_plan(tx, a_leg())


@pytest.mark.parametrize(
    ("phase", "snowfall", "snows"),
    [
        (StormPhase.ACTIVE, (), True),
        (StormPhase.CLEAN_UP, (), False),
        (StormPhase.ACTIVE, ((v.NOW + HOUR, 20.0), (OVER, 30.0)), True),
        (StormPhase.ACTIVE, ((v.NOW - 9 * HOUR, 20.0), (OVER, 20.0)), False),
    ],
)
def test_it_snows_until_the_phase_or_the_entries_say_otherwise(
    phase: StormPhase, snowfall: tuple, snows: bool
) -> None:
    storm = replace(v.a_storm(), phase=phase, snowfall=snowfall)
    assert snowing(storm, OVER) is snows


def test_a_class_comes_round_when_its_own_cycle_is_over() -> None:
    storm = v.a_storm()
    assert ended_cycles(storm, POLICY.rules, {}, OVER - HOUR / 60) == []
    assert ended_cycles(storm, POLICY.rules, {}, OVER) == [ServiceClass("P1")]
    assert ended_cycles(storm, POLICY.rules, {ServiceClass("P1"): OVER}, OVER + HOUR / 2) == []


def test_cleared_streets_get_work_again_and_those_that_wait_keep_theirs(
    tx: Tx, storm: Storm
) -> None:
    before = list_jobs(tx, storm.id, JobState.OPEN)
    assert begin_cycles(tx, v.village(), OVER) is None
    assert list_jobs(tx, storm.id, JobState.OPEN) == before  # nobody has been there yet
    all_p1_is_cleared(tx, storm)
    later = OVER + (P1.cycle or HOUR)
    begin_cycles(tx, v.village(), later)
    new = [job for job in list_jobs(tx, storm.id, JobState.OPEN) if job.starts_at == later]
    assert {job.segment_id for job in new} == {
        job.segment_id for job in before if job.service_class == ServiceClass("P1")
    }
    assert {job.treatment for job in new} == {Treatment.PLOW}
    assert all(job.due_at >= later for job in new)
    assert begin_cycles(tx, v.village(), later + HOUR / 60) is None
    began = [event for event in list_events(tx, f"storm:{storm.id}") if event.verb == "cycle.began"]
    assert [event.after["class"] for event in began].count("P1") == 2


def test_the_next_cycle_is_planned_but_waits_for_a_dispatcher(tx: Tx, storm: Storm) -> None:
    all_p1_is_cleared(tx, storm)
    a_plan_is_driven(tx)
    run = begin_cycles(tx, v.village(), OVER)
    assert run is not None
    assert (run.kind, run.options["cause"]) == (RunKind.REPLAN, ReplanCause.CYCLE)
    assert waiting_cycle(tx, storm) is None  # no draft yet
    leased = lease_run(tx, OVER, 30, {RunKind.REPLAN})
    assert leased is not None
    draft = add_plan(tx, a_plan(a_leg()))
    finish_run(tx, leased, draft.id)
    waiting = waiting_cycle(tx, storm)
    assert waiting is not None
    assert waiting.draft.plan_id == draft.id
    assert get_plan(tx, draft.id).state is PlanState.DRAFT
    discard(tx, DISPATCHER, draft.id, OVER)
    assert waiting_cycle(tx, storm) is None
    assert [one.id for one in list_runs(tx, storm.id, kinds=[RunKind.REPLAN])] == [run.id]


def test_new_snow_wants_every_cleared_street_again_once(tx: Tx, storm: Storm) -> None:
    all_p1_is_cleared(tx, storm)
    a_plan_is_driven(tx)
    wish = ReplanWish(ReplanCause.SNOWFALL, 5)
    again = v.NOW + HOUR
    run = snow_again(tx, DISPATCHER, storm, v.village(), wish, again)
    jobs = list_jobs(tx, storm.id, JobState.OPEN)
    assert {job.service_class for job in jobs if job.starts_at == again} == {ServiceClass("P1")}
    assert snow_again(tx, DISPATCHER, storm, v.village(), wish, again + HOUR / 60).id == run.id
    assert list_jobs(tx, storm.id, JobState.OPEN) == jobs
