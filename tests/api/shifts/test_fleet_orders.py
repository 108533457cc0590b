"""One order for many machines: hours, cancelled shifts, back to the yard, each told or refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from data.model import Role
from data.store.accounts.accounts import add_user
from data.store.database.engine import transaction
from tests import village as v

pytestmark = pytest.mark.usefixtures("storm")

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
URL = "/api/storms/1/fleet-orders"


def ordered(client: Any, kind: str, *vehicles: int, **more: object) -> dict[str, Any]:
    answer = client.post(URL, json={"kind": kind, "vehicle_ids": vehicles or (1, 2), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ends_of(client: Any) -> dict[int, timedelta]:
    """Return how long after the storm's begin the newest shift of each machine ends."""
    shifts = sorted(client.get("/api/roster").json()["shifts"], key=lambda one: one["id"])
    return {one["vehicle_id"]: datetime.fromisoformat(one["ends_at"]) - v.NOW for one in shifts}


def test_all_shifts_are_extended_by_one_order(client) -> None:
    before = ends_of(client)
    done = ordered(client, "extend", hours=2)
    assert (len(done["changed"]), done["refused"]) == (2, [])
    assert ends_of(client) == {one: end + 2 * HOUR for one, end in before.items()}

    until = client.get("/api/roster").json()["ends"][-1]
    ordered(client, "extend", until=until)
    wanted = datetime.fromisoformat(until) - v.NOW
    assert ends_of(client) == {one: max(end + 2 * HOUR, wanted) for one, end in before.items()}


def test_shifts_that_are_over_go_on_from_now(client, clock) -> None:
    client.post("/api/shifts/1/start")
    clock.moment = v.NOW + 8 * HOUR
    client.post("/api/shifts/1/end")
    clock.moment += 30 * MINUTE
    ordered(client, "extend", hours=1)
    assert set(ends_of(client).values()) == {9.5 * HOUR}
    shifts = client.get("/api/roster").json()["shifts"]
    assert len(shifts) == 3  # the one that was ended stays so, and another one follows


def test_who_would_drive_too_long_is_refused_and_the_others_are_not(client, app) -> None:
    with transaction(app.engine) as tx:
        add_user(tx, "sara", [Role.DRIVER], "en", "!")
    shift = client.get("/api/roster").json()["shifts"][0]
    wanted = {"starts_at": shift["starts_at"], "ends_at": shift["ends_at"], "driver": "sara"}
    assert client.post(f"/api/shifts/{shift['id']}/roster", json=wanted).status_code == 200
    done = ordered(client, "extend", hours=8)
    assert [one["vehicle_id"] for one in done["changed"]] == [2]
    (refused,) = done["refused"]
    assert (refused["vehicle"], refused["reason"]) == ("Truck 1", "roster_driver_hours")
    assert "sara" in refused["message"]
    assert len(ordered(client, "extend", 1, hours=8, long_hours=True)["changed"]) == 1


def called_back(client: Any) -> list[bool]:
    return [one["called_back"] for one in client.get("/api/truck-states").json()]


def test_everybody_sees_that_a_truck_is_called_back_until_it_is_to_go_on(client, app, clock):
    client.post("/api/shifts/1/start")
    clock.moment += HOUR
    ordered(client, "recall", 1)
    app.alert_task.run()
    assert called_back(client) == [True, False]
    ordered(client, "extend", 1, hours=2)
    app.alert_task.run()
    assert called_back(client) == [False, False]


def test_the_phone_of_a_truck_that_is_called_back_knows_it(client, clock, enter) -> None:
    """It asks nothing of the route any more."""
    code = client.post("/api/shifts/1/code", json={}).json()["code"]
    clock.moment += HOUR
    ordered(client, "recall", 1)
    assert enter(code).status_code == 303
    assert client.get("/api/drive").json()["called_back"] is True


def test_trucks_are_called_back_and_told_so(client, clock) -> None:
    clock.moment += HOUR
    done = ordered(client, "recall")
    assert [one["vehicle_id"] for one in done["changed"]] == [1, 2]
    assert set(ends_of(client).values()) == {1.5 * HOUR}
    messages = client.get("/api/messages").json()["messages"]
    assert {one["text"]["en"] for one in messages} == {"Come back to the depot."}
    assert {one["text"]["fa"] for one in messages} == {"به پایگاه برگردید."}


def test_trucks_that_are_home_soon_anyhow_are_called_back_and_told_so(client, clock) -> None:
    """The first is on the road after its hours, the second has a quarter of an hour left."""
    client.post("/api/shifts/1/start")
    before = ends_of(client)
    clock.moment = v.NOW + before[1] - 15 * MINUTE
    ordered(client, "recall")
    clock.moment += HOUR
    done = ordered(client, "recall")
    assert [one["vehicle_id"] for one in done["changed"]] == [1]
    assert [one["vehicle_id"] for one in done["refused"]] == [2]
    assert ends_of(client) == before
    messages = client.get("/api/messages").json()["messages"]
    assert [one["vehicle_id"] for one in messages] == [1, 2, 1]


def test_trucks_are_told_where_to_wait_and_keep_their_hours(client, clock) -> None:
    clock.moment += HOUR
    before = ends_of(client)
    places = client.get("/api/storms/1/staging-places").json()
    assert [one["kind"] for one in places[:1]] == ["yard"]
    done = ordered(client, "stage", place={"kind": "yard", "id": places[0]["id"]})
    assert [one["vehicle_id"] for one in done["changed"]] == [1, 2]
    ordered(client, "stage", 2, place={"kind": "street", "id": v.TULIP})
    assert ends_of(client) == before
    texts = [one["text"] for one in client.get("/api/messages").json()["messages"]]
    assert [one["en"] for one in texts] == [
        f"Go to this place and wait there: {places[0]['name']}.",
        f"Go to this place and wait there: {places[0]['name']}.",
        "Go to this place and wait there: Tulip Alley, between Imam Street and School Street.",
    ]
    assert "کوچه لاله" in texts[-1]["fa"]
    lost = {"kind": "point", "lon": 0.0, "lat": 0.0}
    wrongs = ({"kind": "yard", "id": 99}, {"kind": "street", "id": 9999}, {"kind": "point"}, lost)
    for nowhere in (None, *wrongs):
        wrong = {"kind": "stage", "vehicle_ids": [1], "place": nowhere}
        assert client.post(URL, json=wrong).status_code == 422


def test_trucks_wait_at_a_point_of_the_map_and_hear_of_it_by_its_streets(
    client,
) -> None:
    here = v.at_m(50, 30)
    point = {"lon": here.lon, "lat": here.lat}
    named = client.get("/api/staging-point", params=point).json()
    ordered(client, "stage", 1, place={"kind": "point", **point})
    (text,) = [one["text"] for one in client.get("/api/messages").json()["messages"]]
    assert text["en"] == f"Go to this place and wait there: {named['name']}."
    assert client.get("/api/staging-point", params={"lon": 0, "lat": 0}).status_code == 422


def test_shifts_are_cancelled_and_one_on_the_road_is_not(client) -> None:
    client.post("/api/shifts/1/start")
    done = ordered(client, "cancel")
    assert [(one["vehicle_id"], one["state"]) for one in done["changed"]] == [(2, "cancelled")]
    assert [one["vehicle_id"] for one in done["refused"]] == [1]
    again = ordered(client, "recall", 2)
    assert [one["reason"] for one in again["refused"]] == ["vehicle_off_duty"]


def test_an_order_that_means_nothing_is_refused(client, sign_in) -> None:
    for wrong in ({"hours": 0}, {"hours": 99}, {"until": "soon"}):
        answer = client.post(URL, json={"kind": "extend", "vehicle_ids": [1], **wrong})
        assert answer.status_code == 422
    sign_in("operator")
    answer = client.post(URL, json={"kind": "cancel", "vehicle_ids": [1]})
    assert answer.status_code == 403
