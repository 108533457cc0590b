from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.geocode import Geocoder
from data.model import (
    JobState,
    LonLat,
    RequestKind,
    RequestState,
    ServiceClass,
    ServiceRequest,
    Side,
    Snap,
    Treatment,
)
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import Tx
from data.store.requests.requests import find_caller, get_request, list_requests
from data.store.work import get_job, list_jobs, set_job_state
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate, place_by_hand
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.storm_start import end_storm, start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city

GEOCODER = Geocoder(v.village(), v.village_places())
LATER = v.NOW + timedelta(minutes=10)


def a_report(**changes: object) -> Report:
    said: dict[str, object] = {
        "channel": "phone",
        "kind": RequestKind.PLOW,
        "text": "خیابان مدرسه",
    }
    return Report(**(said | changes))


def a_storm(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


def asked(tx: Tx, **changes: object) -> ServiceRequest:
    return receive(tx, DISPATCHER, a_report(**changes), LATER)


def located(tx: Tx, **changes: object) -> ServiceRequest:
    new = asked(tx, **changes)
    return locate(a_city(tx, LATER), DISPATCHER, new.id, GEOCODER, PublishedPlanCache())


def pinned(tx: Tx, new: ServiceRequest, place: LonLat | Snap) -> ServiceRequest:
    return place_by_hand(a_city(tx, LATER), DISPATCHER, new.id, place, PublishedPlanCache())


def verbs(tx: Tx, subject: str) -> list[str]:
    return [event.verb for event in list_events(tx, subject)]


def test_requests_are_stored_with_a_reference_number_each(tx: Tx) -> None:
    assert [asked(tx).reference, asked(tx).reference] == ["B-0001", "B-0002"]
    assert [each.state for each in list_requests(tx)] == [RequestState.NEW] * 2


def test_the_same_key_again_is_the_same_request(tx: Tx) -> None:
    first = asked(tx, idempotency_key="abc")
    assert asked(tx, idempotency_key="abc", text="again") == first
    assert asked(tx, idempotency_key="def").id != first.id
    assert verbs(tx, f"request:{first.id}") == ["request.received"]


def test_who_called_is_kept_apart_and_the_audit_log_has_only_a_digest(tx: Tx) -> None:
    said = {"caller_name": "Sara Ahmadi", "caller_phone": "0441234567", "caller_email": "s@s.ir"}
    new = asked(tx, text="Sara here", **said)
    who = find_caller(tx, new.id)
    assert who is not None
    assert who.email == "s@s.ir"
    assert (who.name, who.phone) == ("Sara Ahmadi", "0441234567")
    log = repr(list_events(tx))
    assert "Sara" not in log
    assert "0441234567" not in log
    assert "s@s.ir" not in log
    assert "caller_digest" in log


def test_a_report_that_says_nothing_is_refused() -> None:
    with pytest.raises(InvalidError, match="words, an address or a place"):
        a_report(text="  ")


def test_a_request_on_a_street_with_an_open_job_joins_it(tx: Tx) -> None:
    a_storm(tx)
    before = len(list_jobs(tx, v.a_storm().id))
    first, second = located(tx), located(tx)
    assert first.state is RequestState.OPEN
    assert first.snap is not None
    assert first.snap.segment_id == v.SCHOOL
    assert first.job_id == second.job_id is not None
    assert len(list_jobs(tx, v.a_storm().id)) == before


def test_a_request_in_an_alley_makes_the_job_that_the_storm_did_not(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx, text="بن‌بست یاس")
    assert request.job_id is not None
    job = get_job(tx, request.job_id)
    assert (job.segment_id, job.service_class) == (v.BLIND, ServiceClass("P4"))
    assert job.due_at == LATER + timedelta(hours=24)
    assert verbs(tx, f"job:{job.id}") == ["job.added"]


def test_ice_is_salted_and_not_plowed(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx, kind=RequestKind.ICE)
    assert request.job_id is not None
    assert get_job(tx, request.job_id).treatment is Treatment.SALT


def test_words_that_name_no_street_wait_for_a_human_to_set_the_pin(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx, text="zzz qqq")
    assert (request.state, request.snap) == (RequestState.NEW, None)
    placed = pinned(tx, request, v.at_m(100, 160))
    assert placed.state is RequestState.OPEN
    assert placed.snap is not None
    assert (placed.snap.segment_id, placed.snap.side) == (v.SCHOOL, Side.LEFT)
    assert get_request(tx, request.id) == placed
    assert verbs(tx, f"request:{request.id}") == [
        "request.received",
        "request.waits",
        "request.opened",
    ]


def test_a_pin_far_from_every_street_is_refused(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx, text="zzz qqq")
    with pytest.raises(InvalidError, match="within 200 m of a street"):
        pinned(tx, request, v.at_m(5000, 5000))


def test_a_street_picked_from_the_list_is_taken_as_it_is(tx: Tx) -> None:
    a_storm(tx)
    snap = Snap(v.MILL, Side.RIGHT, 20.0, 0.0)
    assert pinned(tx, asked(tx, text="zzz"), snap).snap == snap


def test_a_placed_request_cannot_be_placed_again(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx)
    with pytest.raises(ConflictError, match="B-0001 is open"):
        pinned(tx, request, v.at_m(100, 0))


def test_a_pin_sent_with_the_request_beats_its_words(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx, location=v.at_m(300, 2))
    assert request.snap is not None
    assert request.snap.segment_id == v.MAIN_EAST


def test_before_the_storm_a_request_is_placed_and_gets_its_job_when_it_starts(tx: Tx) -> None:
    request = located(tx)
    assert (request.state, request.job_id) == (RequestState.NEW, None)
    assert request.snap is not None
    a_storm(tx)
    assert get_request(tx, request.id).state is RequestState.OPEN


def test_after_a_job_is_done_a_new_request_makes_a_new_job(tx: Tx) -> None:
    a_storm(tx)
    first = located(tx)
    assert first.job_id is not None
    set_job_state(tx, [first.job_id], JobState.DONE, LATER)
    assert located(tx).job_id != first.job_id


def test_requests_that_a_storm_left_undone_wait_for_the_next_one(tx: Tx) -> None:
    a_storm(tx)
    request = located(tx)
    end_storm(tx, DISPATCHER, v.a_storm().id, LATER)
    waiting = get_request(tx, request.id)
    assert (waiting.state, waiting.job_id) == (RequestState.NEW, None)
    assert waiting.snap == request.snap


def test_the_chain_of_events_holds(tx: Tx) -> None:
    a_storm(tx)
    located(tx)
    assert broken_links(list_events(tx)) == []
