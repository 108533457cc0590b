from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.model import Directions, JobState, ServiceClass, Storm, Treatment
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.setup.machines import save_fleet
from data.store.shifts.shifts import list_shifts
from data.store.storms.storms import find_active_storm, list_storms
from data.store.work import count_jobs, list_jobs
from fleet.storms.storm_start import end_storm, start_storm
from fleet.work.jobs import typical_blade_m
from tests import village as v
from tests.village_database import DISPATCHER, FLEET, POLICY


def started(tx: Tx) -> Storm:
    return start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


def test_a_storm_starts_with_a_job_for_every_street_but_those_on_request(tx: Tx) -> None:
    storm = started(tx)
    jobs = {job.segment_id: job for job in list_jobs(tx, storm.id)}
    assert set(jobs) == set(range(1, 13)) - {v.BLIND, v.BACK, v.YARD}
    assert jobs[v.MAIN_WEST].service_class == ServiceClass("P1")
    assert jobs[v.MAIN_WEST].due_at == v.NOW + timedelta(hours=4)
    assert jobs[v.TULIP].weight == POLICY.rules[ServiceClass("P3")].weight


def test_a_one_way_street_is_cleared_in_its_direction_only(tx: Tx) -> None:
    jobs = {job.segment_id: job for job in list_jobs(tx, started(tx).id)}
    assert jobs[v.ROSE].directions is Directions.FORWARD
    assert jobs[v.MILL].directions is Directions.BOTH


def test_passes_follow_from_the_width_and_the_blade_of_the_fleet(tx: Tx) -> None:
    wide = tuple(replace(each, blade_m=6.0) for each in FLEET.vehicles)
    save_fleet(tx, replace(FLEET, vehicles=wide))
    jobs = {job.segment_id: job for job in list_jobs(tx, started(tx).id)}
    assert jobs[v.MAIN_WEST].passes == 1
    assert POLICY.passes_for(v.village().segment(v.MAIN_WEST), 3.0) == 2


def test_every_vehicle_has_a_shift_from_the_start(tx: Tx) -> None:
    shifts = list_shifts(tx, started(tx).id)
    assert [(each.vehicle_id, each.driver_id) for each in shifts] == [(1, None), (2, None)]
    assert shifts[0].ends_at == v.NOW + timedelta(hours=8)


def test_one_event_tells_of_all_the_jobs(tx: Tx) -> None:
    started(tx)
    (event,) = list_events(tx)
    assert (event.verb, event.actor) == ("storm.started", DISPATCHER)
    assert event.after["jobs"] == {"P1": 3, "P2": 2, "P3": 4}


def test_a_second_storm_needs_the_first_to_end(tx: Tx) -> None:
    first = started(tx)
    with pytest.raises(ConflictError, match="has not ended"):
        started(tx)
    end_storm(tx, DISPATCHER, first.id, v.NOW + timedelta(hours=1))
    assert started(tx).id != first.id


def test_the_end_of_a_storm_cancels_what_is_open_and_ends_the_shifts(tx: Tx) -> None:
    storm = started(tx)
    ended = end_storm(tx, DISPATCHER, storm.id, v.NOW + timedelta(hours=1))
    assert ended.ended_at == v.NOW + timedelta(hours=1)
    assert find_active_storm(tx) is None
    assert {state for _, state in count_jobs(tx, storm.id)} == {JobState.CANCELLED}
    assert {shift.state for shift in list_shifts(tx, storm.id)} == {"ended"}
    with pytest.raises(ConflictError, match="already ended"):
        end_storm(tx, DISPATCHER, storm.id, v.NOW)
    assert [each.id for each in list_storms(tx)] == [storm.id]


def test_machines_that_only_spread_do_not_count_for_the_typical_blade() -> None:
    spreader = v.a_vehicle(3, capabilities=(Treatment.SALT,), blade_m=0.0)
    assert (
        typical_blade_m([v.a_vehicle(1, blade_m=2.0), v.a_vehicle(2, blade_m=4.0), spreader]) == 3
    )
    assert typical_blade_m([spreader]) is None
