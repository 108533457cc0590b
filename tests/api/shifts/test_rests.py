"""A driver rests: with a tap, counted for his hours, and what is planned moves on."""

from datetime import datetime, timedelta

import pytest

from data.model import AlertKind
from data.store.alerts import list_open_alerts
from data.store.database.engine import reading
from tests import village as v

MINUTE = timedelta(minutes=1)


def truck(client) -> dict[str, object]:
    return next(one for one in client.get("/api/truck-states").json() if one["id"] == 1)


def expected(client) -> list[datetime]:
    stages = client.get("/api/drive").json()["stages"]
    return [datetime.fromisoformat(one["expected_at"]) for one in stages if one["expected_at"]]


def test_a_rest_moves_the_route_on_and_shows_until_when(client, driver, clock, app):
    before = expected(client)
    clock.moment = v.NOW + MINUTE
    begun = client.post("/api/shifts/1/rest", json={"key": "rest-begun"})
    assert begun.status_code == 200, begun.text
    again = client.post("/api/shifts/1/rest", json={"key": "rest-begun-2"})
    assert again.json()["error"]["values"]["reason"] == "rest_goes_on"
    hours = client.get("/api/drive").json()["hours"]
    assert datetime.fromisoformat(hours["resting_since"]) == clock.moment
    assert hours["rest_s"] == 1800
    app.alert_task.run()
    assert datetime.fromisoformat(app.alert_task.trucks[0].resting_until.isoformat()) == (
        v.NOW + 31 * MINUTE
    )
    late = [one - other for one, other in zip(expected(client), before, strict=True)]
    assert late[0] >= 25 * MINUTE

    clock.moment = v.NOW + 11 * MINUTE
    assert client.post("/api/shifts/1/rest/end", json={"key": "rest-ended"}).status_code == 200
    assert client.get("/api/drive").json()["hours"]["resting_since"] is None
    sooner = [one - other for one, other in zip(expected(client), before, strict=True)]
    assert sooner[0] < late[0]
    app.alert_task.run()
    assert app.alert_task.trucks[0].resting_until is None


@pytest.mark.parametrize("rested", [False, True])
def test_who_works_too_long_without_a_rest_is_an_alert(client, driver, clock, app, rested):
    if rested:
        clock.moment = v.NOW + 60 * MINUTE
        client.post("/api/shifts/1/rest", json={"key": "rest-begun"})
        clock.moment = v.NOW + 100 * MINUTE
        client.post("/api/shifts/1/rest/end", json={"key": "rest-ended"})
    clock.moment = v.NOW + 280 * MINUTE
    app.alert_task.run()
    with reading(app.engine) as tx:
        kinds = {one.kind for one in list_open_alerts(tx)}
    assert (AlertKind.REST_DUE in kinds) is not rested
    assert (app.alert_task.trucks[0].rest_due_at is None) is rested
