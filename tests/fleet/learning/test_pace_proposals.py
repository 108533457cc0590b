"""What storms of the village taught: proposed, put in force, used by the next plan, and undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, NotFoundError
from data.model import DirectedSegment, Promise, RequestId, VehicleId
from data.model.planning.paces import AS_ASSUMED, Movement, PaceState
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import list_events
from data.store.learning.pace_proposals import find_proposal_in_force, get_proposal
from data.store.planning.plans import add_plan
from data.store.requests.promises import add_promises, list_promise_outcomes
from data.store.requests.requests import add_request
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.work import list_jobs
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.learning.pace_proposals import (
    NONE,
    find_last_pace_change,
    lessons_of,
    propose,
    put_in_force,
    storms_to_learn_from,
    undo_pace,
)
from fleet.learning.storm_drives import taken_in
from fleet.learning.street_drives import TakenWay
from fleet.planning.plan_preparation import prepare
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.fleet.drives import a_drive, a_request
from tests.village_database import DISPATCHER, POLICY, a_city
from tests.village_plan import a_plan

LATER = v.NOW + timedelta(hours=2)


@pytest.fixture
def storm(tx):
    """A storm in which a truck plowed the main street again and again, at half its speed."""
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    add_device(tx, "box 1", VehicleId(1), "hash 1")
    tracks = new_open_tracks(v.village())
    for n in range(6):
        drive = a_drive((-10, 0), (410, 0), start_s=900.0 * n, speed_mps=25 / 3.6 / 2, blade=True)
        add_positions(tx, drive)
        unseen, last = list_unseen(tx, 10_000)
        digest(a_city(tx, LATER), tracks, unseen, storm)
        mark_seen_until(tx, last)
    digest(a_city(tx, LATER), tracks, [], storm)
    return storm


@pytest.fixture
def proposal(tx, storm):
    return learned(tx, storm)


def learned(tx, storm):
    return propose(tx, DISPATCHER, lessons_of(tx, [storm], v.village(), LATER), LATER)


def main_street(tx, storm):
    """How many times its assumed seconds the next plan gives the truck for the main street."""
    pace = prepare(tx, storm.id, v.village(), LATER).pace
    segment = v.village().segment(v.MAIN_WEST)
    return pace.factor(Movement.PLOW, "dump_truck", segment)


def test_a_proposal_says_what_was_driven_and_changes_nothing(tx, storm, proposal):
    assert proposal.storm_ids == (storm.id,)
    streets = {one.segment_id: one.ratio for one in proposal.learned.streets}
    assert streets[v.MAIN_WEST].drives == 6
    assert proposal.state is PaceState.PROPOSED
    assert prepare(tx, storm.id, v.village(), LATER).pace is AS_ASSUMED
    assert get_proposal(tx, proposal.id) == proposal


def test_the_next_plan_uses_what_was_put_in_force_until_it_is_undone(tx, storm, proposal):
    put_in_force(tx, DISPATCHER, proposal.id, 0, LATER)
    assert 1.6 < main_street(tx, storm) < 2.1
    change = find_last_pace_change(tx).id
    assert undo_pace(tx, DISPATCHER, change, LATER) is None
    assert main_street(tx, storm) == 1.0
    again = undo_pace(tx, DISPATCHER, find_last_pace_change(tx).id, LATER)
    assert again.id == proposal.id
    assert main_street(tx, storm) > 1.6


def test_another_proposal_takes_the_place_of_the_first(tx, storm, proposal):
    put_in_force(tx, DISPATCHER, proposal.id, 0, LATER)
    other = learned(tx, storm)
    put_in_force(tx, DISPATCHER, other.id, find_last_pace_change(tx).id, LATER)
    assert find_proposal_in_force(tx).id == other.id
    assert get_proposal(tx, proposal.id).state is PaceState.ENDED
    undo_pace(tx, DISPATCHER, find_last_pace_change(tx).id, LATER)
    assert find_proposal_in_force(tx).id == proposal.id


def test_after_two_proposals_plans_can_go_back_to_the_fleet_file(tx, storm, proposal):
    put_in_force(tx, DISPATCHER, proposal.id, 0, LATER)
    put_in_force(tx, DISPATCHER, learned(tx, storm).id, find_last_pace_change(tx).id, LATER)
    assert put_in_force(tx, DISPATCHER, NONE, find_last_pace_change(tx).id, LATER) is None
    assert main_street(tx, storm) == 1.0
    with pytest.raises(ConflictError, match="in force"):
        put_in_force(tx, DISPATCHER, NONE, find_last_pace_change(tx).id, LATER)


def test_who_has_not_seen_the_last_change_changes_nothing(tx, storm, proposal):
    put_in_force(tx, DISPATCHER, proposal.id, 0, LATER)
    with pytest.raises(ConflictError, match="meanwhile"):
        undo_pace(tx, DISPATCHER, 0, LATER)
    with pytest.raises(ConflictError, match="in force"):
        put_in_force(tx, DISPATCHER, proposal.id, find_last_pace_change(tx).id, LATER)


def test_the_audit_log_tells_who_changed_what_plans_assume(tx, storm, proposal):
    put_in_force(tx, DISPATCHER, proposal.id, 0, LATER)
    lines = [one for one in list_events(tx) if one.verb.startswith("pace.")]
    assert [(one.verb, one.actor.id) for one in lines] == [
        ("pace.proposed", "leila"),
        ("pace.set", "leila"),
    ]
    assert (lines[1].before, lines[1].after["proposal"]) == ({"proposal": 0}, proposal.id)


def test_a_storm_without_work_teaches_nothing(tx):
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    with pytest.raises(ConflictError, match="tells a speed"):
        lessons_of(tx, [storm], v.village(), LATER)


def test_storms_are_those_that_are_over_or_those_that_are_named(tx, storm):
    assert storms_to_learn_from(tx, []) == []
    assert [one.id for one in storms_to_learn_from(tx, [storm.id])] == [storm.id]
    with pytest.raises(NotFoundError):
        storms_to_learn_from(tx, [99])


def test_promises_of_plans_that_assumed_other_durations_say_nothing_of_the_plans_of_now(
    tx, storm, proposal
):
    add_request(tx, a_request(job_id=list_jobs(tx, storm.id)[0].id))
    made = Promise(
        request_id=RequestId(1),
        job_id=list_jobs(tx, storm.id)[0].id,
        plan_id=add_plan(tx, a_plan()).id,
        made_at=v.NOW,
        expected_at=v.NOW,
        from_at=v.NOW,
        to_at=v.NOW + timedelta(minutes=30),
    )
    add_promises(tx, [made])
    assert len(list_promise_outcomes(tx, 10, LATER)) == 1
    put_in_force(tx, DISPATCHER, proposal.id, 0, LATER)
    assert list_promise_outcomes(tx, 10, LATER) == []
    later = replace(made, made_at=LATER, to_at=LATER + timedelta(minutes=30))
    add_promises(tx, [later])
    assert len(list_promise_outcomes(tx, 10, LATER + timedelta(hours=1))) == 1


def test_a_turn_that_another_storm_saw_is_taken(tx, storm):
    came, way = DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.MAIN_EAST, True)
    streets = {came.segment_id, way.segment_id}
    assert TakenWay("dump_truck", way, came) in taken_in(tx, [storm], v.village(), streets)
    assert taken_in(tx, [storm], v.village(), {v.MILL}) == frozenset()
