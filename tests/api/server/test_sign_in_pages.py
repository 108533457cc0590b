from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from html import escape
from itertools import pairwise

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from api.access.auth import (
    SESSION_S,
    SIGNING_IN_AT_ONCE,
    FirstStartSession,
    Seals,
    TooManyError,
    password_outdated,
    place_to_sign_in,
)
from api.access.code_limit import SignInLimit, failures, memory_counts
from api.config.console import CONSOLE
from data.store.accounts.accounts import find_user_by_login, set_password_hash
from data.store.database.engine import transaction
from data.store.schema import session as session_table
from fleet.accounts.accounts import set_password
from tests.api.conftest import PASSWORD
from tests.forms import language_form
from tests.seconds import Seconds
from tests.village import NOW

HTML = {"accept": "text/html"}


def test_the_right_password_opens_the_board(client, sign_in_by_form):
    assert sign_in_by_form("dispatcher").json() == {"login": "dispatcher", "roles": ["dispatcher"]}
    board = client.get("/", headers=HTML)
    assert board.status_code == 200
    assert "Village" in board.text


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(client, sign_in_by_form):
    cookie = next(
        line
        for line in sign_in_by_form().headers.get_list("set-cookie")
        if "barfrub_session" in line
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_cookies_are_for_https_only_where_the_page_came_by_https(client):
    client.base_url = "https://barfrub.test"
    assert "Secure" in client.get("/sign-in").headers["set-cookie"]


@pytest.mark.parametrize("login", ["dispatcher", "nobody"])
def test_a_wrong_password_and_an_unknown_name_look_the_same(client, sign_in_by_form, login):
    answer = sign_in_by_form(login, "guess")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "wrong_password"
    assert "barfrub_session" not in client.cookies


def test_a_wrong_password_in_the_browser_shows_the_form_again_with_the_name(client):
    client.headers.update(HTML)
    client.get("/sign-in")
    form = {"login": "dispatcher", "password": "guess", "csrf": client.cookies["barfrub_csrf"]}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert 'value="dispatcher"' in answer.text
    assert 'role="alert"' in answer.text


def test_after_five_failures_even_the_right_password_must_wait(sign_in_by_form):
    for _ in range(5):
        assert sign_in_by_form("dispatcher", "guess").status_code == 401
    refused = sign_in_by_form("dispatcher")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert sign_in_by_form("operator").status_code == 200


def test_the_limit_forgives_when_its_window_has_passed():
    clock = Seconds()
    limit = SignInLimit(memory_counts(clock_s=clock), by_name=failures(2, window_s=60))
    limit.enter("ali", "here")
    clock.now_s = 10
    limit.enter("ali", "here")
    clock.now_s = 59
    with pytest.raises(TooManyError):
        limit.enter("ali", "here")
    limit.enter("ali", "elsewhere")
    clock.now_s = 61
    limit.enter("ali", "here")


def test_guessing_many_names_from_one_address_is_refused_too():
    limit = SignInLimit(memory_counts(), by_address=failures(3))
    for login in ("ali", "sara", "reza"):
        limit.enter(login, "here")
    with pytest.raises(TooManyError):
        limit.enter("mina", "here")
    limit.enter("mina", "elsewhere")


def test_the_many_addresses_of_one_ipv6_subscriber_count_as_one():
    limit = SignInLimit(memory_counts(), by_address=failures(3))
    for number in range(3):
        limit.enter(f"user-{number}", f"2001:db8:1:2::{number + 1}")
    with pytest.raises(TooManyError):
        limit.enter("another", "2001:db8:1:2:ffff::9")
    limit.enter("another", "2001:db8:1:3::9")
    limit.enter("another", "testclient")


def test_the_limit_remembers_only_so_many():
    limit = SignInLimit(memory_counts(remembered=3), by_name=failures(1))
    for address in ("here", "there"):
        limit.enter("ali", address)
    limit.enter("ali", "here")
    with pytest.raises(TooManyError):
        limit.enter("ali", "here")


def test_a_crowd_that_signs_in_leaves_threads_to_others_and_counts_against_nobody(
    client, sign_in_by_form
):
    with ExitStack() as places:
        for _ in range(SIGNING_IN_AT_ONCE):
            places.enter_context(place_to_sign_in())
        assert [sign_in_by_form().status_code for _ in range(7)] == [429] * 7
        assert client.get("/sign-in").status_code == 200
    assert sign_in_by_form().status_code == 200


def test_parallel_guesses_do_not_pass_the_limit(client, monkeypatch):
    client.get("/sign-in")
    csrf, compared = client.cookies["barfrub_csrf"], []
    monkeypatch.setattr(
        "api.access.sign_in_accounts.password_fits", lambda *_: compared.append(1) or False
    )
    form = {"login": "dispatcher", "password": "guess", "csrf": csrf}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.post("/sign-in", data=form), range(24)))
    assert len(compared) == 5
    assert sorted({answer.status_code for answer in answers}) == [401, 429]


def test_signing_in_without_the_forms_token_is_refused(client):
    answer = client.post("/sign-in", data={"login": "dispatcher", "password": PASSWORD})
    assert answer.status_code == 403


def test_a_token_that_another_site_made_up_is_refused(client):
    client.cookies.set("barfrub_csrf", "made-up")
    form = {"login": "dispatcher", "password": PASSWORD, "csrf": "made-up"}
    assert client.post("/sign-in", data=form).status_code == 403


def test_an_order_without_the_token_is_refused(client, sign_in):
    sign_in()
    del client.headers["x-csrf-token"]
    assert client.post("/sign-out").status_code == 403
    assert client.get("/", headers=HTML).status_code == 200


def test_a_visitor_is_sent_to_the_sign_in_and_back(client):
    answer = client.get("/operator", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/operator")


def test_a_program_without_a_session_gets_an_error(client):
    answer = client.get("/operator")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")


@pytest.mark.parametrize("goal", ["https://evil.test/", "//evil.test", "/\\evil.test"])
def test_signing_in_never_leads_to_another_host(client, sign_in, goal):
    sign_in()
    answer = client.get("/sign-in", params={"next": goal}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_signing_out_ends_the_session_also_for_who_kept_its_cookie(client, sign_in):
    sign_in()
    kept = {"cookie": f"barfrub_session={client.cookies['barfrub_session']}"}
    assert client.get("/operator", headers=kept).status_code == 200
    client.post("/sign-out", follow_redirects=False)
    client.cookies.clear()
    assert client.get("/operator", headers=kept).status_code == 401


def test_a_new_password_ends_old_sessions(client, app, sign_in):
    sign_in()
    with transaction(app.engine) as tx:
        set_password(tx, CONSOLE, find_user_by_login(tx, "dispatcher"), "another", NOW)
    assert client.get("/operator").status_code == 401


def test_a_password_that_was_hashed_weakly_is_hashed_anew(client, sign_in_by_form):
    engine = client.app.state.barfrub.engine
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with transaction(engine) as tx:
        set_password_hash(tx, find_user_by_login(tx, "dispatcher").id, weak)
    assert sign_in_by_form().status_code == 200
    assert client.get("/operator").status_code == 200
    with transaction(engine) as tx:
        now_kept = find_user_by_login(tx, "dispatcher").password_hash
    assert now_kept != weak
    assert not password_outdated(now_kept)


def test_a_session_nobody_began_is_nobody(client, sign_in):
    sign_in()
    text = client.cookies["barfrub_session"]
    client.cookies.clear()
    for forged in ("", "guess", text[:-1], text + "x", "\u06f1"):
        headers = {"cookie": f"barfrub_session={forged}".encode()}
        assert client.get("/operator", headers=headers).status_code == 401


def test_a_first_starts_session_cannot_be_forged():
    session = FirstStartSession("token", "stamp")
    genuine = Seals(b"ours").seal_session(session)
    assert Seals(b"ours").read_session(genuine) == session
    assert Seals(b"theirs").read_session(genuine) is None
    assert Seals(b"ours").read_session(genuine[:-2]) is None
    assert Seals(b"ours").read_session(None) is None


def test_a_session_ends_after_a_shift(client, app, sign_in):
    sign_in()
    began = app.sessions.now()
    app.sessions.now = lambda: began + timedelta(seconds=SESSION_S - 60)
    assert client.get("/operator").status_code == 200
    app.sessions.now = lambda: began + timedelta(seconds=SESSION_S + 60)
    assert client.get("/operator").status_code == 401


def test_the_database_holds_no_text_that_lets_anybody_in(client, app, sign_in):
    sign_in()
    with transaction(app.engine) as tx:
        (row,) = tx.execute(select(session_table)).mappings()
    text, csrf = client.cookies["barfrub_session"], client.headers["x-csrf-token"]
    assert text not in str(dict(row))
    assert csrf not in str(dict(row))


def test_every_sign_in_makes_a_new_token(client, sign_in_by_form):
    tokens = []
    for _ in range(3):
        sign_in_by_form()
        tokens.append(client.cookies["barfrub_csrf"])
    assert all(one != other for one, other in pairwise(tokens))


def test_signing_in_ends_the_session_that_the_browser_had(client, sign_in_by_form):
    sign_in_by_form()
    before = client.cookies["barfrub_session"]
    form = {"login": "operator", "password": PASSWORD, "csrf": client.cookies["barfrub_csrf"]}
    assert client.post("/sign-in", data=form).json()["login"] == "operator"
    assert client.get("/operator").status_code == 200
    client.cookies.clear()
    client.cookies.set("barfrub_session", before)
    assert client.get("/board", follow_redirects=False).status_code == 401


def test_the_switch_of_language_is_remembered_for_the_user(client, sign_in):
    sign_in()
    client.post("/language", data={"language": "fa"}, follow_redirects=False)
    assert 'dir="rtl"' in client.get("/operator", headers=HTML).text
    client.cookies.delete("barfrub_language")
    assert 'lang="fa"' in client.get("/operator", headers=HTML).text


def test_who_changes_the_language_before_signing_in_still_gets_where_he_wanted(client):
    goal = "/operator?reference=B-0001&kind=plow"
    shown = client.get("/sign-in", params={"next": goal}, headers=HTML).text
    led = client.post("/language", data=language_form(shown), follow_redirects=False)
    in_persian = client.get(led.headers["location"], headers=HTML).text
    assert 'lang="fa"' in in_persian
    assert f'name="next" value="{escape(goal)}"' in in_persian


def test_the_address_may_ask_for_a_language(client):
    assert 'lang="fa"' in client.get("/sign-in?lang=fa", headers=HTML).text
    assert 'lang="en"' in client.get("/sign-in?lang=en", headers=HTML).text


def test_a_visitor_gets_the_browsers_language(client):
    english = client.get("/sign-in", headers=HTML | {"accept-language": "de, en-GB;q=0.8"})
    assert 'lang="en"' in english.text


def test_a_language_we_do_not_speak_is_refused(client, sign_in):
    sign_in()
    answer = client.post("/language", data={"language": "tlh"})
    assert answer.status_code == 422
    assert answer.json()["error"]["values"]["field"] == "language"
