import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from api.config.logs import OFTEN, configure_logs
from api.config.settings import LogStyle
from api.web.security_headers import POLICY
from data.model import VehicleId
from data.store.accounts.accounts import add_device, add_user
from data.store.database.engine import transaction
from fleet.accounts.accounts import token_digest
from tests import village as v
from tests.api.access.test_roles import routes_of

HTML = {"accept": "text/html"}


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def written(_logging_as_before: None, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    return stream


@pytest.fixture
def lines(written: io.StringIO):
    """Lines of the JSON log so far."""
    configure_logs(LogStyle.JSON)
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def meters(client):
    return client.app.state.barfrub.meters.registry


def about(lines, route: str):
    return [line for line in lines() if line.get("route") == route]


def test_a_line_tells_route_status_time_and_role(client, sign_in, lines) -> None:
    sign_in("dispatcher")
    answer = client.get("/api/segments/1?lang=en")
    (line,) = about(lines, "/api/segments/{segment_id}")
    assert (line["method"], line["status"], line["role"]) == ("GET", 200, "dispatcher")
    assert 0 < line["ms"] < 60_000
    assert line["level"] == "INFO"
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["time"].endswith("+00:00")


def test_no_line_holds_words_names_or_addresses(client, sign_in_by_form, written, lines) -> None:
    sign_in_by_form("operator")
    words = {"kind": "plow", "text": "Mrs Karimi, School Street 7", "caller_phone": "0914"}
    client.post("/requests", json=words)
    client.get("/api/geocode?q=Karimi+School+Street")
    client.post("/sign-in", data={"login": "karimi", "password": "secret-word"})
    client.get("/nowhere/karimi")
    assert len(lines()) > 4
    for private in ("Karimi", "karimi", "School", "0914", "secret-word", "127.0.0.1", "testclient"):
        assert private not in written.getvalue(), private


def test_wrong_proofs_are_lines_that_mark_account_and_address_and_name_neither(
    client, written, lines
) -> None:
    client.get("/sign-in")
    token = {"csrf": client.cookies["barfrub_csrf"]}
    for login in ("karimi", "Karimi", "operator"):
        client.post("/sign-in", data={"login": login, "password": "guess", **token})
    client.post("/drive", data={"code": "12345678", **token})
    client.post("/open311/v2/requests.json", data={"api_key": "guess"})
    said = [line["message"] for line in lines() if line["logger"].endswith("refused_entries")]
    kinds = [re.match(r"a wrong (.+?)(?: of account| from)", text)[1] for text in said]
    assert kinds == ["password"] * 3 + ["code of a shift", "key"]
    accounts = [found for text in said for found in re.findall(r"account (\w{8}) ", text)]
    assert accounts[0] == accounts[1] != accounts[2]
    assert len({text.rpartition(" ")[2] for text in said}) == 1
    assert not re.search("karimi|operator from|testclient|guess", written.getvalue(), re.IGNORECASE)


def test_a_refusal_is_logged_with_the_role_that_was_refused(client, sign_in, lines) -> None:
    sign_in("driver")
    client.get("/operator", headers=HTML)
    (line,) = about(lines, "/operator")
    assert (line["status"], line["role"]) == (403, "driver")


def test_what_is_asked_for_all_the_time_is_logged_only_when_it_fails(client, lines) -> None:
    for path in ("/health", "/static/css/pages/base.css", "/tiles/streets.pmtiles", "/style.css"):
        assert client.get(path).status_code == 200
    assert lines() == []
    client.get("/static/css/nothing.css")
    client.post("/positions", json={})
    told = [(line["route"], line["status"]) for line in lines()]
    assert told == [("/static", 404), ("/positions", 401)]


def test_a_tracker_is_counted_under_its_own_route_wherever_it_sends(client, lines) -> None:
    with transaction(client.app.state.barfrub.engine) as tx:
        add_device(tx, "truck-1", VehicleId(1), token_digest("a-long-secret-word"))
    for word in ("a-long-secret-word", "nobody"):
        for path in ("/", "/osmand", "/osmand/"):
            client.post(path, params={"id": word, "lat": "37.55", "lon": "45.07"})
    assert [(line["route"], line["status"]) for line in lines()] == [("/osmand", 400)] * 3
    answered = {"method": "POST", "route": "/osmand", "status": "200"}
    assert meters(client).get_sample_value("barfrub_requests_total", answered) == 3


def test_routes_that_are_asked_for_all_the_time_exist(client) -> None:
    mounts = {"/static", "/tiles"}
    assert set(OFTEN) - mounts <= {route.path for route in routes_of(client.app)}


def test_an_address_of_nobody_has_no_route(client, lines) -> None:
    client.get("/wp-login.php")
    assert [line["route"] for line in lines()] == ["-"]


def test_every_request_has_an_id_of_its_own(client) -> None:
    ids = {client.get("/health").headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5


def test_a_failure_carries_its_traceback_once_and_its_request(broken, lines) -> None:
    answer = broken.get("/api/board?q=karimi")
    failed, request = lines()
    assert "ZeroDivisionError" in failed["error"]
    assert failed["message"] == "GET /api/board failed"
    assert request["status"] == 500
    assert failed["request_id"] == request["request_id"] == answer.headers["x-request-id"]


def test_a_failed_answer_is_armored_too(broken) -> None:
    for headers in ({}, HTML):
        answer = broken.get("/api/board", headers=headers)
        assert answer.status_code == 500
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-store"
    assert "<html" in answer.text


def test_a_failure_of_everything_is_still_answered(broken, monkeypatch, caplog) -> None:
    monkeypatch.setattr("api.web.errors.page", lambda *_: 1 / 0)
    answer = broken.get("/api/board", headers=HTML)
    assert answer.status_code == 500
    assert "The server had a problem" in answer.text
    assert answer.headers["content-security-policy"] == POLICY


def test_what_uvicorn_repeats_of_a_failure_is_dropped(written, lines) -> None:
    logging.getLogger("uvicorn.error").error("Exception in ASGI application\n")
    logging.getLogger("uvicorn.error").error("the port is taken")
    assert [line["message"] for line in lines()] == ["the port is taken"]


@pytest.mark.usefixtures("_logging_as_before")
def test_a_sender_that_leaves_half_way_is_no_failure_of_ours(client, lines) -> None:
    async def gone():
        return {"type": "http.disconnect"}

    async def nothing(message):
        raise AssertionError(f"nobody is there to hear {message}")

    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        add_device(tx, "phone-1", v.a_vehicle(1).id, token_digest("token"))
    scope = {"type": "http", "method": "POST", "path": "/positions", "query_string": b""}
    scope |= {"headers": [(b"authorization", b"Bearer token")], "app": client.app}
    client.portal.call(client.app, scope, gone, nothing)
    assert [(line["route"], line["status"]) for line in lines()] == [("/positions", 499)]


def test_people_get_one_plain_line(client, sign_in, capsys) -> None:
    configure_logs(LogStyle.TEXT)
    sign_in()
    request_id = client.get("/api/board").headers["x-request-id"]
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "/api/board" in line]
    assert " INFO barfrub.requests: GET /api/board 200 " in line
    assert line.endswith(f" ms dispatcher [{request_id}]")


@pytest.mark.usefixtures("_logging_as_before")
def test_no_text_begins_a_line_of_its_own_and_times_are_in_utc(capsys) -> None:
    configure_logs(LogStyle.TEXT)
    logging.getLogger("barfrub").warning("%s", "Truck 7\r\n2026 INFO forged\x1b[2J\u2028end")
    (line,) = capsys.readouterr().err.split("\n")[:-1]
    assert line.endswith(r"Truck 7\r\n2026 INFO forged\x1b[2J\u2028end")
    assert datetime.fromisoformat(line.split()[0]).utcoffset() == timedelta(0)


def test_an_error_of_the_database_does_not_show_what_was_to_be_stored(client, caplog) -> None:
    with (
        pytest.raises(Exception, match=r"(?i)unique") as caught,
        transaction(client.app.state.barfrub.engine) as tx,
    ):
        add_user(tx, "driver", [], "en", "argon-hash-of-karimi")
    assert "karimi" not in str(caught.value)
    for error in (caught.value, caught.value.__cause__):
        assert "(driver)" not in str(error)
