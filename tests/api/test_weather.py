"""A forecast comes in through HTTP and becomes a storm; files that do not read say why."""

import json
from contextvars import Context
from dataclasses import replace
from datetime import timedelta

import pytest

from api.processes.tasks.forecast_task import ForecastTask
from data.model.storm_conditions import FeedFault, FeedKind, FeedState
from data.store.database.engine import transaction, written_version
from data.store.weather import set_feed_state
from tests.weather_files import met_no_file, turn_feeds_on

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("dispatcher")


def upload(client, content, name="forecast.json"):
    return client.post("/api/weather/file", files={"file": (name, content)})


def test_a_file_of_met_no_makes_a_storm_that_a_dispatcher_begins_before_the_first_flake(
    client, clock
):
    made_at = clock.now().replace(minute=0, second=0, microsecond=0)
    hours = [("cloudy", 0.0)] * 4 + [("snow", 2.0)] * 4
    file = json.dumps(met_no_file(made_at, hours)).encode()
    answer = upload(client, file)
    assert answer.status_code == 201, answer.text
    forecast = answer.json()["forecast"]
    assert (forecast["source"], forecast["snow_cm"], forecast["stale"]) == ("met_no", 8.0, False)
    flake_at = made_at + 4 * HOUR
    assert forecast["first_at"] == f"{flake_at:%Y-%m-%dT%H:%M:%SZ}"

    [storm] = client.get("/api/storms").json()
    assert (storm["phase"], storm["started_at"]) == ("forecast", forecast["first_at"])
    assert upload(client, file).status_code == 201
    [storm] = client.get("/api/storms").json()
    assert storm["phase"] == "alert"

    begun = {"seen": "alert", "to": "active", "snow_at": forecast["first_at"]}
    answer = client.post(f"/api/storms/{storm['id']}/phase", json=begun)
    assert answer.status_code == 200, answer.text
    assert client.get(f"/api/storms/{storm['id']}").json()["snow_at"] == forecast["first_at"]
    assert client.get("/api/board").json()["storm"]["snow_at"] == forecast["first_at"]
    run = client.post("/api/plans", json={"seconds": 1})
    assert run.status_code == 202, run.text
    assert len(client.get("/api/storms").json()) == 1


def test_a_forecast_that_asks_for_nothing_keeps_no_writer_waiting(client, app, clock):
    made_at = clock.now().replace(minute=0, second=0, microsecond=0)
    assert upload(client, json.dumps(met_no_file(made_at, [("snow", 0.1)])).encode()).is_success
    task = ForecastTask(app.engine, app.clock, app.city_state, app.hub)
    assert Context().run(lambda: (task.run(), written_version())) == (None, None)


def test_a_forecast_by_hand_and_road_weather_are_shown(client, clock):
    at = clock.now().replace(minute=0, second=0, microsecond=0)
    typed = [{"at": (at + each * HOUR).isoformat(), "snow_cm": 0.5} for each in range(3)]
    answer = client.post("/api/weather/forecast", json={"hours": typed})
    assert answer.status_code == 201, answer.text
    assert answer.json()["forecast"]["source"] == "hand"
    assert client.get("/api/storms").json() == []  # 1.5 cm are not enough
    csv = f"station,time,road_c,state\nR1,{at.isoformat()},-1.5,ice\n"
    [road] = upload(client, csv.encode(), "rwis.csv").json()["roads"]
    assert (road["station"], road["road_c"], road["state"]) == ("R1", -1.5, "ice")


def test_a_refused_file_names_field_value_and_what_was_expected(client):
    answer = upload(client, b'{"hourly": {"time": "now"}, "hourly_units": {}}')
    assert answer.status_code == 422
    assert "hourly.time" in answer.text
    answer = upload(client, b"station,time,state\nR1,2026-12-21 06:30,lava", "rwis.csv")
    assert answer.status_code == 422
    assert "2: state" in answer.text
    assert "lava" in answer.text
    assert client.get("/api/weather").json()["forecast"] is None


def test_a_feed_is_shown_by_its_host_with_why_it_was_not_read_and_since_when(client, app, clock):
    address, now = "https://weather.example.org/rwis.csv?key=secret", clock.now()
    begun = FeedState(FeedKind.ROAD, address, now - 5 * HOUR, now)
    failed = replace(begun, tries=3, fault=FeedFault.REFUSED, detail="403")
    assert client.get("/api/weather").json()["feeds"] == []
    with transaction(app.engine) as tx:
        turn_feeds_on(tx, road=address)
        set_feed_state(tx, failed)
    app.city_state.refresh()
    answer = client.get("/api/weather")
    assert "secret" not in answer.text
    [shown] = answer.json()["feeds"]
    assert (shown["kind"], shown["host"], shown["fault"]) == (
        "road",
        "weather.example.org",
        "refused",
    )
    assert (shown["read_at"], shown["silent_since"]) == (None, None)
    with transaction(app.engine) as tx:
        set_feed_state(tx, replace(failed, since=now - 6 * HOUR))
    [shown] = client.get("/api/weather").json()["feeds"]
    assert shown["silent_since"] == f"{now - 6 * HOUR:%Y-%m-%dT%H:%M:%SZ}"
