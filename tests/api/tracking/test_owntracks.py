"""The door for the OwnTracks apps."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from data.store.database.engine import transaction
from data.store.tracking.positions import list_unseen
from data.store.tracking.tracker_state import list_faults, list_tracker_messages
from tests import village as v
from tests.api.tracking.conftest import TOKEN

pytestmark = pytest.mark.usefixtures("device")

TST = int(v.NOW.timestamp())
LOCATION = {"_type": "location", "lat": 37.55, "lon": 45.07, "tst": TST, "vel": 36, "cog": 90}


def told(client: TestClient, message: Any, user: str = "truck-1", **headers: str) -> Any:
    return client.post("/owntracks", json=message, auth=(user, TOKEN), headers=headers)


def kept(app: Any) -> list[Any]:
    with transaction(app.engine) as tx:
        return list_unseen(tx, 100)[0]


def test_a_location_is_stored_in_our_units_and_answered_with_a_list(
    client: TestClient, app: Any
) -> None:
    answer = told(client, LOCATION | {"acc": 8, "batt": 71, "t": "u", "conn": "m"})
    assert (answer.status_code, answer.json()) == (200, [])
    (fix,) = kept(app)
    assert (fix.source, fix.location, fix.fixed_at) == ("owntracks", (45.07, 37.55), v.NOW)
    assert (fix.speed_mps, fix.heading_deg, fix.accuracy_m) == (pytest.approx(10), 90, 8)
    assert fix.attributes == {"batteryLevel": 71, "t": "u", "conn": "m"}


@pytest.mark.parametrize(
    ("extra", "user", "headers", "status"),
    [
        ({"topic": "owntracks/truck-1/phone"}, "anybody", {}, 200),
        ({"topic": "owntracks/ali/truck-1"}, "anybody", {}, 200),
        ({}, "anybody", {"X-Limit-U": "truck-1", "X-Limit-D": "phone"}, 200),
        ({"tid": "truck-1"}, "anybody", {}, 200),
        ({}, "truck-1", {}, 200),
        ({"topic": "owntracks/truck-2/phone"}, "anybody", {"X-Limit-U": "truck-1"}, 401),
        ({"tid": "T2"}, "anybody", {"X-Limit-U": "truck-2", "X-Limit-D": "phone"}, 401),
    ],
)
def test_who_sends_is_told_by_topic_then_headers_then_tracker_id(
    client: TestClient, app: Any, extra: Any, user: str, headers: Any, status: int
) -> None:
    assert told(client, LOCATION | extra, user, **headers).status_code == status
    assert len(kept(app)) == (status == 200)


def test_other_messages_are_stored_as_sent(client: TestClient, app: Any) -> None:
    leaving = {"_type": "transition", "event": "leave", "desc": "yard", "tst": TST}
    for message in ({"_type": "lwt", "tst": TST}, leaving, {"_type": "card", "name": "Ali"}):
        assert told(client, message).json() == []
    with transaction(app.engine) as tx:
        words = list_tracker_messages(tx, 1)
    assert [word.kind for word in words] == ["lwt", "transition"]
    assert words[1].body == leaving
    assert words[1].told_at == v.NOW
    assert kept(app) == []


def test_what_nobody_can_believe_is_counted_and_holds_up_no_app(
    client: TestClient, app: Any
) -> None:
    for message in (
        {"_type": "encrypted", "data": "aGVsbG8="},
        LOCATION | {"lat": "north"},
        LOCATION | {"tst": None},
        LOCATION | {"tst": TST + 86_400},
        {"lat": 1},
    ):
        assert told(client, message).json() == []
    app.position_ingest.tracker_stats.write()
    with transaction(app.engine) as tx:
        counted = {fault.reason: fault.times for fault in list_faults(tx)}
    assert counted == {"encrypted": 1, "lat": 1, "tst": 1, "future": 1, "_type": 1}
    assert client.post("/owntracks", content=b"{", auth=("truck-1", TOKEN)).status_code == 422
    assert client.post("/owntracks", json=LOCATION, auth=("truck-1", "x")).status_code == 401


def test_a_text_comes_as_a_command_once(client: TestClient, app: Any, sign_in: Any) -> None:
    sign_in("dispatcher")
    sent = client.post("/api/trackers/1/commands", json={"text": "reportLocation"})
    assert sent.status_code == 201
    assert told(client, LOCATION).json() == [{"_type": "cmd", "action": "reportLocation"}]
    assert told(client, LOCATION).json() == []
