from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.geocode import Geocoder
from data.model import (
    ClosingReason,
    Danger,
    JobState,
    RequestKind,
    RequestState,
    ServiceRequest,
    Sighting,
    Treatment,
)
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import Tx
from data.store.followup.comments import list_comments
from data.store.followup.sightings import add_sighting
from data.store.requests.requests import get_request
from data.store.requests.sla_clocks import get_clock
from data.store.work import find_open_job, get_job, set_job_state
from fleet.requests.closing import (
    CLOSED_AS,
    cancel_request,
    close_by_evidence,
    close_request,
    reopen_request,
    reopen_unproved,
)
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.storm_start import end_storm, start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city

GEOCODER = Geocoder(v.village(), v.village_places())
MINUTE = timedelta(minutes=1)
LATER = v.NOW + 10 * MINUTE
LATEST = v.NOW + 60 * MINUTE

ON_SOMEBODYS_WORD = [
    reason
    for reason in ClosingReason
    if reason not in {ClosingReason.PLOWED, ClosingReason.INSPECTED, ClosingReason.CREW}
]


def a_storm(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


def asked(tx: Tx, words: str = "خیابان مدرسه", **changes: object) -> ServiceRequest:
    told: dict[str, object] = {"channel": "phone", "kind": RequestKind.PLOW, "text": words}
    new = receive(tx, DISPATCHER, Report(**(told | changes)), v.NOW)
    return locate(a_city(tx, v.NOW), DISPATCHER, new.id, GEOCODER, PublishedPlanCache())


def closed(
    tx: Tx, request: ServiceRequest, reason: ClosingReason, note: str = ""
) -> ServiceRequest:
    return close_request(tx, DISPATCHER, request.id, reason, note, LATER)


def served(tx: Tx, request: ServiceRequest) -> ServiceRequest:
    assert request.job_id is not None
    set_job_state(tx, [request.job_id], JobState.DONE, LATER)
    return close_by_evidence(tx, DISPATCHER, request, ClosingReason.PLOWED, LATER, LATER)


def test_every_reason_has_a_state_and_only_what_is_proved_is_done() -> None:
    done = {reason for reason, state in CLOSED_AS.items() if state is RequestState.DONE}
    assert CLOSED_AS.keys() == set(ClosingReason)
    assert done == {ClosingReason.PLOWED, ClosingReason.INSPECTED, ClosingReason.CREW}


@pytest.mark.parametrize("reason", ON_SOMEBODYS_WORD)
def test_a_closed_request_says_why_in_its_row_and_in_the_audit_log(
    tx: Tx, reason: ClosingReason
) -> None:
    a_storm(tx)
    request = closed(tx, asked(tx), reason)
    log = list_events(tx, f"request:{request.id}")
    assert get_request(tx, request.id).closed_for is reason
    assert request.state is CLOSED_AS[reason]
    assert log[-1].after == {"state": request.state, "reason": reason}
    assert get_clock(tx, request.id).done_at is None
    assert get_clock(tx, request.id).closed_at == LATER
    assert broken_links(list_events(tx)) == []


def test_nobody_closes_a_request_as_plowed_while_its_job_is_not_done(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    with pytest.raises(ConflictError, match="nothing proves"):
        closed(tx, request, ClosingReason.PLOWED)
    assert get_request(tx, request.id) == request


def test_a_request_with_a_job_that_is_done_may_be_closed_as_plowed(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    assert request.job_id is not None
    set_job_state(tx, [request.job_id], JobState.DONE, LATER)
    assert closed(tx, request, ClosingReason.PLOWED).state is RequestState.DONE


def test_work_that_was_done_before_the_call_proves_nothing_of_it(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    assert request.job_id is not None
    set_job_state(tx, [request.job_id], JobState.DONE, v.NOW - MINUTE)
    with pytest.raises(ConflictError, match="nothing proves"):
        closed(tx, request, ClosingReason.PLOWED)


@pytest.mark.parametrize(("clear", "state"), [(True, RequestState.DONE), (False, None)])
def test_only_who_saw_a_clear_street_closes_by_inspection(
    tx: Tx, clear: bool, state: RequestState | None
) -> None:
    a_storm(tx)
    request = asked(tx)
    add_sighting(tx, Sighting(0, request.id, LATER, "reza", clear, "x.jpg"))
    if state is None:
        with pytest.raises(ConflictError, match="nothing proves"):
            closed(tx, request, ClosingReason.INSPECTED)
    else:
        assert closed(tx, request, ClosingReason.INSPECTED).state is state


def test_what_was_seen_before_it_was_reopened_proves_nothing_any_more(tx: Tx) -> None:
    a_storm(tx)
    request = asked(tx)
    add_sighting(tx, Sighting(0, request.id, v.NOW + MINUTE, "reza", True, "x.jpg"))
    closed(tx, request, ClosingReason.INSPECTED)
    reopen_request(tx, DISPATCHER, request.id, "snowed in again", LATEST)
    with pytest.raises(ConflictError, match="nothing proves"):
        closed(tx, request, ClosingReason.INSPECTED)


def test_a_closed_request_is_not_closed_again(tx: Tx) -> None:
    request = closed(tx, asked(tx), ClosingReason.MELTED)
    with pytest.raises(ConflictError, match="is cancelled"):
        closed(tx, request, ClosingReason.WITHDRAWN)


def test_what_another_body_has_may_still_turn_out_to_be_nothing(tx: Tx) -> None:
    request = closed(tx, asked(tx), ClosingReason.HANDED_OVER)
    with pytest.raises(ConflictError, match="is handed_over"):
        closed(tx, request, ClosingReason.HANDED_OVER)
    assert closed(tx, request, ClosingReason.NOTHING_FOUND).state is RequestState.CANCELLED


def test_the_note_is_a_comment_and_no_part_of_the_chain(tx: Tx) -> None:
    request = closed(tx, asked(tx), ClosingReason.WITHDRAWN, " Mrs Ahmadi dug herself out ")
    assert [each.text for each in list_comments(tx, request.id)] == ["Mrs Ahmadi dug herself out"]
    assert "Ahmadi" not in repr(list_events(tx))


def test_a_cancelled_request_takes_the_job_along_that_only_it_asked_for(tx: Tx) -> None:
    a_storm(tx)
    first, second = asked(tx, "بن‌بست یاس"), asked(tx, "بن‌بست یاس")
    assert first.job_id is not None
    cancel_request(tx, DISPATCHER, first.id, "cleared it himself", LATER)
    assert get_job(tx, first.job_id).state is JobState.OPEN
    cancel_request(tx, DISPATCHER, second.id, "wrong number", LATER)
    assert get_job(tx, first.job_id).state is JobState.CANCELLED


def test_a_cancelled_request_leaves_a_job_that_the_policy_wants(tx: Tx) -> None:
    a_storm(tx)
    cancel_request(tx, DISPATCHER, asked(tx).id, "", LATER)
    assert find_open_job(tx, v.a_storm().id, v.SCHOOL, Treatment.PLOW) is not None


def test_not_cleared_wants_a_pass_from_now_on_within_the_same_time(tx: Tx) -> None:
    a_storm(tx)
    done = served(tx, asked(tx))
    again = reopen_request(tx, DISPATCHER, done.id, "only one side", LATEST)
    assert again.job_id is not None
    assert done.job_id is not None
    former, job = get_job(tx, done.job_id), get_job(tx, again.job_id)
    assert (again.state, again.closed_for) == (RequestState.OPEN, None)
    assert (job.segment_id, job.starts_at, job.state) == (v.SCHOOL, LATEST, JobState.OPEN)
    assert job.due_at - job.starts_at == former.due_at - former.starts_at


def test_what_only_the_system_opened_again_may_be_closed_by_work_since_the_call(tx: Tx) -> None:
    a_storm(tx)
    done = served(tx, asked(tx))
    assert done.job_id is not None
    reopen_unproved(tx, DISPATCHER, done, done.job_id, LATEST)
    assert closed(tx, done, ClosingReason.PLOWED).state is RequestState.DONE


def test_two_that_are_reopened_share_one_job(tx: Tx) -> None:
    a_storm(tx)
    first, second = asked(tx), asked(tx)
    for each in (first, second):
        served(tx, each)
    again = [reopen_request(tx, DISPATCHER, each.id, "", LATEST) for each in (first, second)]
    assert again[0].job_id == again[1].job_id != first.job_id


def test_a_reopened_request_counts_how_often_and_keeps_when_it_was_received(tx: Tx) -> None:
    a_storm(tx)
    done = served(tx, asked(tx))
    reopen_request(tx, DISPATCHER, done.id, "only one side", LATEST)
    clock = get_clock(tx, done.id)
    assert (clock.reopened, clock.reopened_at) == (1, LATEST)
    assert (clock.done_at, clock.closed_at, clock.told_at) == (None, None, None)
    assert clock.placed_at == v.NOW
    assert [each.text for each in list_comments(tx, done.id)] == ["only one side"]


def test_after_the_storm_a_reopened_request_waits_for_the_next_one(tx: Tx) -> None:
    a_storm(tx)
    done = served(tx, asked(tx))
    end_storm(tx, DISPATCHER, v.a_storm().id, LATER)
    waiting = reopen_request(tx, DISPATCHER, done.id, "", LATEST)
    assert (waiting.state, waiting.job_id, waiting.snap) == (RequestState.NEW, None, done.snap)
    start_storm(tx, DISPATCHER, "Second snow", v.village(), POLICY, LATEST)
    assert get_request(tx, done.id).state is RequestState.OPEN


def test_an_open_request_is_not_reopened(tx: Tx) -> None:
    a_storm(tx)
    with pytest.raises(ConflictError, match="is open"):
        reopen_request(tx, DISPATCHER, asked(tx).id, "", LATER)


@pytest.mark.parametrize("kind", [RequestKind.TREE, RequestKind.HAUL, RequestKind.SIDEWALK])
def test_what_no_plow_does_is_open_without_a_job_that_a_plow_would_close(
    tx: Tx, kind: RequestKind
) -> None:
    a_storm(tx)
    request = asked(tx, kind=kind)
    assert (request.state, request.job_id) == (RequestState.OPEN, None)
    closed(tx, request, ClosingReason.WITHDRAWN)
    again = reopen_request(tx, DISPATCHER, request.id, "", LATEST)
    assert (again.state, again.job_id) == (RequestState.OPEN, None)


def test_dangers_stay_with_the_request_and_are_in_the_audit_log(tx: Tx) -> None:
    dangers = (Danger.TRAPPED, Danger.ELDERLY)
    request = asked(tx, dangers=dangers)
    received = list_events(tx, f"request:{request.id}")[0]
    assert get_request(tx, request.id).dangers == dangers
    assert received.after["dangers"] == list(dangers)
