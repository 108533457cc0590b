"""The complaints office over the wire: who may do what, and what comes of it."""

import csv
import pickle
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from PIL import Image

from data.model import Role
from fleet.coverage.coverage_states import CoverageState
from tests.village import NOW, SCHOOL

HOUR = timedelta(hours=1)
SEES = {Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR}


def a_photo() -> bytes:
    content = BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "JPEG", exif=b"Exif\0\0secret place")
    return content.getvalue()


def ask(client, **told):
    body = {"kind": "plow", "segment_id": SCHOOL, "text": "snow", "caller_phone": "0441"} | told
    return client.post("/requests", json=body).json()


def sent(client, request, *, clear):
    files = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    form = {"clear": str(clear).lower(), "text": "dry", "lon": "45.07", "lat": "37.55"}
    return client.post(f"/api/requests/{request['id']}/sightings", data=form, files=files)


@pytest.fixture
def office(client, sign_in):
    """A supervisor's client; the storm has begun."""
    sign_in("dispatcher")
    assert client.post("/api/storms", json={"name": "First snow"}).is_success
    sign_in("supervisor")
    return client


@pytest.mark.parametrize("role", Role)
def test_the_office_is_for_those_who_watch(client, sign_in, role):
    sign_in(role.value)
    for path in ("/followup", "/followup/report", "/followup/requests.csv", "/api/followup"):
        assert client.get(path).status_code == (200 if role in SEES else 403)


def test_an_operator_escalates_and_comments_but_does_not_assign(office, sign_in):
    request = ask(office)
    sign_in("operator")
    address = f"/api/requests/{request['id']}"
    assert office.post(f"{address}/escalate", json={"text": "third call"}).status_code == 200
    assert office.post(f"{address}/comments", json={"text": "an old man"}).status_code == 200
    assert office.post(f"{address}/assign", json={"login": "operator"}).status_code == 403
    assert office.post(f"{address}/settle").status_code == 403
    sign_in("supervisor")
    file = office.get(f"/api/requests/{request['id']}/file").json()
    assert [each["text"] for each in file["comments"]] == ["third call", "an old man"]
    assert office.get("/api/followup?filter=escalated").json()["counts"]["escalated"] == 1


def test_what_is_late_shows_under_its_lens_with_the_step_it_waits_for(office, clock):
    placed, lost = ask(office), ask(office, segment_id=None)
    clock.moment = NOW + HOUR
    view = office.get("/api/followup?filter=late").json()
    assert [(row["id"], row["due"]["step"]) for row in view["rows"]] == [(lost["id"], "place")]
    assert view["counts"] == {
        "escalated": 0,
        "late": 1,
        "mine": 0,
        "place": 1,
        "do": 1,
        "tell": 0,
    }
    assert office.get("/api/followup?filter=do").json()["rows"][0]["id"] == placed["id"]


def test_assigned_to_me_by_a_time_of_the_supervisors(office):
    request = ask(office)
    due_at = (NOW + HOUR).isoformat()
    body = {"login": "supervisor", "due_at": due_at}
    file = office.post(f"/api/requests/{request['id']}/assign", json=body).json()
    assert file["row"]["assigned_to"] == "supervisor"
    assert file["row"]["due"]["due_at"] == due_at.replace("+00:00", "Z")
    assert office.get("/api/followup?filter=mine").json()["counts"]["mine"] == 1


def test_a_photo_of_a_clear_street_closes_the_request_and_loses_what_the_camera_wrote(office):
    request = ask(office)
    app = office.app.state.barfrub
    heard = app.hub.subscribe(lambda: None, frozenset({"coverage", "evidence"}))
    file = sent(office, request, clear=True).json()
    assert (file["request"]["state"], file["request"]["closed_for"]) == ("done", "inspected")
    assert file["row"]["due"]["step"] == "tell"
    (seen,) = file["sightings"]
    photo = office.get(seen["photo"])
    assert photo.headers["content-type"] == "image/jpeg"
    assert b"secret place" not in photo.content
    street = office.get(f"/api/segments/{SCHOOL}").json()
    (proof,) = street["sightings"]
    assert {way["evidence"]["kind"] for way in street["directions"]} == {"inspection"}
    assert [one["vehicle"] for one in street["passes"]] == ["", ""]
    assert proof == seen
    app.consumer.run()
    told = dict(heard.take())
    assert (SCHOOL,) in told["evidence"]
    fresh = int(CoverageState.FRESH)
    assert (SCHOOL, fresh, fresh) in told["coverage"]
    assert (proof["near"], proof["away_m"] > 100) == (False, True)


def test_a_photo_of_snow_leaves_it_open_and_no_photo_is_no_evidence(office, city_folder):
    request = ask(office)
    assert sent(office, request, clear=False).json()["request"]["state"] == "open"
    form = {"clear": "true"}
    files = {"photo": ("a.jpg", b"not a picture", "image/jpeg")}
    address = f"/api/requests/{request['id']}/sightings"
    assert office.post(address, data=form, files=files).status_code == 422
    assert office.post(address, data=form).status_code == 422


def test_a_photo_of_a_closed_request_is_not_kept(office, city_folder):
    request = ask(office)
    office.post(f"/api/requests/{request['id']}/close", json={"reason": "melted"})
    assert sent(office, request, clear=True).status_code == 409
    assert not list((city_folder / "photos").glob("*"))


def test_only_reasons_that_need_no_proof_are_offered_and_a_closed_one_has_none(office):
    request = ask(office)
    offered = office.get(f"/api/requests/{request['id']}/file").json()["reasons"]
    assert "plowed" not in offered
    assert "inspected" not in offered
    address = f"/api/requests/{request['id']}"
    assert office.post(f"{address}/close", json={"reason": "plowed"}).status_code == 409
    assert office.post(f"{address}/close", json={"reason": offered[0]}).status_code == 200
    assert office.get(f"/api/requests/{request['id']}/file").json()["reasons"] == []
    assert office.post(f"{address}/reopen", json={"why": "snow"}).json()["state"] == "open"


def test_the_watch_escalates_what_is_too_late(office, clock):
    ask(office, segment_id=None)
    watch, hub = office.app.state.barfrub.escalation_task, office.app.state.barfrub.hub
    news = hub.subscribe(lambda: None, frozenset({"requests"}))
    assert watch.run() == 0
    clock.moment = NOW + 3 * HOUR
    assert watch.run() == 1
    ((_, [view]),) = pickle.loads(pickle.dumps(news.take()))  # noqa: S301 - our own: it runs beside the server
    assert view.reference == "B-0001"
    assert office.get("/api/followup?filter=escalated").json()["counts"]["escalated"] == 1


@pytest.mark.parametrize("span", ["shift", "day", "storm"])
def test_a_report_names_no_caller_and_has_a_line_for_each_request(office, span):
    request = ask(office, text="=HYPERLINK secret words", caller_name="Sara Ahmadi")
    sent(office, request, clear=True)
    page = office.get(f"/followup/report?span={span}&lang=en", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "Seen clear on the spot" in page.text
    table = office.get(f"/followup/requests.csv?span={span}&lang=en").text
    assert table.startswith("\ufeff")
    (line,) = csv.DictReader(StringIO(table.removeprefix("\ufeff")))
    assert (line["reference"], line["reason of closing"]) == ("B-0001", "Seen clear on the spot")
    for text in (page.text, table):
        assert "Ahmadi" not in text
        assert "secret words" not in text
    figures = office.get(f"/followup/figures.csv?span={span}&lang=en").text
    assert "district and class" in figures


def test_a_day_without_requests_says_so_and_leads_to_the_next(office, clock):
    clock.moment = NOW + 48 * HOUR
    page = office.get(
        "/followup/report?at=2026-12-20T12:00:00Z&lang=en", headers={"accept": "text/html"}
    ).text
    assert "No request was received in this period." in page
    assert "span=day&amp;at=2026-12-20T20%3A30%3A00%2B00%3A00" in page


def test_before_the_first_storm_its_report_is_of_the_day(client, sign_in):
    sign_in("supervisor")
    assert client.get("/followup/figures.csv?span=storm").status_code == 200
