"""Forgotten passwords: who asks is told nothing, and a code or a link makes a new one."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.auth import password_fits
from api.access.rate_limits import ALLOWANCES, PublicAction
from data.store.accounts.accounts import find_user_by_login, set_phone
from data.store.accounts.sessions import list_sessions
from data.store.accounts.token_bucket import Allowance
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from fleet.accounts.accounts import disable, reset_password, set_password
from fleet.accounts.password_reset import waiting_for_reset
from tests.api.recording_gateway import RecordingGateway, RecordingSettings
from tests.begun_session import begun_session
from tests.village import NOW
from tests.village_database import DISPATCHER

PAGE = {"accept": "text/html"}
LONG = "four words of snow"
NUMBER = "0914 123 4567"


@pytest.fixture
def by_phone(app: Any, recorder: RecordingGateway, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The village with a gateway for text messages, and the dispatcher's number."""
    settings = RecordingSettings(sms="json://gateway/{phone}", recorder=recorder)
    monkeypatch.setattr(app.notice_sender, "_settings", settings)
    monkeypatch.setattr(app.notice_sender, "gateway", recorder)
    with transaction(app.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
        assert user is not None
        set_phone(tx, user.id, NUMBER)
    return app


def ask(client: TestClient, login: str) -> str:
    client.get("/forgotten")
    form = {"login": login, "csrf": client.cookies["barfrub_csrf"]}
    answer = client.post("/forgotten", data=form, headers=PAGE)
    assert answer.status_code == 200
    return str(re.sub(r"csrf\W+value=\S+", "", answer.text))


def choose(client: TestClient, code: str, password: str = LONG, login: str = "dispatcher") -> Any:
    form = {"login": login, "code": code, "password": password}
    form["csrf"] = client.cookies["barfrub_csrf"]
    return client.post("/forgotten/code", data=form, headers=PAGE, follow_redirects=False)


def sent_code(recorder: RecordingGateway) -> str:
    [(who, text)] = recorder.sent
    assert who.phone == NUMBER
    return text.body.split()[0]


def verbs(app: Any) -> list[str]:
    with reading(app.engine) as tx:
        return [event.verb for event in list_events(tx) if event.verb.startswith("user.")]


def test_a_code_by_phone_makes_a_new_password_once_and_ends_all_sessions(
    client: TestClient, by_phone: Any, recorder: RecordingGateway
) -> None:
    begun_session(by_phone.engine, "dispatcher")
    ask(client, "dispatcher")
    code = sent_code(recorder)

    weak = choose(client, code, "dispatcher12")
    assert weak.status_code == 422
    assert 'id="fault"' in weak.text
    assert choose(client, code.lower()).headers["location"] == "/"
    with reading(by_phone.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
        assert user is not None
        assert password_fits(user.password_hash, LONG)
        assert len(list_sessions(tx, user.id)) == 1
    assert verbs(by_phone)[-3:] == ["user.reset_asked", "user.password_set", "user.signed_in"]

    client.cookies.clear()
    client.get("/forgotten")
    assert choose(client, code).status_code == 409


def test_a_wrong_code_leads_to_another_and_stays_asked_for_in_another_language(
    client: TestClient, by_phone: Any
) -> None:
    ask(client, "dispatcher")
    refused = choose(client, "AAAA-AAAA").text
    assert 'href="/forgotten?login=dispatcher"' in refused

    (path,) = re.findall(r'name="next" value="(.+?)"', refused)
    form = {"language": "fa", "next": unescape(path), "csrf": client.cookies["barfrub_csrf"]}
    persian = client.post("/language", data=form, headers=PAGE).text
    assert 'lang="fa"' in persian
    assert 'name="code"' in persian
    assert 'value="dispatcher"' in persian


def test_a_code_is_for_its_name_and_for_a_quarter_of_an_hour(
    client: TestClient, by_phone: Any, recorder: RecordingGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "dispatcher")
    code = sent_code(recorder)
    assert choose(client, code, login="operator").status_code == 409
    assert choose(client, code, login="nobody").status_code == 409
    late = by_phone.sessions.now() + timedelta(minutes=16)
    monkeypatch.setattr(by_phone.sessions, "now", lambda: late)
    assert choose(client, code).status_code == 409


@pytest.mark.parametrize("login", ["nobody", "operator", "supervisor"])
def test_an_answer_tells_nothing_of_a_name(
    client: TestClient, by_phone: Any, recorder: RecordingGateway, login: str
) -> None:
    with transaction(by_phone.engine) as tx:
        shut_out = find_user_by_login(tx, "supervisor")
        assert shut_out is not None
        disable(tx, DISPATCHER, shut_out.id, NOW)
    other = ask(client, login)
    assert recorder.sent == []
    assert other == ask(client, "dispatcher").replace("dispatcher", login)


def test_a_password_from_elsewhere_ends_the_code(
    client: TestClient, by_phone: Any, recorder: RecordingGateway
) -> None:
    ask(client, "dispatcher")
    with transaction(by_phone.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
        assert user is not None
        set_password(tx, DISPATCHER, user, "hash", NOW)
    assert choose(client, sent_code(recorder)).status_code == 409


def test_nobody_gets_many_messages(
    client: TestClient, by_phone: Any, recorder: RecordingGateway
) -> None:
    for _ in range(5):
        ask(client, "dispatcher")
    assert len(recorder.sent) == 3


def test_wrong_codes_are_counted(client: TestClient, by_phone: Any) -> None:
    ask(client, "dispatcher")
    assert {choose(client, "AAAA-AAAA").status_code for _ in range(10)} == {409}
    assert choose(client, "AAAA-AAAA").status_code == 429


def test_a_weak_password_is_no_wrong_code(client: TestClient, by_phone: Any) -> None:
    ask(client, "dispatcher")
    assert {choose(client, "AAAA-AAAA", "short").status_code for _ in range(11)} == {422}
    assert choose(client, "AAAA-AAAA").status_code == 409


def test_a_wrong_code_is_told_from_a_wrong_password_in_the_log(
    client: TestClient, by_phone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ask(client, "dispatcher")
    choose(client, "AAAA-AAAA")
    assert "a wrong code for a new password of account" in caplog.text


def test_all_of_a_city_together_get_so_many_messages(
    client: TestClient,
    by_phone: Any,
    recorder: RecordingGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(ALLOWANCES, PublicAction.FORGOTTEN_CITY, Allowance(1, 0.1))
    with transaction(by_phone.engine) as tx:
        other = find_user_by_login(tx, "operator")
        assert other is not None
        set_phone(tx, other.id, NUMBER)
    for login in ("dispatcher", "operator"):
        ask(client, login)
    assert len(recorder.sent) == 1
    assert verbs(by_phone).count("user.reset_asked") == 2


def test_who_has_no_password_is_seen_to_have_asked_for_some_days(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    with transaction(app.engine) as tx:
        user = find_user_by_login(tx, "operator")
        assert user is not None
        reset_password(tx, DISPATCHER, user.id, NOW)
    ask(client, "operator")
    with reading(app.engine) as tx:
        now = app.clock.now()
        assert list(waiting_for_reset(tx, now)) == [user.id]
        assert waiting_for_reset(tx, now + timedelta(days=4)) == {}


def test_where_no_messages_go_out_administrators_see_who_asked(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    assert 'name="code"' not in ask(client, "operator")

    sign_in("administrator")
    people = {one["login"]: one for one in client.get("/api/people").json()}
    assert [login for login, one in people.items() if one["forgot_at"]] == ["operator"]
    link = client.post(f"/api/people/{people['operator']['id']}/invitation").json()
    assert link["person"]["forgot_at"] is None
    assert link["path"].startswith("/welcome/")


def test_a_person_has_a_name_and_a_number(client: TestClient, app: Any, sign_in: Any) -> None:
    sign_in("administrator")
    wanted = {"login": "sara", "roles": ["operator"], "language": "fa", "name": "سارا کریمی"}
    made = client.post("/api/people", json=wanted | {"phone": "۰۹۱۴ ۱۲۳ ۴۵۶۷"}).json()["person"]
    assert (made["name"], made["phone"]) == ("سارا کریمی", NUMBER)

    path = f"/api/people/{made['id']}/contact"
    client.post(path, json={"name": "سارا کریمی", "phone": "۰۹۱۴ ۱۲۳ ۴۵۶۷"})
    assert verbs(app).count("user.phone_set") == 1  # the same number says nothing new
    assert client.post(path, json={"name": "Sara", "phone": ""}).json()["phone"] == ""
    assert client.post(path, json={"name": "Sara", "phone": "by pigeon"}).status_code == 422
