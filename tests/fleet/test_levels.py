from dataclasses import replace
from datetime import timedelta

from data.model import Level, LevelReason, Override, ServiceClass
from data.store.cities import get_policy
from data.store.levels import remove_overrides, save_overrides
from fleet.coverage import CoverageState, painted
from fleet.jobs import first_jobs, on_request
from fleet.levels import refresh_levels
from tests import village as v
from tests.village_database import POLICY

HOURLY = Level(ServiceClass.P4, LevelReason.OVERRIDE, "Snow market", timedelta(hours=1))


def test_a_decision_is_in_force_after_a_refresh(tx):
    wish = Override(v.BLIND, ServiceClass.P2, timedelta(hours=2), "Doctor lives here")
    save_overrides(tx, [wish])
    policy = refresh_levels(tx, v.village(), v.village_places(), POLICY)
    level = policy.level_of(v.village().segment(v.BLIND))
    assert level == Level(
        ServiceClass.P2, LevelReason.OVERRIDE, "Doctor lives here", timedelta(hours=2)
    )
    assert get_policy(tx).levels == policy.levels


def test_a_decision_taken_back_leaves_no_trace(tx):
    save_overrides(tx, [Override(v.BLIND, ServiceClass.P1)])
    remove_overrides(tx, [v.BLIND])
    policy = refresh_levels(tx, v.village(), (), POLICY)
    assert policy.class_of(v.village().segment(v.BLIND)) is ServiceClass.P4


def test_a_street_with_its_own_cycle_is_due_by_it():
    policy = replace(POLICY, levels={v.BLIND: HOURLY})
    at = v.NOW + timedelta(minutes=75)
    states = painted(v.village(), policy, v.a_storm(), (), (), at)
    assert states[v.BLIND] == (CoverageState.DUE, CoverageState.DUE)
    assert states[v.BACK] == (CoverageState.NOT_DUE, CoverageState.NOT_DUE)


def test_an_alley_with_a_cycle_has_a_job_from_the_start():
    policy = replace(POLICY, levels={v.BLIND: HOURLY})
    storm = v.a_storm()
    jobs = {j.segment_id: j for j in first_jobs(storm.id, v.village().segments, policy, 3.0, v.NOW)}
    assert v.BACK not in jobs
    assert jobs[v.BLIND].service_class is ServiceClass.P4
    assert not on_request(jobs[v.BLIND], policy)
    assert on_request(v.a_job(1, v.BACK, service_class=ServiceClass.P4), policy)
