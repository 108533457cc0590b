import pytest

from data.languages import languages
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.requests.promises import find_promise
from data.store.work import list_jobs
from tests.village import MILL, NOW, SCHOOL, at_m
from tests.village_plan import a_leg, add_published_plan


@pytest.fixture
def planned(client, app, storm, sign_in):
    """A storm whose published plan comes to Mill Street."""
    with transaction(app.engine) as tx:
        job = next(job for job in list_jobs(tx, storm["id"]) if job.segment_id == MILL)
        add_published_plan(tx, a_leg(segment_id=MILL, starts_at=NOW, job_ids=(job.id,)))
    sign_in("operator")
    return client


def asking(client, **told):
    place = at_m(203, 80)
    pin = {"lon": place.lon, "lat": place.lat}
    return client.post("/requests", json={"kind": "plow", "text": "Snow"} | pin | told).json()


def test_a_pin_is_answered_before_anything_is_stored(planned):
    place = at_m(203, 80)
    answer = planned.get("/api/answer", params={"lon": place.lon, "lat": place.lat}).json()
    assert (answer["segment_id"], answer["street"]["en"]) == (MILL, "Mill Street")
    assert (answer["outlook"], answer["truck"]["name"]) == ("planned", "Truck 1")
    assert answer["window"]["from_at"] < answer["window"]["to_at"]
    assert answer["record"] is None
    assert set(answer["say"]) == {*languages()}
    assert planned.get("/api/requests").json() == []
    stairs = {"lon": place.lon, "lat": place.lat, "kind": "sidewalk"}
    assert planned.get("/api/answer", params=stairs).json()["outlook"] == "crew"


def test_who_is_in_danger_is_wanted_sooner_before_and_after_it_is_recorded(planned):
    place = at_m(203, 80)
    pin = {"lon": place.lon, "lat": place.lat}
    usual, urgent = (
        planned.get("/api/answer", params=pin | {"danger": danger}).json()["due_at"]
        for danger in (False, True)
    )
    assert urgent < usual
    asked = asking(planned, dangers=["ambulance"])
    assert planned.get(f"/api/requests/{asked['id']}/answer").json()["due_at"] == urgent


def test_a_recorded_request_keeps_what_was_promised_and_is_told_its_number(planned):
    asked = asking(planned)
    answer = planned.get(f"/api/requests/{asked['id']}/answer").json()
    assert asked["reference"] in answer["say"]["fa"]
    assert answer["waiting"] == 0
    again = asking(planned)
    assert planned.get(f"/api/requests/{again['id']}/answer").json()["waiting"] == 1
    assert planned.get("/api/answer", params={"segment_id": MILL}).json()["waiting"] == 2
    assert [each["reference"] for each in answer["asked_here"]] == [asked["reference"]]
    with reading(planned.app.state.barfrub.engine) as tx:
        kept = find_promise(tx, asked["id"])
        log = [event.verb for event in list_events(tx, f"request:{asked['id']}")]
    assert kept.to_at.isoformat()[:19] == answer["window"]["to_at"][:19]
    assert "request.promised" in log


def test_a_caller_is_known_again_by_his_phone_and_the_access_is_logged(planned):
    asked = asking(planned, caller_name="Sara", caller_phone="0914 123 4567")
    found = planned.post("/api/callers/history", json={"phone": "+98 ۹۱۴ ۱۲۳ ۴۵۶۷"})
    assert [each["reference"] for each in found.json()] == [asked["reference"]]
    assert "Sara" not in found.text
    assert planned.post("/api/callers/history", json={"phone": "0914 000 0000"}).json() == []
    with reading(planned.app.state.barfrub.engine) as tx:
        looks = [event for event in list_events(tx) if event.verb == "caller.seen"]
    assert [(look.actor.id, look.after) for look in looks] == [
        ("operator", {"requests": [asked["id"]], "purpose": "same_phone"})
    ]
    assert "123" not in repr(looks[0].after)


def test_callers_are_looked_up_only_by_those_who_call_back(client, sign_in):
    for stranger in ("council", "driver"):
        sign_in(stranger)
        assert client.post("/api/callers/history", json={"phone": "0914"}).status_code == 403
    sign_in("supervisor")
    assert client.post("/api/callers/history", json={"phone": "0914"}).status_code == 200


@pytest.mark.parametrize(
    ("where", "status", "field"),
    [
        ({}, 422, "segment_id"),
        ({"lon": 45.0}, 422, "lat"),
        ({"lon": 10.0, "lat": 10.0}, 422, "location"),
        ({"segment_id": 999}, 404, None),
        ({"segment_id": 4, "kind": "volcano"}, 422, "kind"),
    ],
)
def test_a_place_that_is_none_is_named(planned, where, status, field):
    answer = planned.get("/api/answer", params=where)
    assert answer.status_code == status
    assert answer.json()["error"]["values"].get("field") == field


def test_a_request_without_a_place_has_no_answer_yet(planned):
    asked = planned.post("/requests", json={"kind": "plow", "text": "somewhere"}).json()
    assert planned.get(f"/api/requests/{asked['id']}/answer").status_code == 409


def test_an_operator_who_refuses_to_join_gets_work_of_its_own(client, sign_in):
    sign_in("dispatcher")
    client.post("/api/storms", json={"name": "First snow"})
    sign_in("operator")
    told = {"kind": "plow", "text": "School Street, another matter", "segment_id": SCHOOL}
    asked = {"segment_id": SCHOOL, "kind": "plow"}
    assert client.get("/api/answer", params=asked).json()["joins"] is not None
    alone = client.get("/api/answer", params=asked | {"join": "false"}).json()
    assert (alone["joins"], alone["waiting"]) == (None, 0)

    joined = client.post("/requests", json=told).json()
    own = client.post("/requests", json=told | {"join": False}).json()
    third = client.post("/requests", json=told).json()
    assert own["job_id"] not in (None, joined["job_id"])
    assert third["job_id"] == joined["job_id"]
    again = client.get(f"/api/requests/{own['id']}/answer").json()
    assert again["waiting"] == 0


@pytest.mark.parametrize(
    ("from_at", "to_at"),
    [
        ("2026-12-21T06:00:00Z", "2026-12-21T05:00:00Z"),
        ("0001-01-01T00:00:00+10:00", "2026-12-21T05:00:00Z"),
    ],
)
def test_a_window_that_cannot_have_been_read_out_is_refused(client, storm, sign_in, from_at, to_at):
    sign_in("operator")
    window = {"from_at": from_at, "to_at": to_at}
    body = {"kind": "plow", "text": "snow", "address": "Mill Street", "window": window}
    assert client.post("/requests", json=body).status_code == 422
