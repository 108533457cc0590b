from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.geocode import Geocoder
from data.model import (
    Blockage,
    BlockageId,
    CostBreakdown,
    Directions,
    Evidence,
    EvidenceKind,
    JobState,
    LonLat,
    Oneway,
    Pass,
    Plan,
    PlanId,
    PlanState,
    RequestKind,
    RequestState,
    SegmentId,
    Treatment,
    VehicleId,
)
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import list_coverage, list_passes
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import get_run, lease_run
from data.store.planning.plans import find_published_plan_id, get_plan
from data.store.requests.requests import get_request
from data.store.setup.city import get_policy
from data.store.shifts.blockages import add_blockage, get_blockage, list_open_blockages
from data.store.shifts.shifts import list_shifts
from data.store.streets.network import load_network
from data.store.work import list_jobs
from fleet.context import CityContext
from fleet.evidence.proof_store import store_evidence
from fleet.planning.plan_lifecycle import ask_for_plan, publish, store_draft
from fleet.planning.plan_preparation import prepare
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.storms.storm_start import start_storm
from tests.data.osm.osm_files import a_node, a_way
from tests.fleet.setup.crossing import (
    ACTOR,
    ALLEY,
    EAST,
    LATER,
    MAIN,
    NORTH,
    NOW,
    SOUTH,
    asked_at,
    middle_of,
    streets,
)


def a_plan_of(storm, network):
    return Plan(
        id=PlanId(0),
        storm_id=storm.id,
        parent_id=None,
        revision=0,
        made_at=NOW,
        network_version=network.version,
        routes=(),
        unserved=(),
        cost=CostBreakdown(0, 0, 0, 0, 0),
        bound=0.0,
        solver="test",
        seed=1,
        state=PlanState.DRAFT,
    )


def published(engine, storm):
    with transaction(engine) as tx:
        network = load_network(tx)
        plan = store_draft(tx, ACTOR, a_plan_of(storm, network), NOW)
        publish(tx, ACTOR, plan.id, Estimates(PublishedPlanCache(), network, get_policy(tx)), NOW)
    return plan.id


def test_jobs_and_passes_of_streets_that_stay_stay(engine, storm, update, split):
    with transaction(engine) as tx:
        before = {job.segment_id: job for job in list_jobs(tx, storm.id)}
        length_m = load_network(tx).segment(1).length_m
        done = Pass(
            segment_id=SegmentId(1),
            forward=True,
            from_m=0,
            to_m=length_m,
            vehicle_id=VehicleId(1),
            started_at=NOW,
            ended_at=NOW + timedelta(minutes=1),
            treatment=Treatment.PLOW,
            evidence=Evidence(EvidenceKind.BLADE, 1.0),
            material_kg=0.0,
        )
        store_evidence(CityContext(tx, load_network(tx), get_policy(tx), NOW), storm, [done])
        coverage = list_coverage(tx, storm.id)
    update(split)
    with reading(engine) as tx:
        after = {job.segment_id: job for job in list_jobs(tx, storm.id)}
        assert (after[1], after[NORTH]) == (before[1], before[NORTH])
        assert list_coverage(tx, storm.id) == coverage != []
        assert any(list_passes(tx, storm.id, [SegmentId(1)]).values())


def test_jobs_on_vanished_streets_are_cancelled_and_new_streets_get_theirs(
    engine, storm, update, split
):
    told = update(split)
    with reading(engine) as tx:
        jobs = {job.segment_id: job for job in list_jobs(tx, storm.id)}
    assert jobs[EAST].state is jobs[SOUTH].state is JobState.CANCELLED
    assert {each for each, job in jobs.items() if job.state is JobState.OPEN} == {1, NORTH, 5, 6, 7}
    assert (told["jobs_cancelled"], told["jobs_added"]) == (2, 3)


def test_a_street_that_was_cut_is_due_no_later_than_before(engine, storm, update, split):
    update(split)
    with reading(engine) as tx:
        jobs = {job.segment_id: job for job in list_jobs(tx, storm.id)}
    assert jobs[5].due_at == jobs[6].due_at == jobs[EAST].due_at
    assert jobs[5].starts_at == NOW
    assert (jobs[7].starts_at, jobs[7].due_at > LATER) == (LATER, True)


def test_a_request_moves_by_its_pin_to_what_lies_there_now(engine, storm, update, split):
    asked = asked_at(engine, middle_of(engine, EAST))
    told = update(split)
    with reading(engine) as tx:
        now = get_request(tx, asked.id)
        job = next(job for job in list_jobs(tx, storm.id) if job.id == now.job_id)
    assert (asked.state, now.state) == (RequestState.OPEN, RequestState.OPEN)
    assert now.snap.segment_id == job.segment_id
    assert job.segment_id in {5, 6}
    assert now.location == asked.location
    assert (told["requests_placed"], told["requests_waiting"]) == (1, 0)


def test_a_request_far_from_every_street_waits_for_a_human(engine, storm, update, write):
    south = a_way(13, [2, 40], ALLEY)
    far = [a_node(40, 1, -9)]
    update(write("long.osm", streets(south=None, more=[*far, south])))
    with reading(engine) as tx:
        end = load_network(tx).segments[-1].geometry[-1]
    asked = asked_at(engine, end)
    told = update(write("without.osm", streets(south=None)))
    with reading(engine) as tx:
        now = get_request(tx, asked.id)
        verbs = [event.verb for event in list_events(tx, f"request:{asked.id}")]
    assert (now.state, now.snap, now.job_id, now.location) == (RequestState.NEW, None, None, end)
    assert told["requests_waiting"] == 1
    assert verbs[-2:] == ["request.waits", "request.waits"]


def test_a_request_before_the_storm_moves_too(engine, update, split):
    asked = asked_at(engine, middle_of(engine, EAST))
    update(split)
    with reading(engine) as tx:
        assert get_request(tx, asked.id).snap.segment_id in {5, 6}
    with transaction(engine) as tx:
        start_storm(tx, ACTOR, "snow", load_network(tx), get_policy(tx), LATER)
        assert get_request(tx, asked.id).state is RequestState.OPEN


def test_the_successor_is_preferred_to_a_nearer_street_beside_it(engine, storm, update, write):
    asked = asked_at(engine, LonLat(45.07 + 0.0019, 37.55 + 0.00001))
    moved = a_way(21, [8, 9], MAIN)
    beside = a_way(22, [10, 11], ALLEY)
    places = [
        a_node(8, 1.0, -0.04),
        a_node(9, 2, -0.04),
        a_node(10, 1.89, 0.02),
        a_node(11, 1.89, 0.2),
    ]
    old = [thing for thing in streets() if thing.id != 11]
    update(write("new.osm", [*old, *places, moved, beside]))
    with reading(engine) as tx:
        street = load_network(tx).segment(get_request(tx, asked.id).snap.segment_id)
    assert street.key.osm_way_id == 21


def test_the_plan_that_is_driven_ends_and_the_book_says_why(engine, storm, update, split):
    plan_id = published(engine, storm)
    assert update(split)["plan_superseded"] is True
    with reading(engine) as tx:
        assert get_plan(tx, plan_id).state is PlanState.SUPERSEDED
        assert find_published_plan_id(tx, storm.id) is None
        event = list_events(tx, f"plan:{plan_id}")[-1]
    assert event.after == {"state": "superseded", "reason": "streets_changed"}


def test_a_plan_stays_when_only_names_have_changed(engine, storm, update, write):
    plan_id = published(engine, storm)
    told = update(write("names.osm", streets(name="کوچهٔ نسترن")))
    with reading(engine) as tx:
        assert find_published_plan_id(tx, storm.id) == plan_id
        assert load_network(tx).segment(NORTH).names[""] == ("کوچهٔ نسترن",)
    assert (told["changed"], told["plan_superseded"]) == (1, False)


def test_a_plan_that_is_being_made_is_stopped(engine, storm, update, split):
    with transaction(engine) as tx:
        run = ask_for_plan(tx, ACTOR, storm.id, 60, NOW)
        lease_run(tx, NOW, 30)
    update(split)
    with reading(engine) as tx:
        assert get_run(tx, run.id).stop_requested


def test_a_plan_that_was_begun_before_is_not_kept(engine, storm, update, split):
    with reading(engine) as tx:
        begun = a_plan_of(storm, load_network(tx))
    update(split)
    with transaction(engine) as tx, pytest.raises(ConflictError) as refused:
        store_draft(tx, ACTOR, begun, LATER)
    assert refused.value.reason == "streets_changed"


def test_a_new_plan_can_be_made_at_once(engine, storm, update, split):
    update(split)
    with reading(engine) as tx:
        prepared = prepare(tx, storm.id, load_network(tx), LATER)
    assert {job.segment_id for job in prepared.jobs} == {1, NORTH, 5, 6, 7}


def test_jobs_turn_with_the_signs_of_their_street(engine, storm, update, write):
    update(write("oneway.osm", streets(oneway="-1")))
    with reading(engine) as tx:
        assert load_network(tx).segment(NORTH).oneway is Oneway.BACKWARD
        job = next(job for job in list_jobs(tx, storm.id) if job.segment_id == NORTH)
    assert (job.state, job.directions) == (JobState.OPEN, Directions.BACKWARD)


def blocked_at(engine, storm, place, segment_id):
    with transaction(engine) as tx:
        shift = list_shifts(tx, storm.id)[0]
        blocked = Blockage(
            BlockageId(0), storm.id, segment_id, shift.vehicle_id, shift.id, NOW, place
        )
        return add_blockage(tx, blocked).id


def test_a_blockage_moves_to_what_lies_there_now(engine, storm, update, split):
    blocked = blocked_at(engine, storm, middle_of(engine, EAST), EAST)
    update(split)
    with reading(engine) as tx:
        now = get_blockage(tx, blocked)
        verbs = [event.verb for event in list_events(tx, f"blockage:{blocked}")]
    assert (now.segment_id in {5, 6}, now.cleared_at) == (True, None)
    assert verbs == ["blockage.moved"]


def test_a_blockage_of_a_street_that_stays_stays(engine, storm, update, split):
    blocked = blocked_at(engine, storm, middle_of(engine, NORTH), NORTH)
    update(split)
    with reading(engine) as tx:
        assert get_blockage(tx, blocked).segment_id == NORTH
        assert list_events(tx, f"blockage:{blocked}") == []


def test_a_blockage_away_from_every_street_blocks_nothing(engine, storm, update, split):
    blocked = blocked_at(engine, storm, LonLat(45.2, 37.7), SOUTH)
    update(split)
    with reading(engine) as tx:
        assert get_blockage(tx, blocked).cleared_at == LATER
        assert list_open_blockages(tx, storm.id) == []


def test_nobody_works_on_streets_of_before(engine, storm, update, split):
    with reading(engine) as tx:
        old = load_network(tx)
    update(split)
    with transaction(engine) as tx:
        asked = receive(
            tx, ACTOR, Report("phone", RequestKind.PLOW, location=old.point_at(2, 9)), NOW
        )
        with pytest.raises(ConflictError) as refused:
            locate(
                CityContext(tx, old, get_policy(tx), LATER),
                ACTOR,
                asked.id,
                Geocoder(old, ()),
                PublishedPlanCache(),
            )
    assert refused.value.reason == "streets_changed"
