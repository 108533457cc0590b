from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, NotFoundError
from data.model import Level, LevelReason, Override, SegmentId, ServiceClass, Treatment
from data.policy.city_policy import DEFAULT_POLICY
from data.store.audit.audit_log import list_events
from data.store.setup.city import get_city, get_policy
from data.store.streets.service_levels import list_overrides, remove_overrides, save_overrides
from data.store.work import list_jobs
from fleet.coverage.coverage_states import CoverageState, painted
from fleet.setup.city_setup import set_policy
from fleet.streets.service_levels import decide, refresh_levels
from fleet.work.jobs import first_jobs, on_request
from tests import village as v
from tests.village_database import DISPATCHER, POLICY

HOURLY = Level(ServiceClass("P4"), LevelReason.OVERRIDE, "Snow market", timedelta(hours=1))


def test_a_decision_is_in_force_after_a_refresh(tx):
    wish = Override(v.BLIND, ServiceClass("P2"), timedelta(hours=2), "Doctor lives here")
    save_overrides(tx, [wish])
    policy = refresh_levels(tx, v.village(), v.village_places(), POLICY)
    level = policy.level_of(v.village().segment(v.BLIND))
    assert level == Level(
        ServiceClass("P2"), LevelReason.OVERRIDE, "Doctor lives here", timedelta(hours=2)
    )
    assert get_policy(tx).levels == policy.levels


def test_a_decision_taken_back_leaves_no_trace(tx):
    save_overrides(tx, [Override(v.BLIND, ServiceClass("P1"))])
    remove_overrides(tx, [v.BLIND])
    policy = refresh_levels(tx, v.village(), (), POLICY)
    assert policy.class_of(v.village().segment(v.BLIND)) == ServiceClass("P4")


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
    assert jobs[v.BLIND].service_class == ServiceClass("P4")
    assert not on_request(jobs[v.BLIND], policy)
    assert on_request(v.a_job(1, v.BACK, service_class=ServiceClass("P4")), policy)


P1_ROSE = Override(v.ROSE, ServiceClass("P1"), None, "Ambulances pass here")


def decided(tx, decisions, **more):
    return decide(tx, DISPATCHER, decisions, v.village(), v.NOW, **more)


def class_of(tx, segment_id):
    return get_policy(tx).class_of(v.village().segment(segment_id))


def test_a_decision_is_in_force_and_the_book_says_who_and_why(tx):
    assert decided(tx, {v.ROSE: P1_ROSE}) == {v.ROSE: None}
    assert class_of(tx, v.ROSE) == ServiceClass("P1")
    event = list_events(tx)[-1]
    assert (event.verb, event.subject, event.actor) == (
        "class.decided",
        f"segment:{v.ROSE}",
        DISPATCHER,
    )
    assert event.after["decisions"] == [
        {"segment": v.ROSE, "class": "P1", "cycle_h": None, "note": "Ambulances pass here"}
    ]


def test_a_decision_tells_running_servers(tx):
    before = get_city(tx).revision
    decided(tx, {v.ROSE: P1_ROSE})
    assert get_city(tx).revision == before + 1


def test_what_was_decided_before_undoes_a_decision(tx):
    calmer = replace(P1_ROSE, service_class=ServiceClass("P2"))
    decided(tx, {v.ROSE: P1_ROSE})
    before = decided(tx, {v.ROSE: calmer, v.BLIND: replace(calmer, segment_id=v.BLIND)})
    assert decided(tx, before)
    assert list_overrides(tx) == {v.ROSE: P1_ROSE}
    assert class_of(tx, v.BLIND) == ServiceClass("P4")


def test_deciding_what_is_decided_changes_nothing(tx):
    decided(tx, {v.ROSE: P1_ROSE})
    lines, revision = len(list_events(tx)), get_city(tx).revision
    assert decided(tx, {v.ROSE: P1_ROSE, v.BLIND: None}) == {}
    assert (len(list_events(tx)), get_city(tx).revision) == (lines, revision)


def test_who_has_seen_an_older_decision_does_not_overwrite_a_newer(tx):
    decided(tx, {v.ROSE: P1_ROSE})
    with pytest.raises(ConflictError, match="meanwhile") as refused:
        decided(tx, {v.ROSE: None}, seen={v.ROSE: None})
    assert refused.value.reason == "class_decided"
    assert class_of(tx, v.ROSE) == ServiceClass("P1")


def test_a_street_that_does_not_exist_is_not_decided(tx):
    gone = SegmentId(99)
    with pytest.raises(NotFoundError):
        decided(tx, {v.ROSE: P1_ROSE, gone: replace(P1_ROSE, segment_id=gone)})
    assert list_overrides(tx) == {}


def test_a_new_rule_is_in_force_at_once(tx):
    rule = '[[named]]\nnames = ["Rose Street"]\nclass = "P2"\n'
    set_policy(tx, DISPATCHER, f"{DEFAULT_POLICY}\n{rule}", v.village(), v.NOW)
    level = get_policy(tx).level_of(v.village().segment(v.ROSE))
    assert level == Level(ServiceClass("P2"), LevelReason.NAMED, "Rose Street")


def plow_jobs(tx, storm):
    return {
        job.segment_id: job for job in list_jobs(tx, storm.id) if job.treatment is Treatment.PLOW
    }


def test_an_alley_that_comes_into_the_rounds_of_a_storm_gets_its_job(tx, storm):
    assert v.BLIND not in plow_jobs(tx, storm)
    later = v.NOW + timedelta(hours=1)
    wish = Override(v.BLIND, ServiceClass("P2"))
    decide(tx, DISPATCHER, {v.BLIND: wish}, v.village(), later)
    job = plow_jobs(tx, storm)[v.BLIND]
    assert (job.service_class, job.due_at) == (ServiceClass("P2"), later + timedelta(hours=6))
    event = list_events(tx)[-1]
    assert (event.verb, event.after["jobs"]) == ("storm.jobs_added", {"P2": 1})


def test_a_job_that_is_there_keeps_its_class_and_deadline(tx, storm):
    before = plow_jobs(tx, storm)
    decided(tx, {v.ROSE: P1_ROSE})
    assert plow_jobs(tx, storm) == before


def test_a_rule_that_is_set_in_a_storm_makes_the_jobs_of_its_streets(tx, storm):
    rule = '[[named]]\nnames = ["Jasmine Dead End"]\nclass = "P3"\n'
    set_policy(tx, DISPATCHER, f"{DEFAULT_POLICY}\n{rule}", v.village(), v.NOW)
    assert plow_jobs(tx, storm)[v.BLIND].service_class == ServiceClass("P3")


def test_without_a_storm_a_decision_makes_no_work(tx):
    decided(tx, {v.BLIND: Override(v.BLIND, ServiceClass("P1"))})
    assert list_events(tx)[-1].verb == "class.decided"
