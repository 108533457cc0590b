"""Fifty damaged copies of everything that is sent: taken, or refused without a trace."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select

from api.config.settings import Settings
from api.tracking.mqtt import Broker
from data.model import Actor, ActorKind, VehicleId
from data.policy.city_policy import DEFAULT_POLICY
from data.setup.fleet_csv import csv_from_machines
from data.store.accounts.accounts import add_device
from data.store.accounts.token_bucket import Allowance
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import Database, reading, transaction
from data.store.schema import metadata
from fleet.accounts.accounts import token_digest
from fleet.accounts.api_keys import make_key
from tests import village as v
from tests.data.osm.osm_files import a_way, nodes, write_osm
from tests.mutations import mutations
from tests.pictures import a_picture

TOKEN = "a-long-secret-word"
NOW, TST = v.NOW.isoformat(), int(v.NOW.timestamp())
MOST_QUERY = 20_000
"""Longer addresses are nothing that the test's client sends."""

COUNTED_ASIDE = {"device_fault", "unknown_tracker", "device", "session", "photo_quota"}
"""Tables of what is refused, of who was heard, and of what was decoded."""

COUNTS = select(
    *(
        select(func.count()).select_from(table).scalar_subquery().label(name)
        for name, table in metadata.tables.items()
        if name not in COUNTED_ASIDE
    )
)

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PARTS = {"content-type": "multipart/form-data; boundary=xyz"}

COORDS = {"latitude": 37.55, "longitude": 45.07, "accuracy": 5, "speed": 8.0, "heading": 90}
TRACCAR = {"device_id": TOKEN, "location": {"timestamp": NOW, "coords": COORDS, "odometer": 12}}
FORWARD = {
    "device": {"uniqueId": TOKEN, "attributes": {}},
    "position": {"fixTime": NOW, "latitude": 37.55, "longitude": 45.07, "speed": 12, "course": 9},
}
OWNTRACKS = {"_type": "location", "lat": 37.55, "lon": 45.07, "tst": TST, "vel": 36, "t": "u"}
BATCH = {
    "positions": [
        {"fixed_at": NOW, "lat": 37.55, "lon": 45.07, "speed_mps": 8.5, "blade": True},
        {"fixed_at": NOW, "lat": 37.56, "lon": 45.08, "attributes": {"battery": 71}},
    ]
}
TAP = {"key": "a-tap-of-a-phone", "tapped_at": NOW}
REPORT = {"kind": "plow", "text": "School Street 4", "lon": 45.07, "lat": 37.55}
CALL = {
    **REPORT,
    "consent": True,
    "caller_name": "سارا",
    "caller_phone": "0914 123",
    "dangers": ["school"],
}
DECISION = {"segment_id": 1, "service_class": "P1", "cycle_h": 2.5, "note": "doctor"}
MACHINES = csv_from_machines((v.a_vehicle(1), v.a_vehicle(2)), (v.a_depot(),), "en")
CALLS = "text,kind,phone,lon,lat\r\nSchool Street 4,snow,0914 123,45.07,37.55\r\nMill,ice,,,\r\n"
SNOW = "time;snow (cm)\r\n2026-12-20 06:30;2,5\r\n2026-12-20 07:30;3.5\r\n"
DECISIONS = "segment_id,class,cycle_h,note\r\n1,P1,2.5,doctor\r\n2,P2,,\r\n"


def a_form(photo: str = "", **fields: object) -> bytes:
    """A form of several parts, as browsers send it."""
    parts = [
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if photo:
        head = f'--xyz\r\nContent-Disposition: form-data; name="{photo}"; filename="a.jpg"\r\n'
        parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + a_picture() + b"\r\n")
    return b"".join(parts) + b"--xyz--\r\n"


def a_query(**fields: object) -> bytes:
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()


@dataclass
class Server:
    """The server under test, with everything that a sender needs."""

    client: TestClient
    engine: Database
    key: str
    reference: str
    storm_id: int

    def post(self, path: str, content: bytes, headers: dict[str, str]) -> Response:
        return self.client.post(path, content=content, headers=headers, follow_redirects=False)

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Response:
        return self.client.post(path, files={"file": (name, content)}, data=fields)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        self.client.portal.call(self.client.app.state.barfrub.report_ingest.settled)
        with reading(self.engine) as tx:
            return dict(tx.execute(COUNTS).mappings().one())

    def contents(self) -> dict[str, list[str]]:
        """What lies in each table."""
        self.client.portal.call(self.client.app.state.barfrub.report_ingest.settled)
        with reading(self.engine) as tx:
            return {
                name: sorted(repr(row) for row in tx.execute(select(table)))
                for name, table in metadata.tables.items()
                if name not in COUNTED_ASIDE
            }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var=tmp_path, public_pace=0)


@pytest.fixture
def server(client: TestClient, sign_in: Callable[[str], None]) -> Server:
    app = client.app.state.barfrub
    for task in (app.notice_sender, app.escalation_task, app.cycle_task, app.retention_task):
        client.portal.call(task.stop)  # else they write at times of their own
    sign_in("administrator")
    storm = client.post("/api/storms", json={"name": "First snow"}).json()
    with transaction(app.engine) as tx:
        device = add_device(tx, "truck-1", VehicleId(1), token_digest(TOKEN))
        key = make_key(
            tx, Actor(ActorKind.SYSTEM, "console"), "FixMyStreet", "team@example.org", v.NOW
        )[1]
    assert device.name == "truck-1"
    app.position_ingest.devices.forget()
    app.position_ingest.devices.allowance = Allowance(1e9, 1e9)
    fields = {"api_key": key, "service_code": "plow", "lat": "37.55", "long": "45.07"}
    (made,) = client.post("/open311/v2/requests.json", data=fields).json()
    return Server(client, app.engine, key, made["service_request_id"], storm["id"])


type Send = Callable[[Server, bytes], Response]


def bearer(path: str) -> Send:
    headers = {**JSON, "authorization": f"Bearer {TOKEN}"}
    return lambda server, content: server.post(path, content, headers)


def posted(path: str, headers: dict[str, str]) -> Send:
    return lambda server, content: server.post(path, content, headers)


def queried(server: Server, content: bytes) -> Response:
    query = quote_from_bytes(content[:MOST_QUERY], safe="&=%:,.-_+")
    return server.client.get(f"/osmand?{query}")


def own(server: Server, content: bytes) -> Response:
    return server.client.post("/owntracks", content=content, headers=JSON, auth=("truck-1", TOKEN))


def of_shift(order: str) -> Send:
    return lambda server, content: server.post(f"/api/shifts/1/{order}", content, JSON)


def uploaded(path: str, name: str, **fields: str) -> Send:
    def send(server: Server, content: bytes) -> Response:
        where = path.format(storm=server.storm_id)
        return server.upload(where, name, content, **fields)

    return send


def put(server: Server, content: bytes) -> Response:
    answer = server.client.post(
        "/api/setup/files?name=city.osm&purpose=streets", content=content, headers=JSON
    )
    uploads = server.client.app.state.barfrub.settings.uploads
    assert [path.name for path in uploads.iterdir()] in ([], ["city.osm"])
    return answer


def the_policy(server: Server) -> bytes:
    view = server.client.get("/api/setup/policy").json()
    return json.dumps({"base": view["base"], "tables": view["tables"]}).encode()


def a_request(server: Server, photo: str = "") -> bytes:
    fields = {"api_key": server.key, "service_code": "plow", "lat": 37.55, "long": 45.07}
    return a_form(photo, **fields) if photo else a_query(**fields, description="School+Street")


def an_update(server: Server) -> bytes:
    number = {"api_key": server.key, "service_request_id": server.reference}
    return a_query(**number, status="OPEN", update_id=7, updated_datetime=f"{v.NOW:%FT%TZ}")


def dumped(value: object) -> Callable[[Server], bytes]:
    content = json.dumps(value, ensure_ascii=False).encode()
    return lambda _: content


def fixed(content: bytes | str) -> Callable[[Server], bytes]:
    encoded = content.encode() if isinstance(content, str) else content
    return lambda _: encoded


OSMAND = a_query(id=TOKEN, lat=37.55, lon=45.07, timestamp=TST, speed=12.5, bearing=90, batt=71)
FORMATS: dict[str, tuple[Callable[[Server], bytes], Send]] = {
    "OsmAnd, query": (fixed(OSMAND), queried),
    "OsmAnd, form": (fixed(OSMAND), posted("/osmand", FORM)),
    "Traccar client": (dumped(TRACCAR), posted("/osmand", JSON)),
    "Traccar forwarding": (dumped(FORWARD), posted("/osmand", JSON)),
    "OwnTracks": (dumped(OWNTRACKS), own),
    "positions": (dumped(BATCH), bearer("/positions")),
    "public form": (fixed(a_query(**REPORT)), posted("/report", FORM)),
    "public form with a photo": (fixed(a_form("photo", **REPORT)), posted("/report", PARTS)),
    "Open311 request": (a_request, posted("/open311/v2/requests.json", FORM)),
    "Open311 request with a photo": (
        lambda server: a_request(server, "media"),
        posted("/open311/v2/requests.xml", PARTS),
    ),
    "Open311 update": (an_update, posted("/open311/v2/servicerequestupdates.xml", FORM)),
    "phone's positions": (dumped(BATCH), of_shift("positions")),
    "driver's tap": (dumped(TAP), of_shift("start")),
    "call": (dumped(CALL), posted("/requests", JSON)),
    "inspection": (
        fixed(a_form("photo", clear="false", text="Ice", lon=45.07, lat=37.55)),
        posted("/api/requests/1/sightings", PARTS),
    ),
    "decisions": (dumped({"decisions": [DECISION], "seen": []}), posted("/api/classes", JSON)),
    "policy as a form": (the_policy, posted("/api/setup/policy", JSON)),
    "policy.toml": (
        fixed(DEFAULT_POLICY),
        uploaded("/api/setup/policy/file", "policy.toml", base="0"),
    ),
    "machines.csv": (fixed(MACHINES), uploaded("/api/setup/fleet/file", "m.csv", base="0")),
    "requests.csv": (fixed(CALLS), uploaded("/api/queue/file", "requests.csv")),
    "snow.csv": (fixed(SNOW), uploaded("/api/storms/{storm}/snowfall/file", "snow.csv")),
    "decisions.csv": (fixed(DECISIONS), uploaded("/api/classes/file", "decisions.csv")),
}
MESSAGES = {"owntracks/truck-1/phone": OWNTRACKS, "barfrub/truck-1/positions": BATCH}
"""What is sent through a broker, which gets no answer, by topic."""


def damaged_copies_leave_no_trace(server: Server, name: str, content: bytes, send: Send) -> None:
    before, refused = server.rows(), []
    for each in mutations(name, content):
        answer = send(server, each)
        after = server.rows()
        assert answer.status_code < 500, (each, answer.text[:300])
        assert answer.status_code < 400 or after == before, (each, answer.text[:300])
        if answer.status_code >= 400:
            refused.append(each)
        before = after
    refused_once_more_change_nothing(server, refused, send)
    photos, rows = server.client.app.state.barfrub.folder / "photos", server.rows()
    assert len(list(photos.glob("*"))) == rows["request_photo"] + rows["sighting"]
    with reading(server.engine) as tx:
        assert broken_links(list_events(tx)) == []


def refused_once_more_change_nothing(server: Server, refused: list[bytes], send: Send) -> None:
    """Send what was refused again: no row may be otherwise afterwards, not only none more.

    What is taken now, since the right copy came meanwhile, is not looked at.
    """
    before = server.contents()
    for each in refused:
        if send(server, each).status_code < 400:
            before = server.contents()
    assert server.contents() == before


# The reader of forms leaves files of a form that is cut off to be closed with the last use of them.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("name", FORMATS)
def test_what_is_damaged_is_taken_or_refused_without_a_trace(server: Server, name: str) -> None:
    made, send = FORMATS[name]
    content = made(server)
    taken = send(server, content)
    assert taken.status_code < 400, taken.text[:300]
    damaged_copies_leave_no_trace(server, name, content, send)


def test_a_damaged_street_file_is_kept_whole_or_not_at_all(server: Server, tmp_path: Path) -> None:
    street = write_osm(tmp_path / "city.osm", [*nodes(), a_way(10, [1, 2, 3])]).read_bytes()
    assert put(server, street).status_code == 201
    damaged_copies_leave_no_trace(server, "street file", street, put)


@pytest.mark.parametrize("topic", MESSAGES)
def test_a_damaged_message_through_a_broker_adds_positions_or_nothing(
    server: Server, topic: str
) -> None:
    broker, content = Broker(server.client.app.state.barfrub), json.dumps(MESSAGES[topic]).encode()
    before, idle = server.contents(), 0
    for each in (content, *mutations(topic, content)):
        server.client.portal.call(broker.store, topic, each)
        after = server.contents()
        changed = {name for name in after if after[name] != before[name]}
        assert changed <= {"position", "early_position"}, each
        assert all(set(before[name]) <= set(after[name]) for name in changed), each
        idle += not changed
        before = after
    assert before["position"]
    assert idle
