"""The page of one's own account: sessions and password."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.access.auth import password_fits
from data.model import SignInMethod, UserId
from data.store.accounts.accounts import find_user_by_login
from data.store.accounts.sessions import list_sessions
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from fleet.accounts.accounts import disable
from fleet.accounts.phone_tokens import LASTS, enter_phone_token, give_phone_token
from maps.accounts.own_account import browser_name
from maps.pages.qr_code import qr_code
from tests.begun_session import begun_session
from tests.conftest import PASSWORD
from tests.village import NOW
from tests.village_database import DISPATCHER

PAGE = {"accept": "text/html"}
LONG = "four words of snow"


def sessions_of(app: Any, login: str = "dispatcher") -> list[Any]:
    with reading(app.engine) as tx:
        user = find_user_by_login(tx, login)
        assert user is not None
        return list_sessions(tx, user.id)


def lets_in(client: TestClient, text: str) -> bool:
    """Whether a cookie is worth something, by itself."""
    alone = TestClient(client.app, cookies={"barfrub_session": text})
    return alone.get("/operator", headers={"accept": "application/json"}).status_code == 200


def test_a_person_sees_where_they_are_signed_in(client: TestClient, app: Any, sign_in: Any) -> None:
    begun_session(app.engine, "operator")
    begun_session(app.engine, "dispatcher", SignInMethod.CODE)
    sign_in("dispatcher")
    html = client.get("/account?lang=en", headers=PAGE).text
    assert html.count("Firefox · Linux") == 2
    assert (html.count(">this session<"), html.count("by code")) == (1, 1)
    assert "10.0.0.7" in html


def test_one_session_is_ended_and_the_others_go_on(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    lost = begun_session(app.engine, "dispatcher")
    (old,) = sessions_of(app)
    sign_in("dispatcher")
    answer = client.post(f"/account/sessions/{old.id}/end", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert not lets_in(client, lost.text)
    assert client.get("/operator").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    begun_session(app.engine, "operator")
    (other,) = sessions_of(app, "operator")
    sign_in("dispatcher")
    assert client.post(f"/account/sessions/{other.id}/end").status_code == 404
    assert sessions_of(app, "operator") == [other]


def test_signing_out_everywhere_ends_this_session_too(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    lost = begun_session(app.engine, "dispatcher")
    sign_in("dispatcher")
    kept = client.cookies["barfrub_session"]
    answer = client.post("/account/sign-out-everywhere", follow_redirects=False)
    assert answer.headers["location"] == "/sign-in"
    assert not lets_in(client, lost.text)
    assert not lets_in(client, kept)


def test_a_new_password_ends_all_other_sessions(client: TestClient, app: Any, sign_in: Any) -> None:
    lost = begun_session(app.engine, "dispatcher")
    sign_in("dispatcher")
    form = {"password": PASSWORD, "wanted": LONG}
    answer = client.post("/account/password", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=password")
    assert not lets_in(client, lost.text)
    assert client.get("/operator").status_code == 200
    with reading(app.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
    assert user is not None
    assert password_fits(user.password_hash, LONG)


@pytest.mark.parametrize(("password", "wanted"), [("guess", LONG), (PASSWORD, "short")])
def test_a_password_is_changed_by_who_knows_it_and_to_a_good_one(
    client: TestClient, app: Any, sign_in: Any, password: str, wanted: str
) -> None:
    sign_in("dispatcher")
    answer = client.post("/account/password", data={"password": password, "wanted": wanted})
    assert answer.status_code in (401, 422)
    with reading(app.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
    assert user is not None
    assert password_fits(user.password_hash, PASSWORD)


def test_guesses_of_ones_own_password_are_limited_as_at_the_door(
    client: TestClient, sign_in: Any
) -> None:
    sign_in("dispatcher")
    form = {"password": "guess", "wanted": LONG}
    answers = [client.post("/account/password", data=form).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_an_administrator_signs_somebody_out_everywhere(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    lost = [begun_session(app.engine, "dispatcher") for _ in range(2)]
    sign_in("administrator")
    people = {one["login"]: one for one in client.get("/api/people").json()}
    assert people["dispatcher"]["sessions"] == 2
    answer = client.post(f"/api/people/{people['dispatcher']['id']}/sign-out")
    assert answer.json()["sessions"] == 0
    assert not any(lets_in(client, one.text) for one in lost)
    with reading(app.engine) as tx:
        last = list_events(tx)[-1]
    assert (last.verb, last.after) == ("user.sessions_ended", {"sessions": 2})


def test_who_is_shut_out_has_no_session_left(client: TestClient, app: Any) -> None:
    lost = begun_session(app.engine, "dispatcher")
    with transaction(app.engine) as tx:
        user = find_user_by_login(tx, "dispatcher")
        assert user is not None
        disable(tx, DISPATCHER, UserId(user.id), NOW)
    assert not lets_in(client, lost.text)
    assert sessions_of(app) == []


def test_a_wall_display_has_no_account_page(client: TestClient, sign_in: Any) -> None:
    sign_in("wall")
    assert client.get("/account").status_code == 403


def test_the_page_names_no_session_by_what_is_stored_of_it(
    client: TestClient, app: Any, sign_in: Any
) -> None:
    sign_in("dispatcher")
    (session,) = sessions_of(app)
    assert session.digest not in client.get("/account", headers=PAGE).text
    assert re.search(r"/account/sessions/\d+/end", client.get("/account", headers=PAGE).text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_called_as_people_call_them(text: str, name: str) -> None:
    assert browser_name(text) == name


@pytest.mark.parametrize("path", ["/account/sign-out-everywhere", "/account/password"])
def test_forms_of_the_page_send_their_token_as_a_field(
    client: TestClient, sign_in: Any, path: str
) -> None:
    sign_in("dispatcher")
    csrf = client.headers.pop("x-csrf-token")
    form = {"password": PASSWORD, "wanted": LONG}
    for wrong in ({}, {"csrf": ""}, {"csrf": "made up"}):
        assert client.post(path, data=form | wrong).status_code == 403
    answer = client.post(path, data=form | {"csrf": csrf}, follow_redirects=False)
    assert answer.status_code == 303


def test_a_supervisor_lets_their_own_phone_in_by_a_qr_code_once(
    client: TestClient, app: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(
        "api.accounts.own_account.qr_code", lambda text: drawn.append(text) or qr_code("")
    )
    sign_in("supervisor")
    refused = client.post("/account/phone", data={"password": "wrong"}, headers=PAGE)
    assert (refused.status_code, drawn) == (401, [])
    shown = client.post("/account/phone", data={"password": PASSWORD}, headers=PAGE)
    address, _, token = drawn[0].partition("#link=")
    assert address == "http://testserver/drive"
    assert 'class="qr"' in shown.text
    assert token not in shown.text
    ways = []
    for _ in range(2):
        phone = TestClient(client.app)
        phone.get("/drive", headers=PAGE)
        form = {"code": token, "csrf": phone.cookies["barfrub_csrf"]}
        answer = phone.post("/drive", data=form, headers=PAGE, follow_redirects=False)
        ways.append((answer.status_code, answer.headers.get("location")))
    assert ways == [(303, "/inspect"), (401, None)]
    assert [one.method for one in sessions_of(app, "supervisor")].count(SignInMethod.CODE) == 1


def test_a_token_for_a_phone_is_worth_nothing_after_ten_minutes(app: Any, sign_in: Any) -> None:
    sign_in("supervisor")
    with transaction(app.engine) as tx:
        user = find_user_by_login(tx, "supervisor")
        assert user is not None
        token = give_phone_token(tx, DISPATCHER, user, NOW)
        assert enter_phone_token(tx, token, NOW + LASTS) is None
        assert enter_phone_token(tx, token, NOW) == user
