"""The page of trackers, and what the doors count, list and hand over."""

from collections import Counter
from datetime import datetime, timedelta
from threading import current_thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient

from api.tracking import trackers
from data.model import Device, DeviceInput, Position, SensorKind, SpeedUnit, VehicleId
from data.store.accounts.accounts import add_device, list_devices
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx, reading, transaction
from data.store.tracking.early_positions import count_early
from data.store.tracking.positions import find_last_of_device, list_between, list_unseen
from data.store.tracking.tracker_state import set_last_contacts
from fleet.tracking.phone_trackers import PREFIX
from maps.tracking import traccar_client_address
from tests import village as v
from tests.api.tracking.conftest import TOKEN

pytestmark = pytest.mark.usefixtures("device")

PLACE = {"lat": "37.55", "lon": "45.07"}


@pytest.fixture
def page(client: TestClient, app: Any, sign_in: Any) -> Any:
    sign_in("administrator")
    return lambda: client.get("/api/trackers").json()


def kept(app: Any) -> list[Any]:
    day = timedelta(days=1)
    with transaction(app.engine) as tx:
        seen = list_between(tx, VehicleId(1), v.NOW - day, v.NOW + day)
        return [*seen, *list_unseen(tx, 1000)[0]]


def osmand(client: TestClient, **params: str) -> Any:
    return client.get("/osmand", params=params)


def test_an_unknown_sender_is_listed_and_adopted_by_one_order(
    client: TestClient, app: Any, page: Any
) -> None:
    assert osmand(client, id="IMEI-7", **PLACE).status_code == 400
    assert osmand(client, id="IMEI-7").status_code == 400
    (unknown_tracker,) = page()["unknown_trackers"]
    assert unknown_tracker["name"] == "IMEI-7"
    assert (unknown_tracker["fault"], unknown_tracker["times"]) == ("name", 2)
    assert (unknown_tracker["address"], unknown_tracker["location"]) == (
        "testclient",
        [45.07, 37.55],
    )
    wanted = {"name": "IMEI-7", "vehicle_id": 1, "listed_as": "IMEI-7"}
    made = client.post("/api/trackers", json=wanted)
    assert made.status_code == 201
    assert made.json()["page"]["unknown_trackers"] == []
    assert osmand(client, id="IMEI-7", token=made.json()["token"], **PLACE).status_code == 200
    assert [fix.device_id for fix in kept(app)] == [2]


def test_a_wrong_token_is_told_from_a_wrong_name_and_ends_by_a_new_one(
    client: TestClient, app: Any, page: Any
) -> None:
    assert osmand(client, id="truck-1", token="wrong", **PLACE).status_code == 400
    (unknown_tracker,) = page()["unknown_trackers"]
    assert (unknown_tracker["fault"], unknown_tracker["device_id"]) == ("proof", 1)
    made = client.post("/api/trackers/1/token").json()
    assert made["page"]["unknown_trackers"] == []
    assert osmand(client, id="truck-1", token=TOKEN, **PLACE).status_code == 400
    assert osmand(client, id="truck-1", token=made["token"], **PLACE).status_code == 200


def test_the_page_is_read_after_the_order_and_without_phones_silent_for_a_day(
    client: TestClient, app: Any, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert osmand(client, id="truck-1", token=TOKEN, **PLACE).status_code == 200
    with transaction(app.engine) as tx:
        phone = add_device(tx, f"{PREFIX}7", VehicleId(1), "hash")
        set_last_contacts(tx, {phone.id: v.NOW - timedelta(days=2)})
    looked_up = []

    def found(tx: Tx, known: Device, since: datetime, until: datetime) -> Position | None:
        with reading(app.engine) as other:  # sees what is written, and nothing before
            looked_up.append((known.id, next(iter(list_devices(other))).shows_texts))
        return find_last_of_device(tx, known, since, until)

    page()
    monkeypatch.setattr(trackers, "find_last_of_device", found)
    wanted = {"vehicle_id": 1, "speed_unit": "kn", "shows_texts": True, "inputs": []}
    answer = client.post("/api/trackers/1", json=wanted | {"trusted": False})
    assert answer.json()["trackers"][0]["location"] == [45.07, 37.55]
    assert looked_up == [(1, True)]


def test_a_name_that_may_be_a_token_is_not_shown_whole(client: TestClient, page: Any) -> None:
    assert osmand(client, id="s3cr3t" * 7, **PLACE).status_code == 400
    assert [one["name"] for one in page()["unknown_trackers"]] == ["s3cr3t…"]


def test_unknown_senders_are_told_to_wait_before_they_fill_the_disk(
    client: TestClient, app: Any, page: Any
) -> None:
    app.tracker_limits.pace = 0.05
    answers = [osmand(client, id=f"guess-{n}").status_code for n in range(5)]
    assert answers == [400, 400, 400, 429, 429]
    assert len(page()["unknown_trackers"]) == 3


def test_many_unknown_senders_cost_the_thread_of_positions_nothing(
    client: TestClient, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is refused, so that everything is looked up that ever is."""
    app.tracker_limits.pace = 0.0
    threads: Counter[str] = Counter()

    def listed(tx: Tx) -> list[Device]:
        threads[current_thread().name] += 1
        return list_devices(tx)

    monkeypatch.setattr("api.processes.ingest.position_ingest.list_devices", listed)
    answers = {osmand(client, id=f"guess-{n}").status_code for n in range(60)}
    wrong = {"Authorization": "Bearer wrong"}
    answers |= {client.post("/positions", content=b"[", headers=wrong).status_code}
    assert answers == {400, 401}
    assert set(threads) == {"trackers_0"}
    assert threads["trackers_0"] < 15


def test_senders_with_wrong_tokens_are_limited_at_every_door_before_they_are_read(
    client: TestClient, app: Any
) -> None:
    app.tracker_limits.pace = 0.05
    wrong = {"Authorization": "Bearer wrong"}
    answers = [client.post("/positions", content=b"[", headers=wrong) for _ in range(5)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429, 429]
    for path in ("/owntracks", "/osmand"):
        headers = {**wrong, "content-type": "application/json"}
        assert client.post(path, content=b"{" * 10_000, headers=headers).status_code == 429


def test_of_a_trusted_tracker_the_name_is_enough(client: TestClient, app: Any, page: Any) -> None:
    setting = {"vehicle_id": 1, "speed_unit": "kmh", "trusted": True, "inputs": []}
    assert client.post("/api/trackers/1", json=setting).status_code == 200
    assert osmand(client, id="truck-1", speed="36", **PLACE).status_code == 200
    (fix,) = kept(app)
    assert fix.speed_mps == pytest.approx(10)


def test_a_traccar_server_speaks_for_all_by_the_gateways_word(client: TestClient, app: Any) -> None:
    object.__setattr__(app.settings, "gateway_token", "the word")
    position = {"fixTime": v.NOW.isoformat(), "latitude": 37.55, "longitude": 45.07, "speed": 10}
    message = {"device": {"uniqueId": "truck-1"}, "position": position}
    bearer = {"Authorization": "Bearer the word"}
    assert client.post("/osmand", json=message).status_code == 404
    assert client.post("/osmand", json=message, headers=bearer).status_code == 200
    (fix,) = kept(app)
    assert fix.speed_mps == pytest.approx(5.1444, 1e-4)


def test_inputs_are_set_on_the_page_and_mean_blade_and_spreader(
    client: TestClient, app: Any, page: Any
) -> None:
    inputs = [
        {"key": "in1", "equipment": "blade", "inverted": True},
        {"key": "din2", "equipment": "spreader"},
    ]
    setting = {"vehicle_id": 1, "speed_unit": "kn", "trusted": False, "inputs": inputs}
    assert client.post("/api/trackers/1", json=setting).status_code == 200
    with transaction(app.engine) as tx:
        (device,) = list_devices(tx)
    assert device.speed_unit is SpeedUnit.KNOTS
    assert device.inputs[0] == DeviceInput("in1", SensorKind.BLADE, inverted=True)
    assert osmand(client, id=TOKEN, in1="0", din2="1", **PLACE).status_code == 200
    (fix,) = kept(app)
    assert (fix.blade, fix.spreader) == (True, True)


def test_faults_are_counted_by_tracker_and_reason(client: TestClient, app: Any, page: Any) -> None:
    ahead = str(int(v.NOW.timestamp()) + 3600)
    assert osmand(client, id=TOKEN, timestamp=ahead, **PLACE).status_code == 200
    assert osmand(client, id=TOKEN, lat="0", lon="0").status_code == 200
    assert osmand(client, id=TOKEN, blade="down").status_code == 200
    assert osmand(client, id=TOKEN, lat="95", lon="45").status_code == 400
    batch = {"positions": [{"fixed_at": v.NOW.isoformat(), "lat": 37.5, "lon": "east"}] * 2}
    client.post("/positions", json=batch, headers={"Authorization": f"Bearer {TOKEN}"})
    (tracker,) = page()["trackers"]
    counted = {one["reason"]: one["times"] for one in tracker["faults"]}
    assert counted == {"future": 1, "no_fix": 1, "no_place": 1, "lat": 1, "lon": 2}
    assert kept(app) == []
    with transaction(app.engine) as tx:
        assert count_early(tx) == 1
    assert 'barfrub_tracker_faults_total{reason="lon",tracker="truck-1"} 2.0' in _metrics(app)
    assert client.post("/api/trackers/1/faults/clear").json()["trackers"][0]["faults"] == []


def _metrics(app: Any) -> str:
    from prometheus_client import CollectorRegistry, generate_latest

    from api.server.metrics import StateOfServer

    registry = CollectorRegistry()
    registry.register(StateOfServer(app, v.NOW))
    return generate_latest(registry).decode()


def test_a_jump_is_counted_for_its_tracker_and_moves_nobody(
    client: TestClient, app: Any, page: Any
) -> None:
    at = int(v.NOW.timestamp()) - 60
    for second, lat in enumerate(("37.55", "38.55")):
        assert osmand(client, id=TOKEN, lat=lat, lon="45.07", timestamp=str(at + second))
    app.consumer.run()
    (tracker,) = page()["trackers"]
    assert [(one["reason"], one["times"]) for one in tracker["faults"]] == [("jump", 1)]
    assert tracker["state"] == "heard"
    assert app.live.picture()[VehicleId(1)].location.lat == 37.55


def test_a_text_is_handed_over_once_and_the_audit_log_says_so(
    client: TestClient, app: Any, page: Any
) -> None:
    for text in ("engine stop", "fix 5s"):
        assert client.post("/api/trackers/1/commands", json={"text": text}).status_code == 201
    second = page()["trackers"][0]["commands"][0]
    path = f"/api/trackers/1/commands/{second['id']}/take-back"
    assert client.post(path).status_code == 200
    assert osmand(client, id=TOKEN, lat="95", lon="45").content == b""
    assert osmand(client, id=TOKEN, **PLACE).text == "engine stop"
    assert osmand(client, id=TOKEN, **PLACE).content == b""
    assert client.post(path).status_code == 409
    with transaction(app.engine) as tx:
        verbs = [event.verb.removeprefix("device.") for event in list_events(tx, "device:1")]
    queued, sent = "command_queued", "command_sent"
    assert verbs == [queued, queued, "command_taken_back", sent]


def test_texts_that_wait_outlive_the_server(client: TestClient, app: Any, page: Any) -> None:
    client.post("/api/trackers/1/commands", json={"text": "restart"})
    app.position_ingest.commands.load()
    assert osmand(client, id=TOKEN, **PLACE).text == "restart"


@pytest.mark.parametrize("path", ["/", "/osmand/", "/osmand"])
def test_trackers_that_know_no_path_come_in_at_the_first_page(
    client: TestClient, app: Any, path: str
) -> None:
    query = client.get(path, params={"id": TOKEN, "timestamp": "1797825600", **PLACE})
    form = client.post(path, data={"deviceid": TOKEN, "timestamp": "1797825601", **PLACE})
    assert (query.status_code, form.status_code) == (200, 200)
    assert len(kept(app)) == 2
    assert client.get("/", headers={"accept": "text/html"}, follow_redirects=False).is_redirect


def test_a_forgotten_sender_is_off_the_list(client: TestClient, app: Any, page: Any) -> None:
    osmand(client, id="passer-by")
    assert len(page()["unknown_trackers"]) == 1
    gone = client.post("/api/unknown-trackers/forget", json={"name": "passer-by"})
    assert gone.json()["unknown_trackers"] == []
    assert (
        client.post("/api/unknown-trackers/forget", json={"name": "passer-by"}).status_code == 404
    )


def test_the_page_is_there_for_administrators(client: TestClient, app: Any, page: Any) -> None:
    shown = client.get("/setup/trackers", headers={"accept": "text/html"})
    assert shown.status_code == 200
    assert "setup-trackers" in shown.text


def test_a_new_tracker_waits_for_its_first_position_and_then_has_a_place_and_a_battery(
    client: TestClient, page: Any
) -> None:
    made = client.post("/api/trackers", json={"name": "phone 7", "vehicle_id": 1}).json()
    row = next(one for one in made["page"]["trackers"] if one["id"] == made["id"])
    assert (row["state"], row["location"], row["battery"]) == ("never", None, None)
    assert made["qr"]["size"] > 0

    coords = {"latitude": 37.55, "longitude": 45.07}
    location = {
        "timestamp": v.NOW.isoformat(),
        "coords": coords,
        "battery": {"level": 0.42, "is_charging": False},
    }
    body = {"device_id": made["token"], "location": location}
    assert client.post("/osmand", json=body).status_code == 200
    row = next(one for one in page()["trackers"] if one["id"] == made["id"])
    assert (row["state"], row["location"], row["battery"]) == ("heard", [45.07, 37.55], 42)


def test_the_code_for_traccar_client_says_address_token_and_pace() -> None:
    address = traccar_client_address("https://snow.example/osmand", "a&b")
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://snow.example/osmand"
    words = dict(parse_qsl(parts.query))
    assert words["id"] == "a&b"
    assert (words["accuracy"], words["stop_detection"]) == ("highest", "false")
