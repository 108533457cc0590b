"""The province's page: all towns with the figures that their councils see."""

import re

import pytest

from api.province.province_context import (
    OVERVIEW_ROLES,
    OverviewReader,
    PersonSignedIn,
    ProvinceFormToken,
)
from api.web.checked_route import calls_of
from api.web.cookies import SESSION_COOKIE
from data.model import Role, ShiftState
from data.policy.access_rules import WITH_PASSWORD
from data.store.database.engine import transaction
from data.store.shifts.shifts import list_shifts
from fleet.accounts.province_people import give_roles, known_person
from fleet.routes.truck_states import TruckState, TruckStatus
from fleet.storms.storm_start import start_storm
from tests.api.every_page import routes_of
from tests.api.province.conftest import PROVINCE, URMIA, app_of
from tests.begun_session import begun_session
from tests.two_towns import CONSOLE
from tests.village import NOW

HTML = {"accept": "text/html"}


def rows(html):
    """The cells of each town, without markup."""
    body = html.split("<tbody>")[1]
    return [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in body.split("</tr>")[:-1]]


def test_every_town_has_a_row_and_those_with_a_storm_come_first(browser, signed_in, storm):
    signed_in()
    first, second = rows(browser.get(f"{PROVINCE}/overview").text)
    assert first[:4] == ["Village", "First", "snow", "Active,"]
    assert second[:3] == ["Village", "no", "storm"]


def test_figures_are_those_of_the_council_of_the_town(browser, signed_in, storm, clock):
    app = app_of(browser, "urmia")
    council = begun_session(app.engine, "council")
    browser.cookies.set(SESSION_COOKIE, council.text, domain="urmia.example.ir")
    clock.moment = clock.moment.replace(hour=23)
    view = browser.get(f"{URMIA}/api/council").json()
    signed_in()
    html = browser.get(f"{PROVINCE}/overview").text
    wanted = [view["city"]["now"]["within"], *(each["now"]["within"] for each in view["classes"])]
    shown = [int(each) for each in re.findall(r'<progress max="100" value="(\d+)"', html)]
    assert shown == [round(100 * share) for share in wanted if share is not None]


def test_a_machine_is_on_the_road_by_evidence_though_nobody_tapped(browser, signed_in, storm):
    signed_in()
    app = app_of(browser, "urmia")
    with transaction(app.engine) as tx:
        shift = list_shifts(tx, storm.id)[0]
    seen = TruckStatus(shift.vehicle_id, TruckState.WORKING, shift.id, ShiftState.DRIVING)
    app.alert_task.trucks = (seen,)
    assert rows(browser.get(f"{PROVINCE}/overview").text)[0][-3:] == ["1", "1", "0"]


def test_shares_of_classes_say_in_their_heads_what_they_are_of(browser, signed_in, storm):
    signed_in()
    heads = re.findall(r'<th scope="col">(.*?)</th>', browser.get(f"{PROVINCE}/overview").text)
    classes = [re.sub(r"[\u2066-\u2069]", "", each) for each in heads[3:-4]]
    assert "P1 within target" in classes
    assert all(each.endswith(" within target") for each in classes)


def test_a_row_leads_into_its_town_under_its_host(browser, signed_in):
    signed_in()
    links = re.findall(r'href="([^"]+)"', browser.get(f"{PROVINCE}/overview").text)
    assert sorted(links) == ["http://tabriz.example.ir/enter", "http://urmia.example.ir/enter"]


def test_the_page_is_persian_from_right_to_left_with_persian_digits(browser, signed_in, storm):
    signed_in(language="fa")
    page = browser.get(f"{PROVINCE}/", headers=HTML).text
    assert '<html lang="fa" dir="rtl"' in page
    assert "همهٔ شهرهای غرب" in page
    assert "دی" in page  # of the Persian calendar
    assert not re.search(r"<strong>[0-9]", page)


def test_an_overview_is_made_once_a_change_and_kept_by_browsers(browser, signed_in, clock):
    signed_in()
    answer = browser.get(f"{PROVINCE}/overview")
    known = {"if-none-match": answer.headers["etag"]}
    assert browser.get(f"{PROVINCE}/overview", headers=known).status_code == 304
    app = app_of(browser, "tabriz")
    with transaction(app.engine) as tx:
        start_storm(tx, CONSOLE, "Late snow", app.network, app.policy, clock.now())
    changed = browser.get(f"{PROVINCE}/overview", headers=known)
    assert (changed.status_code, "Late snow" in changed.text) == (200, True)


def test_a_town_that_cannot_be_read_says_so_in_its_row(browser, signed_in, monkeypatch):
    signed_in()
    monkeypatch.setattr(app_of(browser, "tabriz").boards, "revision", lambda *_: 1 / 0)
    monkeypatch.setattr(app_of(browser, "tabriz"), "records", None)
    app_of(browser, "tabriz").engine.dispose()
    monkeypatch.setattr(app_of(browser, "tabriz"), "engine", None)
    html = browser.get(f"{PROVINCE}/overview").text
    assert "The server cannot read this town now and tries again every minute." in html
    assert "Not counted in these sums: tabriz. The table says why." in html
    assert "in 1 town<" in html
    assert "no storm" in html


def test_a_town_that_the_server_could_not_open_says_that(browser, signed_in, monkeypatch):
    signed_in()
    hosted = next(one for one in browser.app.hosted.values() if one.name == "tabriz")
    monkeypatch.setattr(hosted, "web", None)
    html = browser.get(f"{PROVINCE}/overview").text
    assert "This town could not be opened when the server started." in html


@pytest.mark.parametrize("role", sorted({*WITH_PASSWORD} - OVERVIEW_ROLES))
def test_who_does_not_see_the_overview_is_led_into_his_own_town(browser, signed_in, role):
    signed_in(role)
    page = browser.get(f"{PROVINCE}/", headers=HTML)
    assert page.status_code == 200
    assert re.findall(r'href="(http[^"]+)"', page.text) == [f"{URMIA}/enter"]
    assert "Your work is in your town" in page.text
    assert browser.get(f"{PROVINCE}/overview").status_code == 403


def test_who_has_lost_the_last_role_is_told_so(browser, signed_in):
    signed_in(Role.OPERATOR)
    accounts = browser.app.hosted["province.example.ir"].web.state.province.accounts
    with transaction(accounts.engine) as tx:
        person = known_person(tx, "a-operator-urmia")
        give_roles(tx, CONSOLE, person, "urmia", [], NOW)
    page = browser.get(f"{PROVINCE}/", headers=HTML)
    assert page.status_code == 200
    assert "no role in any town" in page.text


@pytest.mark.parametrize(
    ("role", "status"), [(Role.OPERATOR, 403), (Role.SUPERVISOR, 200), (Role.COUNCIL, 200)]
)
def test_who_sees_a_councils_figures_in_one_town_sees_the_overview(
    browser, signed_in, role, status
):
    signed_in(role)
    assert browser.get(f"{PROVINCE}/overview").status_code == status
    assert browser.get(f"{PROVINCE}/loans", headers=HTML).status_code == status


def test_strangers_see_nothing_and_are_led_to_the_sign_in(browser):
    assert browser.get(f"{PROVINCE}/overview").status_code == 401
    led = browser.get(f"{PROVINCE}/", headers=HTML, follow_redirects=False)
    assert led.headers["location"] == "/sign-in"
    assert browser.get(f"{PROVINCE}/sign-in", headers=HTML).status_code == 200
    assert browser.get(f"{PROVINCE}/api/board").status_code == 404


def test_a_second_step_that_a_town_wants_is_wanted_here_too(browser, signed_in, monkeypatch):
    signed_in()
    rules = type(app_of(browser, "urmia").policy.sign_in)
    monkeypatch.setattr(rules, "wants_second_step", lambda _, roles: Role.COUNCIL in roles)
    refused = browser.get(f"{PROVINCE}/overview").json()["error"]
    assert refused["code"] == "second_step_missing"
    assert "urmia.example.ir" in refused["message"]


def test_forms_of_others_change_nothing(browser, signed_in):
    signed_in()
    assert browser.post(f"{PROVINCE}/sign-out").status_code == 403
    assert browser.post(f"{PROVINCE}/language", data={"language": "fa"}).status_code == 403
    assert browser.get(f"{PROVINCE}/overview").status_code == 200


def test_every_address_of_the_province_is_guarded_or_public_on_purpose(browser):
    routes = [*routes_of(browser.app.hosted["province.example.ir"].web)]
    guards = {
        (method, route.path): {type(call) for call in calls_of(route.dependant)}
        for route in routes
        for method in route.methods
    }
    known = {path for (_, path), calls in guards.items() if PersonSignedIn in calls}
    assert known == {"/"}
    strangers = {path for (_, path), calls in guards.items() if OverviewReader not in calls} - known
    assert strangers == {
        "/health",
        "/metrics",
        "/style.css",
        "/sign-in",
        "/sign-in/code",
        "/enter/{city}",
        "/sign-out",
        "/language",
    }
    posts = {path: calls for (method, path), calls in guards.items() if method == "POST"}
    assert [path for path, calls in posts.items() if ProvinceFormToken not in calls] == []
