"""The host name chooses the town; no other name finds anything, and no fault stops the others."""

import re
from contextlib import ExitStack

import pytest

from api.tracking.mqtt import client_id
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.errors import BarfrubError
from data.store.database.city_address import ADDRESS_FILE, SQLITE_FILE
from data.store.database.city_lock import holding, serving
from tests.api.province.conftest import PROVINCE, TABRIZ, URMIA, app_of
from tests.conftest import PASSWORD

URMIA_HOST = 'host = "urmia.example.ir"\n'


def test_each_host_name_leads_to_its_own_town(browser, cities):
    for name, address in (("urmia", URMIA), ("tabriz", TABRIZ)):
        marker = cities[name] / "tiles" / "name.txt"
        marker.write_text(name)
        assert browser.get(f"{address}/tiles/name.txt").text == name


@pytest.mark.parametrize("host", ["URMIA.Example.IR", "urmia.example.ir:8443", "urmia.example.ir:"])
def test_case_and_port_of_a_host_name_do_not_matter(browser, host):
    assert browser.get(f"{URMIA}/health", headers={"host": host}).json()["city"] == "Village"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8000",
        "example.ir",
        "a.urmia.example.ir",
        "urmia.example.ir.",
        "urmia.example.ir:80:80",
        "urmia.example.ir@evil.example",
        "urmia.example.ir, tabriz.example.ir",
        "",
    ],
)
def test_an_unknown_host_name_finds_nothing_and_learns_no_other(browser, host):
    forwarded = {"host": host, "x-forwarded-host": "urmia.example.ir", "x-host": "urmia.example.ir"}
    answer = browser.get(f"{URMIA}/health", headers=forwarded)
    assert answer.status_code == 421
    assert answer.text.startswith("با این نام")
    assert not re.search("urmia|tabriz|province|Village", answer.text)


def test_of_two_host_names_none_is_believed(browser):
    two = [("host", "urmia.example.ir"), ("host", "tabriz.example.ir")]
    assert browser.get(f"{URMIA}/health", headers=two).status_code == 421


def test_a_tracker_is_answered_by_the_town_of_its_address(browser):
    sent = browser.post("http://nowhere.example.ir/osmand?id=phone-1&lat=37.5&lon=45")
    assert sent.status_code == 421
    assert browser.post(f"{URMIA}/osmand?id=phone-1&lat=37.5&lon=45").status_code != 421


def test_broker_and_gateway_are_those_of_one_town_and_never_of_all(serve, settings, cities):
    for name, value in (("mqtt_host", "broker.all"), ("gateway_token", "word of all")):
        object.__setattr__(settings, name, value)
    own = 'mqtt_host = "broker.urmia"\ngateway_token = "word of urmia"\n'
    text = settings.province_file.read_text()
    settings.province_file.write_text(text.replace(URMIA_HOST, f"{URMIA_HOST}{own}"))
    browser = serve()
    urmia, tabriz = app_of(browser, "urmia"), app_of(browser, "tabriz")
    assert (urmia.settings.mqtt_host, tabriz.settings.mqtt_host) == ("broker.urmia", "")
    assert (urmia.settings.gateway_token, tabriz.settings.gateway_token) == ("word of urmia", "")
    assert urmia.city.name == tabriz.city.name
    assert client_id(urmia) != client_id(tabriz)


def test_somebody_signed_in_at_one_town_is_a_stranger_in_the_other(browser):
    browser.get(f"{URMIA}/sign-in")
    (csrf,) = (each.value for each in browser.cookies.jar if each.name == CSRF_COOKIE)
    form = {"login": "dispatcher", "password": PASSWORD, "csrf": csrf}
    browser.post(f"{URMIA}/sign-in", data=form)
    assert browser.get(f"{URMIA}/api/storms").status_code == 200
    (session,) = (each.value for each in browser.cookies.jar if each.name == SESSION_COOKIE)
    copied = {"cookie": f"{SESSION_COOKIE}={session}"}
    assert browser.get(f"{TABRIZ}/api/storms", headers=copied).status_code == 401


@pytest.mark.parametrize("fault", ["served elsewhere", "locked", "no folder", "no city in it"])
def test_a_town_that_cannot_be_opened_is_named_and_stops_no_other(serve, cities, reports, fault):
    tabriz = cities["tabriz"]
    with ExitStack() as elsewhere:
        if fault == "served elsewhere":
            elsewhere.enter_context(serving(tabriz))
        elif fault == "locked":
            elsewhere.enter_context(holding(tabriz, alone=True))
        elif fault == "no folder":
            tabriz.rename(tabriz.with_name("moved"))
        else:
            (tabriz / SQLITE_FILE).write_bytes(b"")
            (tabriz / ADDRESS_FILE).unlink(missing_ok=True)
        browser = serve()
    if fault != "locked":  # that shows when it begins to run
        assert [bool(each.web) for each in reports] == [True, False]
        assert reports[1].fault
    closed = browser.get(f"{TABRIZ}/sign-in")
    assert (closed.status_code, "در دسترس نیست" in closed.text) == (503, True)
    assert browser.get(f"{URMIA}/health").status_code == 200
    health = browser.get(f"{PROVINCE}/health")
    assert (health.status_code, health.json()["status"]) == (503, "closed")
    assert health.json()["cities"] == {"urmia": "ok", "tabriz": "closed"}


def test_without_any_town_that_opens_the_server_does_not_start(serve, cities):
    for folder in cities.values():
        folder.rename(folder.with_name(f"moved {folder.name}"))
    with pytest.raises(BarfrubError, match="none of the cities"):
        serve()


def test_figures_say_their_town(browser):
    own = browser.get(f"{URMIA}/metrics").text
    assert 'barfrub_city_info{city="Village"} 1.0' in own
    browser.get(f"{TABRIZ}/health")
    every = browser.get(f"{PROVINCE}/metrics").text.splitlines()
    assert 'barfrub_streams{city="urmia"} 0.0' in every
    health = 'barfrub_requests_total{city="%s",method="GET",route="/health",status="200"} 1.0'
    assert health % "tabriz" in every
    assert health % "urmia" not in every
    assert len([line for line in every if line.startswith("# TYPE barfrub_streams ")]) == 1


def test_figures_are_shown_to_this_machine_only(browser):
    assert browser.get(f"{PROVINCE}/metrics", headers={"forwarded": "for=1"}).status_code == 403


def test_each_town_writes_to_callers_by_its_own_gateways(serve, settings, reports, tmp_path):
    gateways = tmp_path / "urmia.toml"
    gateways.write_text('address = "https://urmia.example.ir/track"\n')
    text = settings.province_file.read_text()
    changed = text.replace('"urmia.example.ir"', f'"urmia.example.ir"\nnotices = "{gateways}"')
    settings.province_file.write_text(changed)
    serve()
    own, other = (each.web.state.barfrub.settings.notices for each in reports)
    assert (own, other) == (gateways, None)
