"""Whatever trackers send: stored, or counted by reason, and never a failure of ours."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.store.accounts.token_bucket import Allowance
from tests import village as v
from tests.api.tracking.conftest import TOKEN

pytestmark = pytest.mark.usefixtures("device")

NAME = "truck-1"
SENT = ("stored", "repeated", "rejected")

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.floats(-200, 200),
    st.text(max_size=8),
    st.sampled_from(["", "1e999", "-1", "down", "2026-12-21T04:00:00Z", "9" * 30]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.floats(), max_size=2),
)
keys = st.sampled_from(
    (
        "lat",
        "lon",
        "location",
        "timestamp",
        "fixed_at",
        "fixTime",
        "tst",
        "speed",
        "speed_mps",
        "vel",
        "bearing",
        "heading",
        "cog",
        "course",
        "accuracy",
        "acc",
        "valid",
        "blade",
        "spreader",
        "material",
        "rate",
        "rate_gm2",
        "alarm",
        "batt",
        "cell",
        "latitude",
        "longitude",
        "coords",
        "battery",
        "activity",
        "extras",
        "attributes",
        "altitude",
        "hdop",
        "anything",
    )
)
told = st.dictionaries(keys, odd, max_size=3)
good = {
    "lat": 37.55,
    "lon": 45.07,
    "latitude": 37.55,
    "longitude": 45.07,
    "tst": int(v.NOW.timestamp()),
}


def in_query(client: TestClient, said: Mapping[str, Any]) -> int:
    return client.get("/osmand", params={"id": TOKEN, **written(said)}).status_code


def in_form(client: TestClient, said: Mapping[str, Any]) -> int:
    return client.post("/", data={"id": TOKEN, **written(said)}).status_code


def in_app(client: TestClient, said: Mapping[str, Any]) -> int:
    return posted(client, "/", {"device_id": NAME, "location": {"coords": said, **said}})


def forwarded(client: TestClient, said: Mapping[str, Any]) -> int:
    return posted(client, "/osmand", {"device": {"uniqueId": NAME}, "position": said})


def in_batch(client: TestClient, said: Mapping[str, Any]) -> int:
    entry = {"fixed_at": v.NOW.isoformat(), **said}
    return posted(client, "/positions", {"positions": [entry]})


def by_owntracks(client: TestClient, said: Mapping[str, Any]) -> int:
    return posted(
        client, "/owntracks", {"topic": f"owntracks/{NAME}/x", "_type": "location"} | said
    )


def written(said: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value).encode("utf-8", "replace").decode() for key, value in said.items()}


def posted(client: TestClient, path: str, body: object) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    return client.post(path, content=json.dumps(body), headers=headers).status_code


@pytest.fixture(autouse=True)
def no_end_of_positions(app: Any) -> None:
    app.position_ingest.devices.allowance = Allowance(10_000, 10_000)


def test_what_a_known_tracker_says_is_stored_or_counted(client: TestClient, app: Any) -> None:
    doors = [in_query, in_form, in_app, forwarded, in_batch, by_owntracks]

    @given(st.sampled_from(doors), told, st.booleans())
    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    def send(door: Any, said: dict[str, Any], placed: bool) -> None:
        before = sum(app.position_ingest.tally[outcome] for outcome in SENT)
        status = door(client, (good if placed else {}) | said)
        assert status in (200, 400, 422)
        counted = sum(app.position_ingest.tally[outcome] for outcome in SENT) - before
        assert counted == 1 or status == 422  # what is no JSON names no tracker

    send()
    assert app.position_ingest.tally["stored"] > 0
    assert app.position_ingest.tally["rejected"] > 0
    app.consumer.run()  # nor does anything that was stored trip the tracking
    assert app.consumer.tally["set_aside"] == 0


def test_half_a_letter_is_no_text(client: TestClient, app: Any) -> None:
    for path in ("/osmand", "/positions", "/owntracks"):
        assert posted(client, path, {"device_id": "\ud800", "positions": []}) in (400, 422)


def test_credentials_that_are_no_text_prove_nothing(client: TestClient, app: Any) -> None:
    for word in (b"Basic \xe9\xe9\xe9", b"Basic /////w==", b"Bearer \xff"):
        query = {"id": NAME, **{key: str(value) for key, value in good.items()}}
        answer = client.get("/osmand", params=query, headers={b"Authorization": word})
        assert answer.status_code == 400
