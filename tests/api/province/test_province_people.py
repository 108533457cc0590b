"""One account in several towns: roles of each, one password, one second step, one end."""

import re
import time

import pytest
from fastapi.testclient import TestClient
from pyotp import TOTP
from typer.testing import CliRunner

from api.cli.main import commands
from api.server.app import create_app
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.store.accounts.sessions import list_sessions
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from fleet.accounts.accounts import token_digest
from fleet.accounts.people import find_person
from tests.api.province.conftest import PROVINCE, TABRIZ, URMIA
from tests.conftest import PASSWORD

OTHER_PASSWORD = "spring-is-short"


@pytest.fixture
def barfrub(settings, cities, password_hash, monkeypatch):
    """Run a command of the console."""
    monkeypatch.setenv("BARFRUB_VAR", str(settings.var))
    monkeypatch.setattr("api.cli.setup.province.hash_password", lambda _: password_hash)

    def run(*words: str):
        return CliRunner().invoke(commands, ["province", "user", *words])

    return run


@pytest.fixture
def leila(barfrub):
    """A person of the province: dispatcher in Urmia, council in Tabriz."""
    roles = ("--role", "urmia:dispatcher", "--role", "tabriz:council")
    done = barfrub("add", "leila", *roles, "--password", PASSWORD, "--language", "en")
    assert done.exit_code == 0, done.output
    return "leila"


def token(browser, address):
    domain = address.removeprefix("http://")
    found = [
        each.value
        for each in browser.cookies.jar
        if each.name == CSRF_COOKIE and each.domain == domain
    ]
    return found[0] if found else ""


def sign_in(browser, address, login="leila", password=PASSWORD):
    browser.get(f"{address}/sign-in")
    form = {"login": login, "password": password, "csrf": token(browser, address)}
    return browser.post(f"{address}/sign-in", data=form, follow_redirects=False)


def post(browser, address, path, **form):
    sent = {"csrf": token(browser, address), **form}
    headers = {"x-csrf-token": sent["csrf"]}
    return browser.post(f"{address}{path}", data=sent, headers=headers, follow_redirects=False)


def test_one_account_is_dispatcher_in_one_town_and_council_in_the_other(browser, leila, cities):
    for address, roles in ((URMIA, ["dispatcher"]), (TABRIZ, ["council"])):
        assert sign_in(browser, address).json() == {"login": "leila", "roles": roles}
    assert browser.get(f"{URMIA}/api/board").status_code == 200
    assert browser.get(f"{TABRIZ}/api/board").status_code == 403
    assert browser.get(f"{TABRIZ}/api/council").status_code == 200
    begun = browser.post(
        f"{URMIA}/api/storms",
        json={"name": "First snow"},
        headers={"x-csrf-token": token(browser, URMIA)},
    )
    assert begun.status_code == 201
    with reading(database_of(cities["urmia"])) as tx:
        said = {(line.actor.id, line.verb) for line in list_events(tx)}
    assert {("province", "user.added"), ("leila", "user.signed_in")} <= said
    assert any(who == "leila" and verb.startswith("storm.") for who, verb in said)


def test_signing_in_anew_in_one_town_ends_no_session_of_another(browser, leila):
    for address in (TABRIZ, URMIA, URMIA):
        assert sign_in(browser, address).status_code == 200
    assert browser.get(f"{TABRIZ}/api/council").status_code == 200
    assert browser.get(f"{URMIA}/api/board").status_code == 200


def test_who_has_no_role_in_a_town_does_not_come_in(browser, leila, barfrub):
    assert barfrub("roles", leila, "tabriz").exit_code == 0
    assert sign_in(browser, TABRIZ).status_code == 401
    assert sign_in(browser, URMIA).status_code == 200


def test_a_wrong_password_is_refused_and_counted_in_all_towns_together(browser, leila):
    answers = [sign_in(browser, each, password="x").status_code for each in (URMIA, TABRIZ) * 3]
    assert answers == [401] * 5 + [429]
    assert sign_in(browser, PROVINCE).status_code == 429


def test_a_name_that_a_town_has_itself_is_no_name_of_the_province(barfrub):
    taken = barfrub("add", "dispatcher", "--role", "urmia:council", "--password", PASSWORD)
    assert "of the city's own already" in str(taken.exception)
    assert "dispatcher" not in barfrub("list").stdout


def test_a_locked_account_ends_in_all_towns_at_once_and_for_good(browser, leila, barfrub):
    for address in (URMIA, TABRIZ, PROVINCE):
        sign_in(browser, address)
    assert browser.get(f"{URMIA}/api/board").status_code == 200
    assert barfrub("lock", leila).exit_code == 0
    for address, path in ((URMIA, "/api/board"), (TABRIZ, "/api/council"), (PROVINCE, "/overview")):
        assert browser.get(f"{address}{path}").status_code == 401, address
    assert sign_in(browser, URMIA).status_code == 403
    assert barfrub("unlock", leila).exit_code == 0
    assert browser.get(f"{URMIA}/api/board").status_code == 401
    assert sign_in(browser, URMIA).status_code == 200


def test_other_roles_count_from_the_next_request_on(browser, leila, barfrub):
    sign_in(browser, TABRIZ)
    assert browser.get(f"{TABRIZ}/api/board").status_code == 403
    assert barfrub("roles", leila, "tabriz", "--role", "supervisor").exit_code == 0
    assert browser.get(f"{TABRIZ}/api/board").status_code == 200
    assert barfrub("roles", leila, "tabriz").exit_code == 0
    assert browser.get(f"{TABRIZ}/api/board").status_code == 401


def test_who_is_removed_is_gone_everywhere(browser, leila, barfrub):
    sign_in(browser, URMIA)
    assert barfrub("remove", leila).exit_code == 0
    assert browser.get(f"{URMIA}/api/board").status_code == 401
    assert sign_in(browser, URMIA).status_code == 401
    assert "no roles; locked" in barfrub("list").stdout


def test_a_password_changed_in_one_town_is_another_in_all(browser, leila):
    sign_in(browser, URMIA)
    sign_in(browser, TABRIZ)
    page = browser.get(f"{URMIA}/account", headers={"accept": "text/html"}).text
    assert "All your sessions end, in every town." in page
    changed = post(browser, URMIA, "/account/password", password=PASSWORD, wanted=OTHER_PASSWORD)
    assert changed.status_code == 303
    assert browser.get(f"{TABRIZ}/api/council").status_code == 401
    assert sign_in(browser, TABRIZ).status_code == 401
    assert sign_in(browser, TABRIZ, password=OTHER_PASSWORD).status_code == 200


def test_signing_out_everywhere_is_everywhere(browser, leila):
    for address in (URMIA, TABRIZ, PROVINCE):
        sign_in(browser, address)
    assert post(browser, URMIA, "/account/sign-out-everywhere").status_code == 303
    assert browser.get(f"{TABRIZ}/api/council").status_code == 401
    assert browser.get(f"{PROVINCE}/overview").status_code == 401


def test_what_a_town_knows_of_a_session_does_not_sign_in_at_the_province(browser, leila):
    sign_in(browser, URMIA)
    (text,) = (each.value for each in browser.cookies.jar if each.name == SESSION_COOKIE)
    for sent in (text, f"city {text}", f'"city {text}"', f"city {token_digest(text)}"):
        copied = {"cookie": f"{SESSION_COOKIE}={sent}"}
        for address, path in ((PROVINCE, "/overview"), (TABRIZ, "/api/council")):
            assert browser.get(f"{address}{path}", headers=copied).status_code == 401, sent


def test_a_session_that_ends_in_a_town_leaves_nothing_at_the_province(browser, leila):
    def kept():
        with reading(province.accounts.engine) as tx:
            return len(list_sessions(tx, find_person(tx, leila).id))

    province = browser.app.hosted["province.example.ir"].web.state.province
    sign_in(browser, URMIA)
    assert kept() == 1
    assert post(browser, URMIA, "/sign-out").status_code == 303
    assert kept() == 0
    sign_in(browser, URMIA)
    page = browser.get(f"{URMIA}/account", headers={"accept": "text/html"}).text
    (own,) = re.findall(r"/account/sessions/\d+/end", page)
    assert post(browser, URMIA, own).status_code == 303
    assert kept() == 0


def test_a_code_of_the_phone_counts_once_in_all_towns_together(browser, leila, settings):
    sign_in(browser, URMIA)
    post(browser, URMIA, "/account/second-step/begin", password=PASSWORD)
    shown = browser.get(f"{URMIA}/account/second-step", headers={"accept": "text/html"}).text
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]{32,})</code>", shown)[1].replace(" ", "")
    phone, now = TOTP(secret), time.time()
    post(browser, URMIA, "/account/second-step/confirm", code=phone.at(now))
    asked = sign_in(browser, TABRIZ)
    assert asked.json() == {"second_step": "/sign-in/code"}
    assert browser.get(f"{TABRIZ}/api/council").status_code == 401
    assert post(browser, TABRIZ, "/sign-in/code", code=phone.at(now)).status_code == 401
    later = phone.at(now + 30)
    assert post(browser, TABRIZ, "/sign-in/code", code=later).status_code == 200
    assert sign_in(browser, PROVINCE).headers["location"] == "/sign-in/code"
    assert post(browser, PROVINCE, "/sign-in/code", code=later).status_code == 401
    assert browser.get(f"{PROVINCE}/overview").status_code == 401


def test_a_town_may_shut_a_person_of_the_province_out_but_not_change_the_account(browser, leila):
    sign_in(browser, URMIA)
    sign_in(browser, URMIA, "administrator")
    headers = {"x-csrf-token": token(browser, URMIA)}
    people = browser.get(f"{URMIA}/api/people").json()
    (row,) = (each for each in people if each["login"] == leila)
    assert row["state"] == "province"
    base = f"{URMIA}/api/people/{row['id']}"
    for path, body in (("roles", {"roles": ["council"]}), ("invitation", None)):
        refused = browser.post(f"{base}/{path}", json=body, headers=headers)
        assert refused.status_code == 409, path
    assert browser.post(f"{base}/disable", headers=headers).status_code == 200
    browser.cookies.clear()
    assert sign_in(browser, URMIA).status_code == 403
    assert sign_in(browser, TABRIZ).status_code == 200


def test_a_town_served_alone_lets_nobody_of_the_province_in(leila, settings, cities, clock):
    with TestClient(create_app(settings, cities["urmia"], clock), base_url=URMIA) as alone:
        alone.headers["accept"] = "application/json"
        assert sign_in(alone, URMIA).status_code == 401
