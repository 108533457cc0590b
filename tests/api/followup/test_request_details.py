"""One page for a request: what an operator and the office find on it, open or closed."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from PIL import Image

from data.model import Role
from data.store.database.engine import transaction
from data.store.work import list_jobs
from tests.village import MILL, NOW, SCHOOL
from tests.village_plan import a_leg, add_published_plan

READERS = {Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR}
HOUR = timedelta(hours=1)


def a_photo() -> bytes:
    content = BytesIO()
    Image.new("RGB", (1200, 900), "white").save(content, "JPEG")
    return content.getvalue()


def reported_by_a_citizen(client) -> None:
    """A citizen reports with a photo, as a browser sends the form."""
    client.get("/report?lang=en", headers={"accept": "text/html"})
    said = {"csrf": client.cookies["barfrub_csrf"], "kind": "plow", "text": "School Street"}
    photo = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    sent = client.post("/report?lang=en", data=said, files=photo, follow_redirects=False)
    assert sent.status_code == 303, sent.text


def asked(client, **told):
    body = {"kind": "plow", "segment_id": SCHOOL, "text": "snow", "caller_phone": "0914 555 1234"}
    return client.post("/requests", json=body | told).json()


def file_of(client, request_id):
    answer = client.get(f"/api/requests/{request_id}/file?lang=en")
    assert answer.status_code == 200, answer.text
    return answer.json()


def seen_by(client, sign_in, role):
    sign_in(role)
    return file_of(client, 1)


@pytest.fixture
def stormy(client, sign_in):
    sign_in("dispatcher")
    assert client.post("/api/storms", json={"name": "First snow"}).is_success
    return client


def test_a_citizens_photo_is_seen_by_who_reads_requests_and_by_nobody_else(client, sign_in):
    reported_by_a_citizen(client)
    sign_in("operator")
    (photo,) = client.get("/api/requests/1/photos").json()
    whole, small = client.get(photo["photo"]), client.get(photo["thumbnail"])
    assert whole.headers["content-type"] == small.headers["content-type"] == "image/jpeg"
    assert max(Image.open(BytesIO(small.content)).size) <= 360
    assert len(small.content) < len(whole.content)
    for role in Role:
        sign_in(role.value)
        for path in ("/api/requests/1/photos", photo["photo"], photo["thumbnail"]):
            assert client.get(path).status_code == (200 if role in READERS else 403)
    assert "supervisor" in {
        one["login"] for one in seen_by(client, sign_in, "dispatcher")["people"]
    }
    mine = seen_by(client, sign_in, "operator")
    assert (mine["photos"], mine["people"]) == ([photo], [])
    other = asked(client, segment_id=None, text="elsewhere")
    stolen = photo["photo"].replace("/requests/1/", f"/requests/{other['id']}/")
    assert client.get(stolen).status_code == 404
    assert client.get("/api/requests/1/photos/none.jpg/thumbnail").status_code == 404


def test_a_closed_request_opens_by_its_number_with_all_that_became_of_it(stormy, sign_in, clock):
    agency = {"name": "Parks", "kind": "parks", "phone": "137"}
    sign_in("administrator")
    (parks,) = stormy.post("/api/agencies", json=agency).json()
    sign_in("operator")
    request = asked(stormy)
    address = f"/api/requests/{request['id']}"
    stormy.post(f"{address}/comments", json={"text": "an old man"})
    clock.moment = NOW + HOUR
    handing = {"ids": [request["id"]], "agency_id": parks["id"], "way": "paper", "note": "tree"}
    assert stormy.post("/api/queue/refer", json=handing).json()["changed"] == [request["id"]]
    call = {"news": "handed_over", "outcome": "reached", "note": "told her son"}
    assert stormy.post(f"/api/callbacks/{request['id']}", json=call).is_success

    for number in (str(request["id"]), request["reference"], "b1"):
        page = stormy.get(f"/requests/{number}?lang=en", headers={"accept": "text/html"})
        assert page.status_code == 200
        assert request["reference"] in page.text
    assert stormy.get("/requests/99", headers={"accept": "text/html"}).status_code == 404

    file = file_of(stormy, request["id"])
    assert (file["request"]["state"], file["reasons"][0]) == ("handed_over", "withdrawn")
    assert file["street"]["en"] == "School Street"
    (job,) = file["jobs"]
    assert (job["treatment"], job["state"]) == ("plow", "open")
    assert [(one["agency"], one["note"]) for one in file["referrals"]] == [("Parks", "tree")]
    assert [(one["outcome"], one["note"]) for one in file["calls"]] == [("reached", "told her son")]
    assert [one["text"] for one in file["comments"]] == ["an old man"]
    says = [line["says"] for line in file["history"]]
    assert says[0] == "operator received request B-0001."
    assert "operator referred request B-0001 to an agency." in says
    assert "0914" not in str(file)


def test_a_promise_says_on_the_page_what_became_of_it(storm, app, client, clock):
    with transaction(app.engine) as tx:
        job = next(job for job in list_jobs(tx, storm["id"]) if job.segment_id == MILL)
        add_published_plan(tx, a_leg(segment_id=MILL, starts_at=NOW, job_ids=(job.id,)))
    request = asked(client, segment_id=MILL)
    (given,) = file_of(client, request["id"])["promises"]
    assert given["state"] == "pending"
    clock.moment = NOW + timedelta(days=1)
    (given,) = file_of(client, request["id"])["promises"]
    assert given["state"] == "broken"
    client.post(f"/api/requests/{request['id']}/close", json={"reason": "nothing_found"})
    (given,) = file_of(client, request["id"])["promises"]
    assert given["state"] == "void"


def test_the_office_places_what_has_no_place_on_the_street_that_the_search_meant(stormy):
    request = asked(stormy, segment_id=None, text="somewhere")
    (guess, *_) = stormy.get("/api/geocode?q=School Street").json()
    pin = {"lon": guess["lon"], "lat": guess["lat"], "segment_id": guess["segment_id"]}
    placed = stormy.post("/api/queue/place", json={"ids": [request["id"]], **pin}).json()
    assert placed["changed"] == [request["id"]]
    file = file_of(stormy, request["id"])
    assert file["request"]["segment_id"] == guess["segment_id"]
    stormy.post(f"/api/queue/changes/{placed['change_id']}/undo")
    assert file_of(stormy, request["id"])["street"] is None


def test_lines_of_the_audit_log_and_unsent_messages_lead_to_the_page(stormy):
    request = asked(stormy)
    log = stormy.get("/audit-log?lang=en", headers={"accept": "text/html"}).text
    assert f'href="/requests/{request["id"]}"' in log


def test_the_offices_list_and_its_report_count_the_same_as_late(stormy, sign_in, clock):
    done, lost, waits = asked(stormy), asked(stormy, segment_id=None), asked(stormy)
    clock.moment = NOW + 40 * HOUR
    stormy.post(f"/api/requests/{done['id']}/close", json={"reason": "nothing_found"})
    sign_in("supervisor")
    late = stormy.get("/api/followup?filter=late").json()
    assert {row["id"] for row in late["rows"]} == {lost["id"], waits["id"]}
    lines = table_of(stormy, "/followup/figures.csv?span=storm&lang=en")
    classes = [line for line in lines if line["by"] == "class"]
    overdue = sum(int(line["overdue in the office’s list"]) for line in classes)
    assert overdue == late["counts"]["late"] == 2
    assert sum(int(line["past target"]) for line in classes) == 3
    page = stormy.get("/followup/report?span=storm&lang=en", headers={"accept": "text/html"}).text
    assert "1 ended late, 2 still waiting" in page
    assert "Overdue now" in page


def test_what_has_no_place_is_unlocated_and_not_outside_all_districts(stormy, sign_in):
    asked(stormy, segment_id=None)
    sign_in("supervisor")
    lines = table_of(stormy, "/followup/figures.csv?span=storm&lang=en")
    assert [line["name"] for line in lines if line["by"] == "district"] == ["Unlocated"]
    page = stormy.get("/followup/report?span=storm&lang=en", headers={"accept": "text/html"}).text
    assert "Outside all districts" not in page


def test_the_page_tells_the_dangers_of_merged_requests_too_until_they_are_over(stormy, sign_in):
    kept, other = asked(stormy), asked(stormy, dangers=["trapped", "elderly"])
    merged = {"ids": [other["id"]], "kept_id": kept["id"]}
    assert stormy.post("/api/queue/merge", json=merged).is_success
    sign_in("operator")
    file = file_of(stormy, kept["id"])
    assert (file["dangers"], file["life_dangers"]) == (["trapped", "elderly"], ["trapped"])
    assert file_of(stormy, other["id"])["life_dangers"] == []
    over = f"/api/requests/{kept['id']}/danger-over"
    assert stormy.post(over, json={"dangers": file["life_dangers"]}).is_success
    file = file_of(stormy, kept["id"])
    assert (file["dangers"], file["life_dangers"]) == (["elderly"], [])
    assert "operator noted that the danger" in "".join(line["says"] for line in file["history"])


def test_nobody_looks_on_a_spot_that_nobody_knows(stormy, sign_in):
    request = asked(stormy, segment_id=None)
    sign_in("supervisor")
    photo = {"photo": ("a.jpg", a_photo(), "image/jpeg")}
    sightings = f"/api/requests/{request['id']}/sightings"
    refused = stormy.post(sightings, data={"clear": "true"}, files=photo)
    assert refused.status_code == 409
    assert refused.json()["error"]["values"]["reason"] == "request_unplaced"


def test_people_have_names_beside_the_names_that_they_sign_in_with(stormy, sign_in):
    sign_in("administrator")
    people = {one["login"]: one["id"] for one in stormy.get("/api/people").json()}
    told = {"name": "Leila Ahmadi", "phone": ""}
    named = stormy.post(f"/api/people/{people['operator']}/contact", json=told)
    assert named.json()["name"] == "Leila Ahmadi"
    invited = {"login": "sara", "name": "Sara Amini", "roles": ["operator"], "language": "en"}
    assert stormy.post("/api/people", json=invited).json()["person"]["name"] == "Sara Amini"
    sign_in("operator")
    request = asked(stormy)
    stormy.post(f"/api/requests/{request['id']}/comments", json={"text": "an old man"})
    file = file_of(stormy, request["id"])
    assert file["names"][file["comments"][0]["author"]] == "Leila Ahmadi"
    sign_in("supervisor")
    assert {"login": "sara", "name": "Sara Amini"} in file_of(stormy, request["id"])["people"]
    assert stormy.get("/api/followup").json()["names"]["sara"] == "Sara Amini"


def table_of(client, path):
    return list(csv.DictReader(StringIO(client.get(path).text.removeprefix("\ufeff"))))
