"""Seats, calls, controls and the instructor's page of a rehearsal through HTTP."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from api.config.training_clock import CLOCK_FILE
from data.model import Actor, ActorKind, LonLat, RequestKind, ShiftState
from data.store.database.engine import transaction
from data.store.schema.training.rehearsal import training
from data.store.shifts.shifts import get_shift, save_shift
from data.training.players import OPERATOR
from fleet.simulation.simulated_calls import SimulatedCall
from fleet.training.calls import ring, take_call
from fleet.training.seats import taken_over_at
from tests import village as v

PAGE = {"accept": "text/html"}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def rings(app, rehearsed):
    """Let somebody call about Mill Street now."""

    def ringing(words="Snow up to the knee on Mill Street"):
        place = LonLat(45.07, 37.55)
        caller = SimulatedCall(v.NOW, RequestKind.PLOW, words, "Mill Street", place, v.MILL)
        with transaction(app.engine) as tx:
            (call,) = ring(tx, [(caller, None)], app.clock.now())
        return call

    return ringing


def added(client, event, **details):
    return client.post("/api/training/events", json={"kind": event, "details": details})


def moments(stands):
    return [(one["kind"], re.sub("[\u2066-\u2069]", "", one["words"])) for one in stands["moments"]]


@pytest.mark.parametrize("path", ["/training/seats", "/training/instructor", "/api/training/calls"])
def test_a_city_of_its_own_has_no_page_of_a_training(client, sign_in, path):
    sign_in("administrator")
    assert client.get(path).status_code == 404


def test_a_trainee_takes_a_seat_and_leaves_it_to_the_simulation(client, sign_in, rehearsed):
    sign_in("operator")
    page = client.get("/training/seats", headers=PAGE).text
    assert "First night" in page
    assert page.count("Take this seat") == 1
    rows = client.post("/api/training/seats", json={"role": "operator"}).json()
    assert [row["mine"] for row in rows if row["role"] == "operator"] == [True]
    assert "Leave it to the simulation" in client.get("/training/seats", headers=PAGE).text
    refused = client.post("/api/training/seats", json={"role": "dispatcher"})
    assert refused.status_code == 409
    assert "does not have this role" in refused.json()["error"]["message"]
    client.post("/api/training/seats/leave", json={"role": "operator"})
    assert not client.get("/api/training/calls").json()["seated"]


def test_a_supervisor_who_plays_leads_no_more_unless_he_started_the_training(
    client, app, sign_in, rehearsed
):
    sign_in("supervisor")
    assert client.get("/api/training/instructor").status_code == 200
    client.post("/api/training/seats", json={"role": "supervisor"})
    assert client.get("/api/training/instructor").status_code == 403
    assert client.post("/api/training/notes", json={"words": "I see it all"}).status_code == 403
    with transaction(app.engine) as tx:
        tx.execute(update(training).values(started_by="supervisor"))
    assert client.get("/api/training/instructor").status_code == 200


def test_an_operator_hears_words_only_of_the_call_he_takes(client, app, sign_in, rehearsed, rings):
    call = rings()
    sign_in("operator")
    client.post("/api/training/seats", json={"role": "operator"})
    phone = client.get("/api/training/calls").json()
    assert phone["seated"]
    assert phone["ringing"] == [{"id": call.id, "rang_at": phone["ringing"][0]["rang_at"]}]
    line = client.post(f"/api/training/calls/{call.id}/take").json()["line"]
    assert line["words"].startswith("Snow up to the knee")
    report = {"kind": "plow", "text": line["words"], "lon": 45.07, "lat": 37.55}
    report |= {"call_id": call.id, "idempotency_key": "tried-twice"}
    asked = client.post("/requests", json=report).json()
    assert client.post("/requests", json=report).json()["id"] == asked["id"]
    over = client.get("/api/training/calls").json()
    assert (over["ringing"], over["line"]) == ([], None)
    gone = client.post("/requests", json={"kind": "ice", "text": "Ice", "call_id": 99})
    assert gone.status_code == 201  # its training was set back meanwhile
    sign_in("administrator")
    later = rings()
    with transaction(app.engine) as tx:
        take_call(tx, Actor(ActorKind.USER, OPERATOR), later.id, v.NOW)
    newest, row = client.get("/api/training/instructor").json()["calls"]
    assert (row["state"], row["reference"]) == ("ended", asked["reference"])
    assert newest["taken_by"] == "The simulation"


def test_who_leads_sees_an_operators_phone_and_what_is_typed_and_nobody_else_does(
    client, app, sign_in, rehearsed, rings
):
    first, second = rings(), rings("Ice on Main Street")
    sign_in("operator")
    client.post("/api/training/seats", json={"role": "operator"})
    app.desk_screens.open_page("operator", "/operator")
    client.post(f"/api/training/calls/{first.id}/take")
    client.post("/api/training/screen", json={"words": "Mill", "place": "Mill Street"})
    sign_in("supervisor")
    (seat,) = client.get("/api/training/instructor").json()["seats"]
    assert (seat["page"], seat["page_name"]) == (
        f"/training/desks/{seat['user_id']}",
        "New service request",
    )
    page = client.get(seat["page"], headers=PAGE).text
    assert "What operator sees" in re.sub("[\u2066-\u2069]", "", page)
    desk = client.get(f"/api{seat['page']}").json()
    assert [one["id"] for one in desk["ringing"]] == [second.id]
    assert desk["line"]["words"].startswith("Snow up to the knee")
    assert (desk["seated"], desk["words"], desk["place"]) == (True, "Mill", "Mill Street")
    phone = client.get("/api/training/calls").json()
    assert (phone["seated"], phone["players"], phone["line"]) == (False, ["operator"], None)
    sign_in("operator")
    assert client.get(f"/api{seat['page']}").status_code == 403
    client.post("/api/training/seats/leave", json={"role": "operator"})
    assert client.get("/api/training/calls").json()["players"] == []
    sign_in("supervisor")
    left = client.get(f"/api{seat['page']}").json()
    assert (left["seated"], left["ringing"], left["words"]) == (False, [], "")


def test_who_has_no_seat_takes_no_call(client, sign_in, rehearsed, rings):
    call = rings()
    sign_in("operator")
    refused = client.post(f"/api/training/calls/{call.id}/take")
    assert refused.status_code == 409
    assert "Take the operator's seat first" in refused.json()["error"]["message"]


def test_nothing_is_added_that_is_over_or_comes_after_the_end(client, sign_in, rehearsed):
    sign_in("supervisor")
    over = added(client, "calls", from_h=0, until_h=0.5, per_hour=60)
    assert (over.status_code, "later than hour" in over.text) == (422, True)
    late = added(client, "call", at_h=8, kind="plow", words={"en": "{place}"})
    assert (late.status_code, "before the end" in late.text) == (422, True)
    assert added(client, "calls", from_h=0.9, until_h=1.5, per_hour=60).is_success


def test_a_driver_sits_in_the_truck_of_his_shift_and_works_its_controls(
    client, sign_in, app, rehearsed
):
    sign_in("driver")
    nobody = {"seated": False, "going": True, "blade": False}
    assert client.get("/api/training/drive").json() == nobody
    goes = {"going": True, "blade": True}
    assert client.post("/api/training/drive", json=goes).status_code == 404  # he has no shift
    client.post("/api/training/seats", json={"role": "driver", "vehicle_id": 1})
    assert client.post("/api/training/drive", json=goes).json() == {"seated": True} | goes
    shift_id = client.get("/api/drive").json()["shift_id"]
    with transaction(app.engine) as tx:
        shift = get_shift(tx, shift_id)
        early = replace(shift, starts_at=shift.starts_at - HOUR)
        assert taken_over_at(tx, early) == app.clock.now() > early.starts_at
        assert taken_over_at(tx, replace(early, driver_id=None)) == early.starts_at
    assert client.post("/api/training/drive/leave").json() == nobody
    assert client.post("/api/training/drive", json=goes).json()["seated"]


def test_who_leads_reads_of_a_driver_who_has_ended_his_shift_that_it_is_over(
    client, sign_in, app, rehearsed
):
    def doing() -> str:
        sign_in("supervisor")
        (seat,) = client.get("/api/training/instructor").json()["seats"]
        return seat["doing"]

    sign_in("driver")
    client.post("/api/training/seats", json={"role": "driver", "vehicle_id": 1})
    client.post("/api/training/drive", json={"going": True, "blade": True})
    shift_id = client.get("/api/drive").json()["shift_id"]
    assert doing() == "Drives, blade down"
    with transaction(app.engine) as tx:
        save_shift(tx, replace(get_shift(tx, shift_id), state=ShiftState.ENDED))
    assert doing() == "Shift over"


def test_a_driver_without_a_truck_is_led_to_the_seats_and_lessons(client, sign_in, app, rehearsed):
    (app.settings.var / CLOCK_FILE).touch()
    sign_in("driver")
    shown = client.get("/drive", headers=PAGE).text
    assert 'href="/training/seats"' in shown
    assert 'href="/training/lessons"' in shown


def test_an_instructor_sees_what_comes_adds_to_it_and_notes(client, app, sign_in, rehearsed, rings):
    sign_in("operator")
    client.post("/api/training/seats", json={"role": "operator"})
    client.post("/requests", json={"kind": "ice", "text": "Ice", "lon": 45.07, "lat": 37.55})
    call = rings()
    client.post(f"/api/training/calls/{call.id}/take")
    client.post("/api/training/screen", json={"words": "Mill", "place": "Mill Street"})
    sign_in("supervisor")
    page = client.get("/training/instructor", headers=PAGE)
    assert "First night" in page.text
    words = {"en": "{place}: the minister is stuck"}
    stands = added(client, "call", at_h=1.2, kind="blocked", words=words).json()
    assert ("added", "A caller: “…: the minister is stuck”") in moments(stands)
    wrong = added(client, "power_cut", from_h=2, until_h=1)
    assert wrong.status_code == 422
    stands = client.post("/api/training/notes", json={"words": "Well asked"}).json()
    kinds = {kind for kind, _ in moments(stands)}
    assert kinds == {"scenario", "added", "note", "act"}
    assert any(words.startswith("operator") for kind, words in moments(stands) if kind == "act")
    (seat,) = stands["seats"]
    assert "On the phone" in seat["doing"]
    assert seat["typed"] == "Mill · Mill Street"
    gone = {"role": seat["role"], "user_id": seat["user_id"]}
    sign_in("dispatcher")
    assert client.post("/api/training/seats/leave", json=gone).status_code == 403
    sign_in("supervisor")
    assert client.post("/api/training/seats/leave", json=gone).status_code == 200
    asked = []
    event.listen(app.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert client.get("/api/training/instructor").json()["seats"] == []
    assert sum("FROM shift " in sql for sql in asked) == 1  # however many machines there are
    assert (stands["paused"], stands["speed"]) == (False, 1.0)
