"""Who drives what and when: crews after each other, machines out, and the next dispatcher."""

from datetime import timedelta
from typing import Any

import pytest

from api.access.auth import hash_password
from data.model import Role, VehicleId
from data.store.accounts.accounts import add_user, find_user_by_login, set_disabled
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.shifts.shifts import list_shifts
from fleet.planning.plan_preparation import prepare
from tests import village as v

pytestmark = pytest.mark.usefixtures("people", "storm")

HOUR = timedelta(hours=1)
PAGE = {"accept": "text/html"}


@pytest.fixture
def people(app: Any) -> None:
    with transaction(app.engine) as tx:
        for login in ("sara", "reza"):
            add_user(tx, login, [Role.DRIVER], "en", "!")
        add_user(tx, "night", [Role.DISPATCHER], "en", hash_password("winter-is-long"))


def shift(vehicle_id=1, start_h=8.0, end_h=16.0, driver="", **more):
    return {
        "vehicle_id": vehicle_id,
        "starts_at": (v.NOW + start_h * HOUR).isoformat(),
        "ends_at": (v.NOW + end_h * HOUR).isoformat(),
        "driver": driver,
        **more,
    }


OVERLAPS = {
    "en": "This machine has another shift at that time.",
    "fa": "این دستگاه در آن زمان شیفت دیگری دارد.",
    "az": "Bu maşının o vaxt başqa növbəsi var.",
}


def change(wanted):
    return {key: value for key, value in wanted.items() if key != "vehicle_id"}


def reason_of(answer):
    return answer.status_code, answer.json()["error"]["values"].get("reason")


def test_crews_follow_each_other_and_what_does_not_fit_is_refused(client, app, sign_in, clock):
    first, second = client.get("/api/roster").json()["shifts"]
    given = client.post(f"/api/shifts/{first['id']}/roster", json=change(shift(1, 0, 8, "sara")))
    assert (given.status_code, given.json()["driver"]) == (200, "sara")
    later = client.post("/api/storms/1/shifts", json=shift(1, 8, 16, "reza"))
    assert (later.status_code, later.json()["vehicle"]) == (201, "Truck 1")

    refused = {
        "roster_overlap": shift(1, 15, 23),
        "roster_driver_twice": shift(2, 12, 20, "reza"),
        "roster_driver_hours": shift(1, 16, 23, "reza"),
        "roster_driver_rest": shift(1, 20, 22, "reza"),
    }
    second_url = f"/api/shifts/{second['id']}/roster"
    assert client.post(second_url, json=change(shift(2, 0, 8))).status_code == 200
    for reason, wanted in refused.items():
        answer = client.post("/api/storms/1/shifts", json=wanted)
        assert reason_of(answer) == (409, reason)
    extended = {"kind": "extend", "hours": 2, "vehicle_ids": [1]}
    for language, told in OVERLAPS.items():  # under "Truck 1:", so that no sentence names it again
        answer = client.post(f"/api/storms/1/fleet-orders?lang={language}", json=extended).json()
        assert [(one["vehicle"], one["message"]) for one in answer["refused"]] == [
            ("Truck 1", told)
        ]
    long = client.post("/api/storms/1/shifts", json=shift(1, 16, 23, "reza", long_hours=True))
    assert long.status_code == 201
    assert client.post("/api/storms/1/shifts", json=shift(1, 24, 23)).status_code == 422
    (clash,) = client.get("/api/roster").json()["misfits"]
    assert (clash["clash"], clash["driver"], clash["hours_h"]) == ("driver_hours", "reza", 15.0)

    version = later.json()["version"]
    url = f"/api/shifts/{later.json()['id']}"
    moved = client.post(f"{url}/roster", json=change(shift(1, 9, 16, "reza")))
    assert moved.status_code == 200
    stale = client.post(f"{url}/cancel", headers={"if-match": str(version)})
    assert reason_of(stale) == (409, "changed_meanwhile")
    assert client.post(f"{url}/cancel").json()["state"] == "cancelled"

    with transaction(app.engine) as tx:
        set_disabled(tx, find_user_by_login(tx, "sara").id, disabled=True)
    assert "driver_out" in {one["clash"] for one in client.get("/api/roster").json()["misfits"]}
    assert "sara" in client.get("/roster", headers=PAGE).text
    assert client.get("/roster?day=2026-01-15", headers=PAGE).status_code == 200
    assert client.get("/api/roster?day=nonsense").status_code == 422
    sign_in("operator")
    assert client.get("/roster").status_code == 403


def test_a_later_crew_begins_in_the_yard_and_sends_the_first_one_home(client, app, clock):
    (first, _) = client.get("/api/roster").json()["shifts"]
    client.post(f"/api/shifts/{first['id']}/roster", json=change(shift(1, 0, 2, "sara")))
    later = client.post("/api/storms/1/shifts", json=shift(1, 2, 10, "reza")).json()
    client.post(f"/api/shifts/{first['id']}/start")
    with reading(app.engine) as tx:
        prepared = prepare(tx, 1, app.network, v.NOW + HOUR)
    mine = [one for one in prepared.shifts if one.vehicle_id == VehicleId(1)]
    assert [one.id for one in mine] == [first["id"], later["id"]]
    assert later["id"] not in prepared.present.starts

    clock.moment = v.NOW + 2 * HOUR
    assert client.post(f"/api/shifts/{later['id']}/start").json()["state"] == "driving"
    with reading(app.engine) as tx:
        states = {one.id: one.state for one in list_shifts(tx, 1)}
    assert (states[first["id"]], states[later["id"]]) == ("ended", "driving")
    on_road = client.post(f"/api/shifts/{later['id']}/roster", json=change(shift(1, 3, 10, "reza")))
    assert reason_of(on_road) == (409, "shift_on_road")
    clock.moment += timedelta(seconds=30)
    longer = client.post(f"/api/shifts/{later['id']}/roster", json=change(shift(1, 2, 12, "reza")))
    assert longer.status_code == 200


def test_a_storm_with_hours_of_its_own_has_them_on_the_page_and_in_refusals(client):
    wish = {"base": 0, "tables": {"hours": {"on_duty_h": 7}}}
    assert client.post("/api/storms/1/policy", json=wish).status_code == 200
    wanted = shift(1, 8, 16, "reza")
    refused = client.post("/api/storms/1/shifts", json=wanted)
    assert reason_of(refused) == (409, "roster_driver_hours")
    assert refused.json()["error"]["values"]["limit"] == 7.0
    assert client.post("/api/storms/1/shifts", json=wanted | {"long_hours": True}).is_success
    (clash,) = client.get("/api/roster").json()["misfits"]
    assert (clash["clash"], clash["hours_h"]) == ("driver_hours", 8.0)


@pytest.mark.parametrize(("ended_h", "status"), [(10, 409), (2, 201)])
def test_time_off_duty_counts_from_when_a_driver_went_home(client, clock, ended_h, status):
    (first, _) = client.get("/api/roster").json()["shifts"]
    client.post(f"/api/shifts/{first['id']}/roster", json=change(shift(1, 0, 8, "sara")))
    client.post(f"/api/shifts/{first['id']}/start")
    clock.moment = v.NOW + ended_h * HOUR
    assert client.post(f"/api/shifts/{first['id']}/end").json()["state"] == "ended"
    begin_h = 16.5 if ended_h > 8 else 10.5
    next_one = client.post("/api/storms/1/shifts", json=shift(1, begin_h, 18, "sara"))
    assert next_one.status_code == status
    if status == 409:
        assert reason_of(next_one) == (409, "roster_driver_rest")
        assert next_one.json()["error"]["values"]["hours"] == 6.5


def test_a_machine_is_out_for_a_reason_and_the_next_dispatcher_hears_of_it(client, app, sign_in):
    url = "/api/storms/1/machines/2"
    assert client.post(url, json={"on": False}).status_code == 422
    assert client.post(url, json={"on": False, "reason": "other"}).status_code == 422
    out = client.post(url, json={"on": False, "reason": "broken", "note": "gearbox"}).json()
    (row,) = [one for one in out["machines"] if not one["on"]]
    assert (row["reason"], row["note"]) == ("broken", "gearbox")
    (listed,) = client.get("/api/machines-out").json()
    assert (listed["id"], listed["by"]) == (2, "dispatcher")
    assert reason_of(client.post("/api/storms/1/shifts", json=shift(2))) == (409, "machine_out")
    assert "Truck 2 is out of service: broken down, gearbox" in (
        client.get("/roster?lang=en", headers=PAGE).text
    )

    note = client.post("/api/storms/1/handover-notes", json={"text": "Watch Mill Lane."})
    assert (note.status_code, note.json()["read_at"]) == (201, None)
    assert client.get("/api/handover-notes/waiting").json() == []
    read = f"/api/handover-notes/{note.json()['id']}/read"
    assert reason_of(client.post(read)) == (409, "note_own")
    sign_in("night")
    (waiting,) = client.get("/api/handover-notes/waiting").json()
    assert (waiting["text"], waiting["written_by"]) == ("Watch Mill Lane.", "dispatcher")
    assert client.post(read).json()["read_by"] == "night"
    sign_in("administrator")
    assert client.post(read).json()["read_by"] == "night"
    assert client.get("/api/handover-notes/waiting").json() == []
    assert [one["read_by"] for one in client.get("/api/storms/1/handover-notes").json()] == [
        "night"
    ]
    assert client.post(url, json={"on": True}).status_code == 200
    assert client.get("/api/machines-out").json() == []


def test_words_of_a_note_go_when_their_time_is_over_and_who_took_over_stays(client, app, clock):
    client.post("/api/storms/1/handover-notes", json={"text": "Mrs Karimi, Mill Lane 4"})
    clock.moment += timedelta(days=app.settings.callers_kept_days + 1)
    assert app.retention_task.erase().notes == 1
    assert app.retention_task.erase().notes == 0
    (note,) = client.get("/api/storms/1/handover-notes").json()
    assert (note["text"], note["written_by"]) == ("", "dispatcher")
    with reading(app.engine) as tx:
        assert broken_links(list_events(tx)) == []
