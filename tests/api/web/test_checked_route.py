"""Who sends a body, and how large and deep it is, is checked before it is parsed."""

import asyncio
import json

import pytest

from api.open311.errors import FaultsAsRecords
from api.web.checked_route import BodyLimit, CheckedRoute, calls_of
from api.web.request_body import MOST_BODY_BYTES, MOST_DEPTH, json_of, require_shallow
from data.errors import InvalidError
from tests.api.every_page import routes_of

CHUNK = b"{}," * 20_000
CHUNKS = 400
"""24 MB in all."""

PARTS, FIELDS = "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"

MOST_OF_ROUTES = {
    "/report": 8_064_000,
    "/report/place": 8_064_000,
    "/api/requests/{request_id}/sightings": 8_064_000,
    "/api/requests/{request_id}/inspections": 8_064_000,
    "/api/segments/{segment_id}/inspections": 8_064_000,
    "/api/blockages/{blockage_id}/photo": 8_000_000,
    "/api/blockages/{blockage_id}/voice": 1_000_000,
    "/api/crew-jobs/{job_id}/photo": 8_000_000,
    "/positions": 1_000_000,
    "/api/shifts/{shift_id}/positions": 1_000_000,
    "/api/queue/file/check": 4_064_000,
    "/api/queue/file": 4_064_000,
    "/api/storms/{storm_id}/snowfall/file/check": 4_064_000,
    "/api/storms/{storm_id}/snowfall/file": 4_064_000,
    "/api/weather/file": 4_064_000,
    "/api/setup/fleet/check": 4_064_000,
    "/api/setup/fleet/file": 4_064_000,
    "/api/setup/policy/check": 4_064_000,
    "/api/setup/policy/file": 4_064_000,
    "/api/setup/files": 2 * 1024**3,
    "/api/classes": 6_000_000,
    "/api/classes/file": 20_064_000,
    "/open311/v2/requests.{form}": 32_064_000,
}
"""Routes that take more than others: files, batches of positions, and decisions about streets."""


class Sender:
    """A client that sends 24 MB piece by piece, and counts the pieces that were asked for."""

    def __init__(self, client, path: str, *, announced: bool, form: str = "") -> None:
        self._client = client
        self._path = path
        self._headers = {
            "content-type": form or "application/json",
            "accept": "application/json",
            "cookie": "; ".join(f"{name}={text}" for name, text in client.cookies.items()),
            "x-csrf-token": client.headers.get("x-csrf-token", ""),
        }
        if form:
            del self._headers["x-csrf-token"]
        if announced:
            self._headers["content-length"] = str(len(CHUNK) * CHUNKS)
        self.asked_for = 0
        self.status = 0
        self.answer = b""

    def send(self):
        self.send_only()
        return self.status, json.loads(self.answer)["error"]

    def send_only(self) -> None:
        self._client.portal.call(self._send)

    async def _send(self) -> None:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(key.encode(), text.encode()) for key, text in self._headers.items()],
            "client": ("testclient", 1),
            "server": ("testserver", 80),
            "state": {},
        }
        await self._client.app(scope, self._receive, self._take)

    async def _receive(self):
        self.asked_for += 1
        await asyncio.sleep(0)
        return {"type": "http.request", "body": CHUNK, "more_body": self.asked_for < CHUNKS}

    async def _take(self, message) -> None:
        self.status = message.get("status", self.status)
        self.answer += message.get("body", b"")


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("path", ["/requests", "/api/plans", "/api/queue/file", "/api/setup/files"])
def test_nothing_is_read_of_what_a_stranger_sends(client, path, announced):
    client.get("/sign-in")
    sender = Sender(client, path, announced=announced)
    status, error = sender.send()
    assert (status, error["code"], sender.asked_for) == (401, "unauthorized", 0)


@pytest.mark.parametrize("path", ["/report", "/sign-in", "/drive"])
def test_nothing_is_read_of_a_form_by_whoever_has_not_opened_its_page(client, path):
    sender = Sender(client, path, announced=False, form=PARTS)
    status, error = sender.send()
    assert (status, error["code"], sender.asked_for) == (403, "csrf", 0)


@pytest.mark.parametrize("token", ["", "of-another-session"])
def test_nothing_is_read_without_the_anti_forgery_token(dispatcher, token):
    dispatcher.headers["x-csrf-token"] = token
    sender = Sender(dispatcher, "/requests", announced=False)
    status, error = sender.send()
    assert (status, error["code"], sender.asked_for) == (403, "csrf", 0)


def test_nothing_is_read_of_an_order_that_the_role_does_not_allow(client, sign_in):
    sign_in("driver")
    sender = Sender(client, "/api/plans", announced=False)
    status, error = sender.send()
    assert (status, error["code"], sender.asked_for) == (403, "forbidden", 0)


def test_a_body_that_is_announced_too_large_is_not_read(dispatcher):
    sender = Sender(dispatcher, "/requests", announced=True)
    status, error = sender.send()
    assert (status, error["code"], sender.asked_for) == (413, "too_large", 0)
    assert error["message"] == "This is too large: at most 256 kB."


def test_a_body_that_is_not_announced_is_read_up_to_the_limit(dispatcher):
    sender = Sender(dispatcher, "/requests", announced=False)
    status, error = sender.send()
    assert (status, error["code"]) == (413, "too_large")
    assert sender.asked_for == MOST_BODY_BYTES // len(CHUNK) + 1


def test_a_form_in_the_page_is_read_up_to_the_limit(client):
    client.get("/sign-in")
    sender = Sender(client, "/sign-in", announced=False, form=FIELDS)
    status, error = sender.send()
    assert (status, error["code"]) == (413, "too_large")
    assert sender.asked_for <= MOST_BODY_BYTES // len(CHUNK) + 1


@pytest.mark.parametrize("path", ["/osmand", "/owntracks"])
@pytest.mark.parametrize("announced", [True, False])
def test_a_message_of_a_tracker_is_read_up_to_its_limit(client, path, announced):
    sender = Sender(client, path, announced=announced)
    sender.send_only()
    assert (sender.status, sender.asked_for) == (413, 0 if announced else 1)


def test_json_that_is_nested_too_deep_is_refused_before_it_is_parsed(dispatcher):
    deep = '{"name": ' + "[" * 5_000 + "]" * 5_000 + "}"
    answer = dispatcher.post(
        "/api/storms", content=deep, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert "nested at most 32 deep" in answer.json()["error"]["message"]


@pytest.mark.parametrize("name", [b'"\\ud800"', b'"\xed\xa0\x80"', '"برف"'.encode("cp1256")])
def test_text_that_cannot_be_stored_is_refused(dispatcher, name):
    answer = dispatcher.post(
        "/api/storms",
        content=b'{"name": ' + name + b"}",
        headers={"content-type": "application/json"},
    )
    assert (answer.status_code, answer.json()["error"]["values"]["field"]) == (422, "body")


def test_brackets_in_texts_are_no_nesting(dispatcher):
    name = "[" * 40 + '\\"' + "{" * 30
    answer = dispatcher.post("/api/storms", json={"name": name})
    assert answer.status_code == 201


def test_depth_is_counted_and_not_length():
    require_shallow(json.dumps([[]] * 1_000).encode())
    require_shallow(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH)
    with pytest.raises(InvalidError):
        require_shallow(b"[" * (MOST_DEPTH + 1))
    with pytest.raises(InvalidError):
        json_of(b'{"a":' * (MOST_DEPTH + 1) + b"1" + b"}" * (MOST_DEPTH + 1))


def test_every_route_checks_before_it_reads(client):
    kinds = {type(route) for route in routes_of(client.app)}
    assert kinds == {CheckedRoute, FaultsAsRecords}
    assert issubclass(FaultsAsRecords, CheckedRoute)


def test_only_routes_with_files_take_more_than_others(client):
    limits = {
        route.path: call.most_bytes
        for route in routes_of(client.app)
        for call in calls_of(route.dependant)
        if isinstance(call, BodyLimit)
    }
    assert limits == MOST_OF_ROUTES


def test_who_guesses_keys_of_open311_is_no_longer_read(client):
    path = "/open311/v2/requests.json"
    for _ in range(10):
        wrong = client.post(path, data={"api_key": "wrong", "service_code": "plow"})
        assert wrong.status_code == 403
    sender = Sender(client, path, announced=False, form=PARTS)
    sender.send_only()
    assert (sender.status, sender.asked_for) == (429, 0)
