from datetime import datetime, timedelta

import pytest

from data.model import (
    ClosingReason,
    Directions,
    Evidence,
    EvidenceKind,
    Job,
    Pass,
    RequestKind,
    RequestState,
    SegmentId,
    ServiceRequest,
    Side,
    Snap,
    Storm,
    Treatment,
    VehicleId,
)
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock
from data.store.work import add_job, get_job
from fleet.evidence.proof_store import Proof, store_evidence
from fleet.requests.closing import close_by_evidence, merge, reopen_request, reopen_unproved
from fleet.requests.intake import Report, receive
from fleet.requests.placing import place_by_hand
from fleet.routes.published_plan import PublishedPlanCache
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city

HOUR = timedelta(hours=1)
CALLED = v.NOW + 4 * HOUR
READ = v.NOW + 5 * HOUR


@pytest.fixture
def job(tx: Tx, storm: Storm) -> Job:
    """Work of the storm on a street, wanted in one direction."""
    one_way = {"directions": Directions.FORWARD, "storm_id": storm.id}
    return add_job(tx, v.a_job(segment_id=v.MAIN_WEST, **one_way))


def asked(tx: Tx, at: datetime) -> ServiceRequest:
    new = receive(tx, DISPATCHER, Report("phone", RequestKind.PLOW, "snow"), at)
    snap = Snap(SegmentId(v.MAIN_WEST), Side.RIGHT, 20.0, 3.0)
    return place_by_hand(a_city(tx, at), DISPATCHER, new.id, snap, PublishedPlanCache())


def read(tx: Tx, storm: Storm, *ended_at: datetime) -> Proof:
    """Read passes over the street in both directions, late."""
    length_m = v.village().segment(v.MAIN_WEST).length_m
    blade = Evidence(EvidenceKind.BLADE, 1.0)
    passes = [
        Pass(
            SegmentId(v.MAIN_WEST),
            forward,
            0.0,
            length_m,
            VehicleId(1),
            at - timedelta(minutes=1),
            at,
            Treatment.PLOW,
            blade,
        )
        for at in ended_at
        for forward in (True, False)
    ]
    return store_evidence(a_city(tx, READ), storm, passes)


def test_a_pass_before_the_call_does_not_answer_it_however_late_it_is_read(
    tx: Tx, storm: Storm, job: Job
) -> None:
    early, late = asked(tx, v.NOW), asked(tx, CALLED)
    assert late.job_id == job.id
    proof = read(tx, storm, CALLED - HOUR)
    assert get_request(tx, early.id).closed_for is ClosingReason.PLOWED
    waiting, clock = get_request(tx, late.id), get_clock(tx, late.id)
    assert (waiting.state, clock.done_at, clock.closed_at) == (RequestState.OPEN, None, None)
    assert set(proof.requests) == {early.id, late.id}
    assert waiting.job_id is not None
    again = get_job(tx, waiting.job_id)
    deadline = POLICY.rule_of(v.village().segment(v.MAIN_WEST)).deadline
    assert (again.starts_at, again.due_at) == (CALLED, CALLED + deadline)
    lines = [line for line in list_events(tx, f"request:{late.id}") if line.at == READ]
    assert [line.verb for line in lines] == ["request.done_before", "request.opened"]
    assert lines[0].after == {"done_at": (CALLED - HOUR).isoformat()}


def test_a_pass_after_the_call_that_is_read_with_the_one_before_answers_it(
    tx: Tx, storm: Storm, job: Job
) -> None:
    late = asked(tx, CALLED)
    answered_at = CALLED + HOUR / 2
    proof = read(tx, storm, CALLED - HOUR, CALLED + HOUR / 4, answered_at)
    assert get_clock(tx, late.id).done_at == answered_at
    assert set(proof.jobs) == {job.id, get_request(tx, late.id).job_id}


def test_who_called_after_the_work_waits_on_though_merged_into_one_that_it_answers(
    tx: Tx, storm: Storm, job: Job
) -> None:
    early, late = asked(tx, v.NOW), asked(tx, CALLED)
    merge(tx, DISPATCHER, late, early, CALLED)
    read(tx, storm, CALLED - HOUR)
    waiting = get_request(tx, late.id)
    assert get_request(tx, early.id).state is RequestState.DONE
    assert (waiting.state, waiting.closed_for) == (RequestState.OPEN, None)
    assert get_clock(tx, late.id).closed_at is None


@pytest.mark.parametrize(
    ("by_caller", "state", "done_at"),
    [(False, RequestState.DONE, CALLED + HOUR / 2), (True, RequestState.OPEN, None)],
)
def test_work_after_the_call_answers_what_only_the_system_opened_again(
    tx: Tx,
    storm: Storm,
    job: Job,
    by_caller: bool,
    state: RequestState,
    done_at: datetime | None,
) -> None:
    late = asked(tx, CALLED)
    close_by_evidence(tx, DISPATCHER, late, ClosingReason.PLOWED, CALLED + HOUR / 4, READ)
    closed, again = get_request(tx, late.id), CALLED + HOUR * 3 / 4
    if by_caller:
        reopen_request(tx, DISPATCHER, closed.id, "", again)
    else:
        reopen_unproved(tx, DISPATCHER, closed, job.id, again)
    read(tx, storm, CALLED + HOUR / 2)
    assert (get_request(tx, late.id).state, get_clock(tx, late.id).done_at) == (state, done_at)
