"""Dispatchers and drivers write to each other, and somebody calls for help."""

from datetime import timedelta
from typing import Any

import pytest

from data.model import Plan
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

PAGE = {"accept": "text/html"}
HEARD = frozenset({"messages", "mail", "alerts"})
MINUTE = timedelta(minutes=1)


@pytest.fixture
def plan(app) -> Plan:
    with transaction(app.engine) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        return add_published_plan(tx, a_leg(segment_id=v.MAIN_EAST))


@pytest.fixture
def phone(client, sign_in, plan):
    """Let one who speaks be the driver of shift 1, whose code was entered before."""
    sign_in("dispatcher")
    code = client.post("/api/shifts/1/code", json={}).json()["code"]
    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    client.get("/drive", headers=PAGE)
    form = {"code": code, "csrf": client.cookies["barfrub_csrf"]}
    client.post("/drive", data=form, headers=PAGE, follow_redirects=False)
    kept = dict(client.cookies)

    def speak():
        client.cookies.clear()
        client.cookies.update(kept)
        client.headers["x-csrf-token"] = kept["barfrub_csrf"]
        return client

    return speak


@pytest.fixture
def desk(client, sign_in):
    def speak(login: str = "dispatcher"):
        sign_in(login)
        return client

    return speak


def told(heard) -> dict[str, list[Any]]:
    return dict(heard.take())


def thread(client) -> dict[str, Any]:
    return client.get("/api/shifts/1/messages").json()


def test_a_message_comes_to_the_phone_is_read_and_answered(app, phone, desk):
    heard = app.hub.subscribe(lambda: None, HEARD)
    sent = desk().post("/api/messages", json={"vehicle_ids": [1], "text": "You have a new route."})
    assert sent.status_code == 201
    [written] = sent.json()["messages"]
    assert written["text"]["fa"] == "مسیر تازه‌ای برایتان فرستاده شد."
    assert told(heard)["mail"] == [(1,)], "the phone is told, and nothing of what was said"

    driver = phone()
    seen = thread(driver)
    assert [one["text"]["en"] for one in seen["messages"]] == ["You have a new route."]
    assert ("کمک لازم دارم.", "I need help.") in [(one["fa"], one["en"]) for one in seen["canned"]]
    path = "/api/shifts/1/messages"
    driver.post(f"{path}/heard", json={"delivered": [written["id"], 99]})
    [came] = told(heard)["messages"]
    assert (came.delivered_at, came.seen_at) == (v.NOW, None)
    driver.post(f"{path}/heard", json={"seen": [written["id"]]})
    assert told(heard)["messages"][0].seen_at == v.NOW
    answer = {"key": "answer-1", "text": "road  blocked by a fallen oak"}
    assert driver.post(path, json=answer).json() == driver.post(path, json=answer).json()

    board = desk().get("/api/messages").json()
    assert [(one["from_driver"], one["seen_at"]) for one in board["messages"]][1:] == [(True, None)]
    assert board["messages"][1]["text"] == {"": "road blocked by a fallen oak"}
    [read] = desk().post("/api/messages/seen", json={"vehicle_id": 1}).json()
    assert read["seen_at"] is not None
    assert thread(phone())["messages"][1]["seen_at"] is not None


def test_the_audit_log_has_no_words_and_they_go_with_what_callers_said(app, phone, desk, clock):
    desk().post(
        "/api/messages", json={"vehicle_ids": [1], "text": "Leila's cat sits in Mill Street"}
    )
    with reading(app.engine) as tx:
        [line] = [one for one in list_events(tx) if one.verb == "message.sent"]
    assert len(str(line.after["words_digest"])) == 64
    assert "cat" not in str(line.after)
    clock.moment += timedelta(days=app.settings.callers_kept_days + 1)
    assert app.retention_task.erase().messages == 1
    assert app.retention_task.erase().messages == 0
    assert thread(phone())["messages"][0]["text"] == {}


def test_words_for_who_has_no_phone_go_to_a_tracker_that_shows_texts(app, client, desk, plan):
    admin = desk("administrator")
    added = {"name": "screen-1", "vehicle_id": 1, "trusted": True}
    key = admin.post("/api/trackers", json=added).json()["page"]["trackers"][-1]["id"]
    to_all = {"text": "Please call dispatch."}
    [only, _] = admin.post("/api/messages", json=to_all).json()["messages"]
    assert not only["by_tracker"], "nobody has said that this tracker shows texts"
    screen = {"vehicle_id": 1, "speed_unit": "kn", "trusted": True, "inputs": []}
    admin.post(f"/api/trackers/{key}", json={**screen, "shows_texts": True})
    written = admin.post("/api/messages", json={**to_all, "vehicle_ids": [1]}).json()["messages"]
    assert [one["by_tracker"] for one in written] == [True]
    here = {"id": "screen-1", "lat": "37.55", "lon": "45.07"}
    assert client.get("/osmand", params=here).text == "Please call dispatch."
    shown = admin.get("/api/messages").json()["messages"][-1]
    assert (shown["delivered_at"] is not None, shown["seen_at"]) == (True, None)
    with reading(app.engine) as tx:
        [line] = [one for one in list_events(tx) if one.verb == "device.command_sent"]
    assert "text" not in line.after


def test_nobody_is_told_that_he_was_reached_who_was_not(client, desk):
    dispatcher = desk()
    alone = dispatcher.post("/api/messages", json={"text": "hello"})
    assert alone.json()["error"]["values"]["reason"] == "no_storm"
    dispatcher.post("/api/storms", json={"name": "First snow"})
    unknown = dispatcher.post("/api/messages", json={"vehicle_ids": [99], "text": "hello"})
    assert unknown.status_code == 404
    for text in ("", "  ", "x" * 201):
        assert dispatcher.post("/api/messages", json={"text": text}).status_code == 422


def test_a_driver_calls_for_help_and_somebody_sees_to_it(app, phone, desk, clock):
    heard = app.hub.subscribe(lambda: None, HEARD)
    driver = phone()
    order = {"key": "sos-00001", "lon": v.at_m(100, 0).lon, "lat": v.at_m(100, 0).lat}
    for _ in range(2):
        assert driver.post("/api/shifts/1/sos", json=order).json() == {"heard": True}
    [alert] = told(heard)["alerts"]
    assert (alert.kind, alert.vehicle_id, alert.street["en"]) == ("sos", 1, "Imam Street")

    dispatcher = desk()
    path = f"/api/alerts/{alert.id}"
    app.alert_task.run()
    assert [one["id"] for one in dispatcher.get("/api/alerts").json() if one["kind"] == "sos"]
    early = dispatcher.post(f"{path}/close")
    assert early.json()["error"]["values"]["reason"] == "sos_unanswered"
    assert dispatcher.post(f"{path}/acknowledge").json()["owner"] == "dispatcher"
    assert dispatcher.get("/api/alerts/owners").json() == ["administrator", "dispatcher"]
    given = dispatcher.post(f"{path}/owner", json={"login": "administrator"}).json()
    assert (given["owner"], given["acknowledged_by"]) == ("administrator", "dispatcher")
    assert given["given_by"] == "dispatcher"
    assert dispatcher.post(f"{path}/acknowledge").json() == given, "it waits for its owner"
    taken = desk("administrator").post(f"{path}/acknowledge").json()
    assert taken == given | {"acknowledged_by": "administrator"}
    dispatcher = desk()
    refused = dispatcher.post(f"{path}/owner", json={"login": "driver"})
    assert refused.json()["error"]["values"]["reason"] == "no_dispatcher"

    clock.moment += MINUTE
    again = {**order, "key": "sos-00002"}
    phone().post("/api/shifts/1/sos", json=again)
    dispatcher = desk()
    [sounding] = [one for one in dispatcher.get("/api/alerts").json() if one["kind"] == "sos"]
    assert (sounding["acknowledged_at"], sounding["owner"]) == (None, "administrator")
    dispatcher.post(f"{path}/acknowledge")
    assert dispatcher.post(f"{path}/close").json()["until"] is not None
    with reading(app.engine) as tx:
        verbs = [one.verb for one in list_events(tx, f"alert:{alert.id}")]
    assert verbs == [
        "alert.opened",
        "alert.acknowledged",
        "alert.given",
        "alert.acknowledged",
        "alert.opened",
        "alert.acknowledged",
        "alert.closed",
    ]


def test_a_server_that_does_not_lead_opens_calls_for_help_and_no_other_alert(
    app, client, desk, plan, clock
):
    admin = desk("administrator")
    admin.post("/api/trackers", json={"name": "box-1", "vehicle_id": 2, "trusted": True})
    clock.moment += 5 * 60 * MINUTE  # nobody has driven
    app.alert_task.step_beside()
    assert app.alert_task.check is not None
    assert client.get("/api/alerts").json() == []
    here = {"id": "box-1", "lat": "37.55", "lon": "45.07", "alarm": "sos"}
    assert client.get("/osmand", params=here).status_code == 200
    app.alert_task.step_beside()
    assert [one["kind"] for one in client.get("/api/alerts").json()] == ["sos"]
    app.alert_task.run()
    assert len(client.get("/api/alerts").json()) > 1


def test_a_button_wired_to_a_tracker_calls_once_while_it_is_down(app, client, desk, plan, clock):
    admin = desk("administrator")
    admin.post("/api/trackers", json={"name": "box-1", "vehicle_id": 2, "trusted": True})

    def fix(alarm: str) -> list[str | None]:
        clock.moment += MINUTE / 6
        here = {"id": "box-1", "lat": "37.55", "lon": "45.07", "alarm": alarm}
        assert client.get("/osmand", params=here).status_code == 200
        app.alert_task.run()
        calls = [one for one in client.get("/api/alerts").json() if one["kind"] == "sos"]
        assert {one["facts"]["by"] for one in calls} <= {"tracker"}
        return [one["acknowledged_at"] for one in calls]

    assert fix("lowBattery") == []
    assert fix("lowBattery,sos") == [None]
    [call] = [one for one in client.get("/api/alerts").json() if one["kind"] == "sos"]
    client.post(f"/api/alerts/{call['id']}/acknowledge")
    assert fix("sos") != [None], "the button is still down"
    fix("")
    assert fix("sos") == [None], "it was pressed again"


def test_messages_are_for_who_they_concern(client, desk, plan):
    for login, status in (("operator", 403), ("council", 403), ("driver", 403)):
        assert desk(login).get("/api/messages").status_code == status
        sent = client.post("/api/messages", json={"text": "hello"})
        assert sent.status_code == 403
    other = desk("driver")
    for path in ("messages", "sos"):
        answer = other.post(f"/api/shifts/1/{path}", json={"key": "key-00001", "text": "hello"})
        assert answer.status_code in {403, 422}
    assert other.get("/api/shifts/1/messages").status_code == 403
