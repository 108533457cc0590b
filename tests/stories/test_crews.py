"""A caller's stairs become a crew's job, and her answer is the crew's word."""

import json
import re
from datetime import timedelta

import pytest

from data.exchange.basemap import write_basemap
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.requests.tracking_codes import find_tracking_code
from fleet.crews.crew_register import give_crew_code
from tests import village as v
from tests.api.conftest import StillClock
from tests.pictures import a_picture
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.usefixtures("storm")

PAGE = {"accept": "text/html"}
JPEG = a_picture()
STAIRS = {
    "kind": "sidewalk",
    "text": "The stairs behind the school are full of snow",
    "lon": 45.0711,
    "lat": 37.5514,
    "caller_phone": "0914 123 4567",
    "consent": True,
}
CREW = {
    "name": "Crew A",
    "size": 2,
    "works": ["sidewalk", "stairs"],
    "depot": "Depot",
    "rate_h": 120,
}


def new_crew(client, **changes):
    added = client.post("/api/crews", json={**CREW, **changes})
    assert added.status_code == 201, added.text
    shift = client.post("/api/storms/1/crew-shifts", json={"crew_id": added.json()["id"]})
    assert shift.status_code == 201, shift.text
    return added.json()["id"], shift.json()["id"]


def track(client, reference, code):
    return client.get(f"/track?reference={reference}&code={code}&lang=en", headers=PAGE).text


def tracked_code(client, request_id):
    with reading(client.app.state.barfrub.engine) as tx:
        return find_tracking_code(tx, request_id)


def request_of(client, request_id):
    return client.get(f"/api/requests/{request_id}").json()


def jobs_of(client):
    return client.get("/api/crew-jobs").json()


def reason_of(answer):
    return answer.status_code, answer.json()["error"]["values"].get("reason")


def enter(client, digits):
    """Sign in on a phone by a code."""
    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    client.get("/drive", headers=PAGE)
    form = {"code": digits, "csrf": client.cookies["barfrub_csrf"]}
    home = client.post("/drive", data=form, headers=PAGE, follow_redirects=False)
    client.headers["x-csrf-token"] = client.cookies["barfrub_csrf"]
    return home.headers["location"]


def test_stairs_are_asked_for_planned_cleared_and_answered(client, clock: StillClock, sign_in):
    asked = client.post("/requests", json=STAIRS).json()
    code = tracked_code(client, asked["id"])
    (job,) = jobs_of(client)
    assert (job["work"], job["state"], job["reference"]) == ("stairs", "open", asked["reference"])
    assert job["minutes"] == 15.0  # 20 steps at 80 an hour

    assert reason_of(client.post("/api/storms/1/crew-plan")) == (409, "no_crew")
    crew, shift = new_crew(client)
    draft = client.post("/api/storms/1/crew-plan").json()
    assert (draft["draft"], draft["lists"]) == (True, {str(crew): [job["id"]]})
    assert jobs_of(client)[0]["state"] == "open"
    published = client.post("/api/storms/1/crew-plan/publish").json()
    assert (published["draft"], published["lists"]) == (False, draft["lists"])
    (job,) = jobs_of(client)
    assert (job["state"], job["crew_id"], job["nth"]) == ("assigned", crew, 1)
    assert "We expect to be there today between" in track(client, asked["reference"], code)

    digits = client.post(f"/api/crew-shifts/{shift}/code").json()["code"]
    assert enter(client, digits) == "/crew"
    mine = client.get("/crew?lang=en", headers=PAGE).text
    assert "The stairs behind the school" in mine
    assert "0914" not in mine
    assert client.get("/api/crew-jobs").status_code == 403
    started = client.post(f"/api/crew-jobs/{job['id']}/start").json()
    assert started["state"] == "started"
    clock.moment += timedelta(minutes=20)
    words = {"words": "Salted too"}
    done = client.post(f"/api/crew-jobs/{job['id']}/done", json=words).json()
    assert (done["state"], done["said"]) == ("done", "Salted too")
    again = client.post(f"/api/crew-jobs/{job['id']}/done", json={}).json()
    assert again == done

    answer = track(client, asked["reference"], code)
    assert "Our crew was there: it was done today by 07:50." in answer
    sign_in("dispatcher")
    costs = client.get("/storms/1/costs.csv?by=crews&lang=en").text.splitlines()
    assert costs[-1] == "Crew A,2,0.33,0.67,1,80.0"
    closed = request_of(client, asked["id"])
    assert (closed["state"], closed["closed_for"]) == ("done", "crew")
    with reading(client.app.state.barfrub.engine) as tx:
        lines = list_events(tx, f"crew_job:{job['id']}")
    assert [line.after["state"] for line in lines] == ["open", "assigned", "started", "done"]
    assert "stairs behind" not in str([line.after for line in lines])


def test_a_list_that_nobody_has_begun_shows_the_crew_times_from_now_on(client, clock: StillClock):
    client.post("/requests", json=STAIRS)
    _, shift = new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    digits = client.post(f"/api/crew-shifts/{shift}/code").json()["code"]
    clock.moment += timedelta(hours=1)
    office = client.get("/crews?lang=en", headers=PAGE).text
    enter(client, digits)
    phone = client.get("/crew?lang=en", headers=PAGE).text
    (shown,) = re.findall(r'class="muted facts"><bdi>([^<]+)', phone)
    assert shown.startswith("08:40")
    assert shown in office


def test_jobs_of_a_crew_that_went_off_duty_wait_for_a_crew_again(
    client, clock: StillClock, sign_in
):
    client.post("/requests", json=STAIRS)
    _, shift = new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    assert "on a list" in client.get("/crews?lang=en", headers=PAGE).text
    enter(client, client.post(f"/api/crew-shifts/{shift}/code").json()["code"])
    clock.moment += timedelta(hours=8, minutes=10)
    assert "Your shift ended at " in client.get("/crew?lang=en", headers=PAGE).text
    sign_in("dispatcher")
    office = client.get("/crews?lang=en", headers=PAGE).text
    assert "waiting for a crew" in office
    assert ">on a list" not in office


def test_what_cannot_be_done_stays_open_with_its_reason_and_is_put_back(client):
    asked = client.post("/requests", json=STAIRS).json()
    (job,) = jobs_of(client)
    new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    url = f"/api/crew-jobs/{job['id']}"
    assert client.post(f"{url}/cannot", json={"reason": "other"}).status_code == 422
    left = client.post(f"{url}/cannot", json={"reason": "no_access", "words": "Gate locked"})
    assert (left.json()["state"], left.json()["reason"]) == ("cannot", "no_access")
    assert client.get("/api/requests").json()[0]["state"] == "open"
    assert reason_of(client.post(f"{url}/start")) == (409, "crew_job_state")
    assert "Gate locked" in client.get("/crews?lang=en", headers=PAGE).text
    back = client.post(f"{url}/put-back").json()
    assert (back["state"], back["crew_id"], back["reason"]) == ("open", None, None)
    client.post(f"/api/requests/{asked['id']}/cancel", json={})
    assert jobs_of(client)[0]["state"] == "cancelled"


def test_a_mistaken_done_is_taken_back_and_the_request_is_open_again(client):
    asked = client.post("/requests", json=STAIRS).json()
    (job,) = jobs_of(client)
    new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    url = f"/api/crew-jobs/{job['id']}"
    client.post(f"{url}/done", json={})
    assert client.post(f"{url}/put-back").json()["state"] == "open"
    now = request_of(client, asked["id"])
    assert (now["id"], now["state"], now["closed_for"]) == (asked["id"], "open", None)
    assert len(jobs_of(client)) == 1


def test_jobs_by_hand_are_moved_between_crews_and_only_published_lists_count(client):
    first, _ = new_crew(client)
    second, shift = new_crew(client, name="Crew B", works=["sidewalk", "haul"])
    place = {"lon": 45.0711, "lat": 37.5501}
    url = "/api/storms/1/crew-jobs"
    one = client.post(url, json={"work": "haul", "size": 6, "words": "Bus stop", **place}).json()
    two = client.post(url, json={"work": "sidewalk", "priority": "high", **place}).json()
    assert (one["minutes"], one["place"]) == (120.0, "Bus stop")
    far = {"work": "haul", "lon": 40.0, "lat": 30.0}
    assert client.post(url, json=far).status_code == 422
    lists = client.post("/api/storms/1/crew-plan").json()["lists"]
    assert lists == {str(first): [two["id"]], str(second): [one["id"]]}
    move = "/api/storms/1/crew-plan/move"
    to_second = {"job_id": two["id"], "step": "to_crew", "crew_id": second}
    moved = client.post(move, json=to_second).json()["lists"]
    assert moved[str(second)] == [one["id"], two["id"]]
    up = client.post(move, json={"job_id": two["id"], "step": "up"}).json()["lists"]
    assert (up[str(first)], up[str(second)]) == ([], [two["id"], one["id"]])
    assert {job["state"] for job in jobs_of(client)} == {"open"}
    client.post("/api/storms/1/crew-plan/publish")
    assert [job["nth"] for job in jobs_of(client)] == [2, 1]
    client.post(move, json={"job_id": one["id"], "step": "off"})
    client.post("/api/storms/1/crew-plan/publish")
    assert {job["id"]: job["state"] for job in jobs_of(client)} == {
        one["id"]: "open",
        two["id"]: "assigned",
    }
    client.post(f"/api/crew-jobs/{two['id']}/start")
    assert reason_of(client.post(f"/api/crew-shifts/{shift}/end")) == (409, "crew_busy")


def test_a_closed_storm_sends_crews_home_and_its_requests_wait_for_the_next(client):
    client.post("/requests", json=STAIRS)
    _, shift = new_crew(client)
    assert client.get("/api/storms/1/left").json()["crew_jobs"] == 1
    client.post("/api/storms/1/end")
    assert client.get("/api/requests").json()[0]["state"] == "new"
    (ended,) = client.get("/api/storms/1/crew-shifts").json()
    assert (ended["id"], ended["ended_at"] is not None) == (shift, True)
    client.post("/api/storms", json={"name": "More snow"})
    (job,) = jobs_of(client)
    assert (job["state"], job["storm_id"]) == ("open", 2)


def test_a_crew_does_only_what_is_on_its_own_list(client):
    client.post("/requests", json=STAIRS)
    (job,) = jobs_of(client)
    new_crew(client)
    _, other = new_crew(client, name="Crew B", works=["haul"])
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    enter(client, client.post(f"/api/crew-shifts/{other}/code").json()["code"])
    assert client.get("/api/crew").json() == []
    assert client.post(f"/api/crew-jobs/{job['id']}/done", json={}).status_code == 403


def assigned(client):
    """A job on the list of a crew whose phone is signed in; returns its address."""
    client.post("/requests", json=STAIRS)
    (job,) = jobs_of(client)
    _, shift = new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    digits = client.post(f"/api/crew-shifts/{shift}/code").json()["code"]
    enter(client, digits)
    return f"/api/crew-jobs/{job['id']}"


def test_taps_of_a_phone_out_of_reach_count_from_when_they_were_made_and_once(
    client, clock: StillClock, sign_in
):
    url = assigned(client)
    begun, over = clock.moment, clock.moment + timedelta(minutes=20)
    clock.moment += timedelta(hours=1)
    taps = {
        "start": {"key": "start-0001", "tapped_at": begun.isoformat()},
        "done": {"key": "done-00001", "tapped_at": over.isoformat(), "words": "Salted"},
    }
    answers = [client.post(f"{url}/{name}", json=tap).json() for name, tap in taps.items()]
    assert (answers[1]["started_at"], answers[1]["ended_at"]) == (
        begun.isoformat().replace("+00:00", "Z"),
        over.isoformat().replace("+00:00", "Z"),
    )
    phone = dict(client.cookies), client.headers["x-csrf-token"]
    sign_in("dispatcher")
    client.post(f"{url}/put-back")
    client.cookies.clear()
    client.cookies.update(phone[0])
    client.headers["x-csrf-token"] = phone[1]
    again = [client.post(f"{url}/{name}", json=tap).json() for name, tap in taps.items()]
    assert again == answers
    sign_in("dispatcher")
    assert jobs_of(client)[0]["state"] == "open"


def test_a_photo_of_the_work_is_seen_by_who_dispatches_and_goes_when_its_time_is_over(
    client, clock: StillClock, sign_in
):
    url = assigned(client)
    assert client.post(f"{url}/photo", content=JPEG).status_code == 409
    client.post(f"{url}/done", json={})
    assert client.post(f"{url}/photo", content=b"<svg/>").status_code == 422
    assert client.post(f"{url}/photo", content=JPEG).json()["photo"] is True
    assert client.post(f"{url}/photo", content=JPEG).json()["photo"] is True
    folder = client.app.state.barfrub.folder / "photos"
    assert len(list(folder.iterdir())) == 1
    assert client.get(f"{url}/photo").status_code == 403

    sign_in("dispatcher")
    shown = client.get(f"{url}/photo")
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    assert f'src="{url}/photo"' in client.get("/crews?lang=en", headers=PAGE).text
    client.post(f"{url}/put-back")
    assert client.get(f"{url}/photo").status_code == 404

    app = client.app.state.barfrub
    clock.moment += timedelta(days=app.settings.photos_kept_days + 1)
    app.retention_task.erase()
    assert list(folder.iterdir()) == []


def test_nobody_photographs_the_work_of_another_crew(client, sign_in):
    url = assigned(client)
    client.post(f"{url}/done", json={})
    sign_in("dispatcher")
    _, other = new_crew(client, name="Crew B", works=["haul"])
    enter(client, client.post(f"/api/crew-shifts/{other}/code").json()["code"])
    assert client.post(f"{url}/photo", content=JPEG).status_code == 403


def test_words_and_the_callers_door_go_when_their_time_is_over(client, clock: StillClock):
    asked = client.post("/requests", json=STAIRS).json()
    by_hand = {"work": "haul", "lon": 45.0711, "lat": 37.5514, "words": "behind Karimi's shop"}
    assert client.post("/api/storms/1/crew-jobs", json=by_hand).status_code == 201
    app = client.app.state.barfrub
    clock.moment += timedelta(days=app.settings.callers_kept_days + 1)
    app.retention_task.erase()
    of_request, other = sorted(jobs_of(client), key=lambda job: job["id"])
    assert "Karimi" not in str(other)
    moved = request_of(client, asked["id"])
    assert (of_request["lon"], of_request["lat"]) == (moved["lon"], moved["lat"])
    assert (moved["lon"], moved["lat"]) != (STAIRS["lon"], STAIRS["lat"])


def test_a_crew_is_written_to_answers_and_calls_for_help_from_its_job(client, sign_in):
    client.post("/requests", json=STAIRS)
    crew, shift = new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    given = client.post(f"/api/crew-shifts/{shift}/code").json()
    assert given["qr"]["size"] > 20
    address = f"/api/crew-shifts/{shift}"
    sent = client.post(f"{address}/messages", json={"key": "to-crew-1", "text": "Take salt too"})
    assert sent.json()["from_driver"] is False

    assert enter(client, given["code"]) == "/crew"
    thread = client.get(f"{address}/messages").json()
    assert [list(one["text"].values()) for one in thread["messages"]] == [["Take salt too"]]
    heard = client.post(f"{address}/messages/heard", json={"seen": [sent.json()["id"]]}).json()
    assert heard[0]["seen_at"]
    for _ in range(2):  # a phone repeats what was not answered
        client.post(f"{address}/messages", json={"key": "from-crew-1", "text": "We have it"})
    assert client.post(f"{address}/messages/seen").status_code == 403
    assert client.post(f"{address}/sos", json={"key": "help-crew-1"}).json() == {"heard": True}
    client.post(f"{address}/sos", json={"key": "help-crew-2"})

    sign_in("dispatcher")
    (alert,) = client.get("/api/alerts").json()
    assert (alert["kind"], alert["vehicle_id"]) == ("sos", None)
    who = {"by": "crew", "crew": crew, "crew_name": "Crew A"}
    assert alert["facts"] == {**who, "supposed": 1}
    assert f'"crew-{crew}":"Crew A"' in client.get("/", headers=PAGE).text.replace('": "', '":"')
    assert (alert["lon"], alert["lat"]) == pytest.approx((STAIRS["lon"], STAIRS["lat"]), abs=0.01)
    measured = {"key": "help-crew-3", "tapped_at": alert["since"], "lon": 45.01, "lat": 37.51}
    client.post(f"{address}/sos", json=measured)  # the phone knows its place by now
    (placed,) = client.get("/api/alerts").json()
    assert (placed["id"], placed["lon"], placed["lat"]) == (alert["id"], 45.01, 37.51)
    assert placed["facts"] == who
    assert ">new</span>" in client.get("/crews?lang=en", headers=PAGE).text
    said = client.get(f"{address}/messages").json()["messages"]
    assert [one["from_driver"] for one in said] == [False, True]
    assert client.post(f"{address}/messages/seen").json()[0]["seen_at"]
    assert '<span class="fresh" hidden>' in client.get("/crews?lang=en", headers=PAGE).text

    _, other_shift = new_crew(client, name="Crew B")
    enter(client, client.post(f"/api/crew-shifts/{other_shift}/code").json()["code"])
    assert client.get(f"{address}/messages").status_code == 403


def test_a_scanned_token_lets_a_crew_in(client, app):
    _, shift = new_crew(client)
    with transaction(app.engine) as tx:
        secret, now = app.settings.secret_key(), app.clock.now()
        token = give_crew_code(tx, DISPATCHER, shift, secret, "en", now).token
    assert enter(client, token) == "/crew"


def test_a_crews_phone_keeps_the_map_around_its_jobs(client, app):
    write_basemap(v.village(), v.village_places(), app.folder / "tiles")
    client.post("/requests", json=STAIRS)
    _, shift = new_crew(client)
    client.post("/api/storms/1/crew-plan")
    client.post("/api/storms/1/crew-plan/publish")
    enter(client, client.post(f"/api/crew-shifts/{shift}/code").json()["code"])
    assert client.get("/api/crew/stored").json()["tiles"]["streets"]["tiles"]
    page = client.get("/crew?lang=en", headers=PAGE).text
    boot = json.loads(re.search(r'id="boot">(.*?)</script>', page)[1])["crew"]
    assert boot["shift_id"] == shift
    assert boot["map_mark"]
    assert boot["jobs"][0]["ends_at"] <= boot["jobs"][0]["until_at"]
