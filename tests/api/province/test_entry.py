"""Who is signed in at the province enters a town without signing in; nobody else does."""

from dataclasses import replace
from datetime import timedelta
from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from pyotp import TOTP
from sqlalchemy import update

from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import Role
from data.store.accounts.sessions import list_sessions, set_used_at
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.schema import session
from fleet.accounts.entry_tickets import LASTS, issue_ticket, redeem_ticket, state_of
from fleet.accounts.people import find_person
from fleet.accounts.province_people import give_roles, known_person, lock_person, new_person
from fleet.accounts.second_factor import begin_second_factor, confirm_second_factor, secret_of
from fleet.accounts.sessions import own_sessions
from tests.api.province.conftest import PROVINCE, TABRIZ, URMIA, app_of
from tests.conftest import PASSWORD
from tests.forms import language_form
from tests.two_towns import CONSOLE

HTML = {"accept": "text/html"}
LOGIN = "a-dispatcher-urmia"


@pytest.fixture
def province(browser):
    return browser.app.hosted["province.example.ir"].web.state.province


@pytest.fixture
def leila(signed_in):
    """A dispatcher of Urmia who is signed in at the province."""
    return signed_in(Role.DISPATCHER)


def other_browser(browser):
    other = TestClient(browser.app, client=("127.0.0.1", 50_001), follow_redirects=False)
    other.headers["accept"] = "application/json"
    return other


def goes(browser, address):
    return browser.get(address, follow_redirects=False).headers.get("location")


def ticket_for(browser, next="/board"):
    """The address with the ticket that the province answers, unused."""
    asked = goes(browser, f"{URMIA}/enter?next={next}")
    assert asked.startswith(f"{PROVINCE}/enter/urmia?state=")
    return goes(browser, asked)


def is_in(browser, address=URMIA):
    return browser.get(f"{address}/api/board").status_code == 200


def province_sessions(province):
    with reading(province.accounts.engine) as tx:
        return own_sessions(tx, known_person(tx, LOGIN).id, province.sessions.now())


def test_the_link_of_the_overview_leads_into_the_town_without_a_password(browser, leila):
    assert f'href="{URMIA}/enter"' in browser.get(f"{PROVINCE}/").text
    assert not is_in(browser)
    with_ticket = ticket_for(browser)
    assert with_ticket.startswith(f"{URMIA}/enter/ticket?")
    assert goes(browser, with_ticket) == "/board"
    assert is_in(browser)
    assert goes(browser, f"{URMIA}/enter?next=/roster") == "/roster"  # from now on at once


def test_the_sign_in_page_of_a_town_names_this_way_in(browser):
    assert 'href="/enter?next=' in browser.get(f"{URMIA}/sign-in?next=/board").text
    assert "/enter" not in browser.get(f"{PROVINCE}/sign-in").text


def test_who_forgot_a_password_of_the_province_is_told_where_to_ask(browser):
    shown = browser.get(f"{URMIA}/forgotten", headers=HTML)
    form = {"login": LOGIN} | language_form(shown.text)
    asked = browser.post(f"{URMIA}/forgotten", data=form, headers=HTML)
    assert "province.example.ir" in asked.text


def test_who_changes_the_language_at_the_province_still_enters_the_town(browser):
    asked = goes(browser, f"{URMIA}/enter?next=/board")
    shown = browser.get(asked, headers=HTML).text
    led = browser.post(f"{PROVINCE}/language", data=language_form(shown), follow_redirects=False)
    page = browser.get(f"{PROVINCE}{led.headers['location']}", headers=HTML).text
    assert 'lang="fa"' in page
    goal = asked.removeprefix(PROVINCE)
    assert f'name="next" value="{escape(goal)}"' in page


def test_a_ticket_is_used_once(browser, leila):
    with_ticket = ticket_for(browser)
    goes(browser, with_ticket)
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        kept = browser.cookies.get(name, domain="urmia.example.ir")
        browser.cookies.delete(name, domain="urmia.example.ir", path="/")
        assert kept
    browser.get(f"{URMIA}/sign-in")
    refused = goes(browser, with_ticket)
    assert refused == "/sign-in?next=%2Fboard&refused=ticket"
    assert "دیگر معتبر نیست" in browser.get(f"{URMIA}{refused}").text
    assert not is_in(browser)


def test_a_ticket_that_was_seen_by_another_browser_is_worth_nothing_there(browser, leila):
    with_ticket, other = ticket_for(browser), other_browser(browser)
    assert goes(other, with_ticket).startswith("/sign-in")  # it asked for none
    with_ticket = ticket_for(browser)
    other.get(f"{URMIA}/enter")
    assert goes(other, with_ticket).startswith("/sign-in")  # it asked for another one
    assert goes(browser, with_ticket).startswith("/sign-in")  # and by that it is used up


def test_nobody_is_signed_in_as_whoever_sends_a_link_with_a_ticket(browser, leila):
    """An attacker's own ticket, opened by somebody at that person's browser, does nothing."""
    victim = other_browser(browser)
    victim.get(f"{URMIA}/sign-in")
    assert goes(victim, ticket_for(browser)).startswith("/sign-in")
    assert victim.get(f"{URMIA}/api/board").status_code == 401


def test_a_ticket_lasts_half_a_minute_and_is_for_one_town(province, leila):
    now, state = province.sessions.now(), state_of("csrf")
    (session,) = province_sessions(province)
    uses = (
        ("urmia", state, timedelta(0), True),
        ("urmia", state, LASTS - timedelta(seconds=1), True),
        ("urmia", state, LASTS, False),
        ("tabriz", state, timedelta(0), False),
        ("urmia", state_of("other"), timedelta(0), False),
    )
    for city, told, later, fits in uses:
        with transaction(province.accounts.engine) as tx:
            text = issue_ticket(tx, session, "urmia", state, now)
            earlier = issue_ticket(tx, session, "urmia", state, now)
            text, earlier = earlier, text
            assert redeem_ticket(tx, earlier, "urmia", state, now) is None
            found = redeem_ticket(tx, text, city, told, now + later)
            assert (found is not None) is fits
            assert redeem_ticket(tx, text, "urmia", state, now) is None


def test_a_ticket_is_worth_nothing_once_its_session_has_ended(browser, province, leila):
    with_ticket = ticket_for(browser)
    assert browser.post(f"{PROVINCE}/sign-out", data={"csrf": leila}).status_code == 200
    assert goes(browser, with_ticket).startswith("/sign-in")
    asked = goes(browser, f"{URMIA}/enter")
    assert goes(browser, asked).startswith("/sign-in?")  # of the province, which wants the password


def test_whoever_is_locked_meanwhile_does_not_enter(browser, province, leila):
    with_ticket = ticket_for(browser)
    with transaction(province.accounts.engine) as tx:
        lock_person(tx, CONSOLE, known_person(tx, LOGIN), province.sessions.now())
    assert goes(browser, with_ticket).startswith("/sign-in")


def test_without_a_role_in_a_town_one_comes_to_its_sign_in(browser, leila):
    asked = goes(browser, f"{TABRIZ}/enter")
    refused = goes(browser, asked)
    assert refused == f"{TABRIZ}/sign-in?next=%2F&refused=role"
    assert "در این شهر نقشی ندارد" in browser.get(refused).text
    with reading(app_of(browser, "tabriz").engine) as tx:
        assert find_person(tx, LOGIN) is None


def posted(browser, path, **form):
    sent = form | {"csrf": browser.cookies.get(CSRF_COOKIE, domain="province.example.ir")}
    return browser.post(f"{PROVINCE}{path}", data=sent, follow_redirects=False).headers["location"]


def test_who_signs_in_at_the_province_first_comes_into_the_town_that_asked(
    browser, province, password_hash
):
    key, now = province.settings.secret_key(), province.sessions.now()
    with transaction(province.accounts.engine) as tx:
        person = new_person(tx, CONSOLE, LOGIN, "en", password_hash, now)
        person = give_roles(tx, CONSOLE, person, "urmia", [Role.OPERATOR], now)
        phone = TOTP(secret_of(begin_second_factor(tx, person, now), key))
        earlier = now - timedelta(minutes=2)
        confirm_second_factor(tx, CONSOLE, person, phone.at(earlier), key, earlier)
    first = goes(browser, goes(browser, f"{URMIA}/enter?next=/operator"))
    (goal,) = parse_qs(urlsplit(first).query)["next"]
    assert goal.startswith("/enter/urmia?state=")
    assert f'value="{escape(goal)}"' in browser.get(f"{PROVINCE}{first}").text
    second = posted(browser, "/sign-in", login=LOGIN, password=PASSWORD, next=goal)
    assert parse_qs(urlsplit(second).query) == {"next": [goal]}
    assert f'value="{escape(goal)}"' in browser.get(f"{PROVINCE}{second}").text
    begun = posted(browser, "/sign-in/code", code=phone.at(now), next=goal)
    # a page and no redirect: browsers let no form lead on to another host
    led = browser.get(f"{PROVINCE}{begun}", follow_redirects=False)
    assert (led.status_code, led.headers["refresh"]) == (200, f"0; url={goal}")
    assert goes(browser, goes(browser, f"{PROVINCE}{goal}")) == "/operator"
    assert browser.get(f"{URMIA}/operator").status_code == 200


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example/", "\\\\evil.example"])
def test_signing_in_at_the_province_leads_to_no_foreign_address(browser, leila, goal):
    assert goes(browser, f"{PROVINCE}/sign-in?next={goal}") == "/"


@pytest.mark.parametrize("state", ["é" * 64, "A" * 64, "0" * 63])
def test_a_ticket_is_asked_for_with_a_digest(browser, leila, state):
    assert browser.get(f"{PROVINCE}/enter/urmia", params={"state": state}).status_code == 422


def test_signing_out_at_the_province_ends_the_session_in_the_town(browser, province, leila):
    goes(browser, ticket_for(browser))
    assert is_in(browser)
    browser.post(f"{PROVINCE}/sign-out", data={"csrf": leila})
    assert not is_in(browser)
    assert province_sessions(province) == []


def test_signing_out_everywhere_in_the_town_ends_both(browser, leila):
    goes(browser, ticket_for(browser))
    csrf = browser.cookies.get(CSRF_COOKIE, domain="urmia.example.ir")
    browser.post(f"{URMIA}/account/sign-out-everywhere", data={"csrf": csrf})
    assert not is_in(browser)
    assert browser.get(f"{PROVINCE}/overview").status_code == 401


def sign_out_in_town(browser):
    csrf = browser.cookies.get(CSRF_COOKIE, domain="urmia.example.ir")
    browser.post(f"{URMIA}/sign-out", data={"csrf": csrf})


def test_whoever_sits_down_after_somebody_has_signed_out_in_a_town_does_not_enter(
    browser, province, leila
):
    goes(browser, ticket_for(browser))
    sign_out_in_town(browser)
    assert not is_in(browser)
    assert goes(browser, goes(browser, f"{URMIA}/enter")).startswith("/sign-in?")
    assert browser.get(f"{PROVINCE}/overview").status_code == 401
    assert province_sessions(province) == []
    with reading(province.accounts.engine) as tx:
        assert "user.signed_out" in [event.verb for event in list_events(tx)]


def test_signing_out_where_one_came_by_password_leaves_the_province(browser, province, leila):
    goes(browser, ticket_for(browser))
    with transaction(province.accounts.engine) as tx:
        tx.execute(update(session).values(begun_from=None))  # as by password
    sign_out_in_town(browser)
    assert browser.get(f"{PROVINCE}/overview").status_code == 200
    assert len(province_sessions(province)) == 1


def test_a_town_goes_on_writing_while_its_province_is_waited_for(browser, leila):
    app, times = app_of(browser, "urmia"), []
    province = app.sessions.province

    def now_and_written():  # asked for in the midst of what the province writes
        with transaction(app.engine) as tx:
            set_used_at(tx, 0, province.now())
        times.append(province.now())
        return times[-1]

    app.sessions.province = replace(province, now=now_and_written)
    goes(browser, ticket_for(browser))
    assert len(times) == 1
    assert is_in(browser)
    times.clear()
    sign_out_in_town(browser)
    assert len(times) > 1
    assert not is_in(browser)


def test_a_session_in_a_town_ends_with_the_one_that_it_began_from(browser, province, leila):
    goes(browser, ticket_for(browser))
    with reading(province.accounts.engine) as tx:
        parent, child = sorted(
            list_sessions(tx, known_person(tx, LOGIN).id), key=lambda one: one.id
        )
    assert child.begun_from == parent.id
    assert child.expires_at == parent.expires_at


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example/", "\\\\evil.example"])
def test_no_step_leads_to_a_foreign_address(browser, leila, goal):
    with_ticket = ticket_for(browser, goal)
    assert urlsplit(with_ticket).hostname == "urmia.example.ir"
    assert parse_qs(urlsplit(with_ticket).query)["next"] == ["/"]
    assert goes(browser, with_ticket) == "/"


def test_a_city_without_a_province_has_no_such_way_in(client):
    for path in ("/enter", "/enter/ticket?ticket=x"):
        assert client.get(path).status_code == 404
