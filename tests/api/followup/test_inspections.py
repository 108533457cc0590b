"""What somebody of the city saw at a place, from the phone that kept it to the request."""

from datetime import timedelta

import pytest

from data.model import Coverage, Evidence, EvidenceKind
from data.store.coverage.coverage import save_coverage
from data.store.database.engine import transaction
from data.store.schema import request, request_clock
from data.store.storms.storms import find_active_storm
from fleet.coverage.tap_rules import UNSEEN
from tests.api.followup.test_waiting_requests import a_photo, ask
from tests.village import NOW, SCHOOL

HOUR = timedelta(hours=1)


@pytest.fixture
def office(client, sign_in, storm):
    """A supervisor's client in a storm."""
    sign_in("supervisor")
    return client


def looked(client, request, key, *, clear, **fields):
    form = {"key": key, "clear": str(clear).lower(), **fields}
    files = {"photo": ("photo.jpg", a_photo(), "image/jpeg")}
    return client.post(f"/api/requests/{request['id']}/inspections", data=form, files=files)


def test_what_is_in_order_closes_the_request_with_the_time_of_the_tap_once(
    office, clock, city_folder
):
    asked = ask(office)
    (place,) = office.get("/api/inspections").json()
    assert (place["id"], place["state"], place["closed_for"]) == (asked["id"], "open", None)
    clock.moment = NOW + 2 * HOUR  # so late the phone finds the network again
    seen = {"clear": True, "tapped_at": (NOW + HOUR).isoformat()}
    answers = [looked(office, asked, "inspect-1", **seen) for _ in range(2)]
    assert [each.json() for each in answers] == [{"id": asked["id"], "state": "done"}] * 2
    (proof,) = office.get(f"/api/segments/{SCHOOL}").json()["sightings"]
    assert proof["at"] == (NOW + HOUR).isoformat().replace("+00:00", "Z")
    assert len(list((city_folder / "photos").glob("*.*"))) == 1
    assert office.get("/api/inspections").json() == []


def test_what_was_said_to_be_done_and_is_not_is_opened_again(office, app, clock):
    asked = ask(office)
    with transaction(app.engine) as tx:
        tx.execute(request.update().values(state="done", closed_for="plowed"))
        tx.execute(request_clock.update().values(closed_at=NOW))
    clock.moment = NOW + HOUR
    (place,) = office.get("/api/inspections").json()
    assert (place["state"], place["closed_for"]) == ("done", "plowed")
    assert looked(office, asked, "inspect-2", clear=False).status_code == 422  # nobody says why
    bad = looked(office, asked, "inspect-2", clear=False, faults=["ridge", "ice"], text="As ever")
    assert bad.json()["state"] == "open"
    file = office.get(f"/api/requests/{asked['id']}/file").json()
    assert [each["text"] for each in file["comments"]] == ["As ever"]
    (seen,) = file["sightings"]
    assert (seen["faults"], seen["text"]) == (["ridge", "ice"], "As ever")
    assert file["row"]["reopened"] == 1


def test_an_answer_from_before_the_work_does_not_open_the_request_again(office, app, clock):
    asked = ask(office)
    with transaction(app.engine) as tx:
        tx.execute(request.update().values(state="done", closed_for="plowed"))
        tx.execute(request_clock.update().values(closed_at=NOW + HOUR))
    clock.moment = NOW + 2 * HOUR
    early = {"text": "Deep snow", "tapped_at": (NOW + HOUR / 2).isoformat()}
    assert looked(office, asked, "inspect-6", clear=False, **early).json()["state"] == "done"
    file = office.get(f"/api/requests/{asked['id']}/file").json()
    assert (file["comments"], file["row"]["reopened"]) == ([], 0)
    assert [each["clear"] for each in office.get(f"/api/segments/{SCHOOL}").json()["sightings"]]


def test_what_was_said_to_be_done_and_is_leaves_the_list(office, app, clock):
    asked = ask(office)
    with transaction(app.engine) as tx:
        tx.execute(request.update().values(state="done", closed_for="crew"))
        tx.execute(request_clock.update().values(closed_at=NOW))
    clock.moment = NOW + HOUR
    assert looked(office, asked, "inspect-3", clear=True).json()["state"] == "done"
    assert office.get("/api/inspections").json() == []


def test_an_answer_from_before_the_request_was_opened_again_does_not_close_it(office, clock):
    asked = ask(office)
    clock.moment = NOW + HOUR
    assert looked(office, asked, "inspect-4", clear=True).json()["state"] == "done"
    clock.moment = NOW + 2 * HOUR
    assert office.post(f"/api/requests/{asked['id']}/reopen", json={}).is_success
    clock.moment = NOW + 3 * HOUR
    late = looked(office, asked, "inspect-5", clear=True, tapped_at=NOW.isoformat())
    assert late.json()["state"] == "open"


def test_a_street_that_only_a_tap_proves_is_listed_until_somebody_looked(office, app):
    row = Coverage(
        SCHOOL, True, 1, 1, NOW, worked_at=NOW, evidence=Evidence(EvidenceKind.DRIVER, UNSEEN)
    )
    with transaction(app.engine) as tx:
        save_coverage(tx, find_active_storm(tx).id, [row])
    (street,) = office.get("/api/inspections/streets").json()
    assert (street["segment_id"], street["names"]["en"]) == (SCHOOL, "School Street")
    assert office.get("/api/inspections/stored").json().keys() == {"tiles"}
    form = {"key": "street-look", "clear": "false", "faults": ["not_plowed"]}
    photo = {"photo": ("photo.jpg", a_photo(), "image/jpeg")}
    address = f"/api/segments/{SCHOOL}/inspections"
    assert office.post(address, data=form, files=photo).json() == {"segment_id": SCHOOL}
    assert office.get("/api/inspections/streets").json() == []
    (proof,) = office.get(f"/api/segments/{SCHOOL}").json()["sightings"]
    assert (proof["clear"], proof["faults"], proof["text"]) == (False, ["not_plowed"], "")
    assert office.get(proof["photo"]).status_code == 200


def test_the_page_is_an_installed_one(office):
    page = office.get("/inspect?lang=en", headers={"accept": "text/html"})
    assert page.headers["barfrub-app"].startswith("inspect-")
    assert "/static/js/followup/inspect/main.js" in office.get("/inspect-worker.js").text
    assert office.get("/inspect.fa.webmanifest").json()["start_url"] == "/inspect"
