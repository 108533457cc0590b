import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from data.model import Position, VehicleId
from data.store.accounts.accounts import add_device, set_token_hash
from data.store.accounts.token_bucket import Allowance
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Database, Tx, transaction
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_batches, list_between, list_unseen
from fleet.accounts.accounts import token_digest
from fleet.coverage.coverage_states import CoverageState
from tests import village as v
from tests.api.tracking.conftest import TOKEN
from tests.fleet.drives import a_drive

pytestmark = pytest.mark.usefixtures("device")

BURST = 5
BEARER = {"Authorization": f"Bearer {TOKEN}"}
NOW = v.NOW.isoformat()


def an_entry(**changes: Any) -> dict[str, Any]:
    return {"fixed_at": NOW, "lat": 37.55, "lon": 45.07, **changes}


def entry_of(fix: Position) -> dict[str, Any]:
    return {
        "fixed_at": fix.fixed_at.isoformat(),
        "lat": fix.location.lat,
        "lon": fix.location.lon,
        "speed_mps": fix.speed_mps,
        "heading_deg": fix.heading_deg,
        "blade": fix.blade,
    }


def stored(app: Any) -> list[Position]:
    with transaction(app.engine) as tx:
        return list_unseen(tx, 1000)[0]


def kept(app: Any) -> list[Position]:
    """Return the fixes in the database, seen by the consumer or not."""
    with transaction(app.engine) as tx:
        day = timedelta(days=1)
        seen = list_between(tx, VehicleId(1), v.NOW - day, v.NOW + day)
        return [*seen, *list_unseen(tx, 1000)[0]]


def test_a_batch_is_stored_once_and_counted(client: TestClient, app: Any) -> None:
    batch = {"positions": [an_entry(), an_entry(lat=100)]}
    first = client.post("/positions", json=batch, headers=BEARER)
    again = client.post("/positions", json=batch, headers=BEARER)
    wrong = [{"index": 1, "reason": "lat"}]
    assert first.status_code == 200
    assert first.json() == {"stored": 1, "repeated": 0, "rejected": wrong}
    assert again.json() == {"stored": 0, "repeated": 1, "rejected": wrong}
    assert len(kept(app)) == 1


def test_a_fix_twice_in_one_batch_is_a_repetition(client: TestClient, app: Any) -> None:
    answer = client.post("/positions", json={"positions": [an_entry()] * 3}, headers=BEARER)
    assert answer.json() == {"stored": 1, "repeated": 2, "rejected": []}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": f"Basic {TOKEN}"}]
)
def test_nobody_sends_without_a_token(
    client: TestClient, app: Any, headers: dict[str, str]
) -> None:
    answer = client.post("/positions", json={"positions": [an_entry()]}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert kept(app) == []


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[]", b"{}", b'{"positions": 5}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_batch_that_cannot_be_read_is_refused(client: TestClient, app: Any, body: bytes) -> None:
    assert client.post("/positions", content=body, headers=BEARER).status_code == 422


def test_batches_are_limited(client: TestClient, app: Any) -> None:
    many = {"positions": [an_entry()] * 1001}
    assert client.post("/positions", json=many, headers=BEARER).status_code == 422
    huge = b"[" + b" " * 1_000_000
    assert client.post("/positions", content=huge, headers=BEARER).status_code == 413


def test_a_device_that_sends_too_often_is_told_to_wait(client: TestClient, app: Any) -> None:
    app.position_ingest.devices.allowance = Allowance(BURST, per_minute=0.1)
    answers = [
        client.post("/positions", json={"positions": []}, headers=BEARER).status_code
        for _ in range(BURST + 1)
    ]
    assert answers[:BURST] == [200] * BURST
    assert answers[BURST:] == [429]


def osmand(client: TestClient, **params: str) -> int:
    return client.get("/osmand", params=params).status_code


def test_osmand_is_known_by_its_token_as_id(client: TestClient, app: Any) -> None:
    query = {"lat": "37.55", "lon": "45.07", "timestamp": "1797825600", "blade": "down"}
    answer = client.get("/osmand", params=query | {"id": TOKEN})
    assert (answer.status_code, answer.content) == (200, b"")
    (fix,) = kept(app)
    assert (fix.source, fix.blade, fix.fixed_at) == ("osmand", True, v.NOW)


def test_osmand_is_known_by_name_only_with_its_token(client: TestClient, app: Any) -> None:
    place = {"lat": "37.55", "lon": "45.07"}
    assert osmand(client, id="truck-1", **place) == 400
    assert osmand(client, id="truck-2", token=TOKEN, **place) == 400
    assert osmand(client, id="truck-1", token=TOKEN, **place) == 200
    basic = client.get("/osmand", params={"id": "truck-1", **place}, auth=("truck-1", TOKEN))
    assert basic.status_code == 200


def test_osmand_takes_a_form_where_there_is_no_query(client: TestClient, app: Any) -> None:
    form = {"id": TOKEN, "lat": "37.55", "lon": "45.07"}
    assert client.post("/osmand", data=form).status_code == 200
    assert len(kept(app)) == 1


def test_an_osmand_message_of_sensors_only_uses_the_last_place(
    client: TestClient, app: Any
) -> None:
    assert osmand(client, id=TOKEN, blade="down") == 200
    assert kept(app) == []
    assert osmand(client, id=TOKEN, lat="37.55", lon="45.07", timestamp="1797825590") == 200
    assert osmand(client, id=TOKEN, blade="down") == 200
    assert {(fix.location, fix.blade) for fix in kept(app)} == {
        ((45.07, 37.55), None),
        ((45.07, 37.55), True),
    }


def test_traccar_client_sends_json_and_an_unknown_one_is_not_found(
    client: TestClient, app: Any
) -> None:
    coords = {"latitude": 37.55, "longitude": 45.07, "speed": 5}
    message = {"device_id": TOKEN, "location": {"timestamp": NOW, "coords": coords}}
    assert client.post("/osmand", json=message).status_code == 200
    assert kept(app)[0].speed_mps == 5
    assert client.post("/osmand", json=message | {"device_id": "x"}).status_code == 404
    assert client.post("/osmand", json={"device_id": TOKEN}).status_code == 400
    broken = client.post("/osmand", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 400


def test_a_truck_that_clears_a_street_colors_it(client: TestClient, app: Any) -> None:
    with transaction(app.engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW - timedelta(hours=1))
    drive = a_drive((-10, 0), (410, 0), start_s=-600, blade=True)
    heard = app.hub.subscribe(lambda: None)
    batch = {"positions": [entry_of(fix) for fix in drive]}
    assert client.post("/positions", json=batch, headers=BEARER).json()["stored"] == len(drive)
    app.consumer.run()
    with transaction(app.engine) as tx:
        done = {row.segment_id for row in list_coverage(tx, storm.id) if row.passes_done}
    assert done == {v.MAIN_WEST, v.MAIN_EAST}
    assert stored(app) == []
    told: dict[str, list[Any]] = {}
    for kind, items in heard.take():
        told.setdefault(kind, []).extend(items)
    one_of_two_passes = CoverageState.PROGRESS, CoverageState.NOT_DUE
    assert (v.MAIN_WEST, *one_of_two_passes) in told["coverage"]
    assert told["vehicles"][-1].fixed_at == drive[-1].fixed_at


@pytest.mark.parametrize("senders", [40])
def test_many_senders_share_a_few_transactions(
    client: TestClient, app: Any, senders: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []

    @contextmanager
    def counted(engine: Database) -> Iterator[Tx]:
        with transaction(engine) as tx:
            commits.append(0)
            yield tx

    def stored(tx: Tx, batches: Sequence[Sequence[Position]]) -> list[int]:
        commits[-1] += len(batches)
        return add_batches(tx, batches)

    monkeypatch.setattr("api.processes.ingest.position_ingest.transaction", counted)
    monkeypatch.setattr("api.processes.ingest.position_ingest.add_batches", stored)
    fixes = a_drive((0, 0), (200, 0))

    async def send_all() -> list[int]:
        return await asyncio.gather(*(app.position_ingest.store(fixes) for _ in range(senders)))

    counts = client.portal.call(send_all)
    assert sum(counts) == len(fixes)
    assert sum(commits) == senders
    assert len(commits) < senders / 4


def test_a_tracker_that_was_changed_is_known_anew(client: TestClient, app: Any) -> None:
    here = {"id": TOKEN, "lat": "37.55", "lon": "45.07"}
    assert client.get("/osmand", params=here).status_code == 200
    with transaction(app.engine) as tx:
        late = add_device(tx, "truck-2", VehicleId(2), token_digest("added later"))
    assert client.get("/osmand", params={**here, "id": "added later"}).status_code == 200
    with transaction(app.engine) as tx:
        set_token_hash(tx, late.id, token_digest("another"))
    app.position_ingest.devices.forget()
    assert client.get("/osmand", params={**here, "id": "added later"}).status_code == 400
    assert client.get("/osmand", params={**here, "id": "another"}).status_code == 200


def test_the_map_shows_where_a_truck_is_before_its_position_is_digested(
    client: TestClient, app: Any
) -> None:
    app.consumer.run()  # introduces the vehicles
    shown = Event()
    board = app.hub.subscribe(shown.set, frozenset({"vehicles"}))
    client.get("/osmand", params={"id": TOKEN, "lat": "37.55", "lon": "45.07"})
    assert shown.wait(240)
    ((_, (view,)),) = board.take()
    assert (view.id, view.lat, view.lon) == (1, 37.55, 45.07)
    assert len(stored(app)) == 1  # nobody has looked at it yet


def test_a_character_that_cannot_be_stored_costs_no_position(client: TestClient, app: Any) -> None:
    place = {"lat": "37.55", "lon": "45.07"}
    assert osmand(client, id=TOKEN, **place, **{"driver\0Id": "a\0b", "alarm": "s\0os"}) == 200
    (fix,) = kept(app)
    assert (fix.attributes["driverId"], fix.alarm) == ("ab", "sos")
