"""Two towns on one server: one lends a truck, the other plans and drives it, both can prove it."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.model import Role
from data.store.accounts.accounts import list_users
from data.store.audit.audit_log_reader import read_audit_log
from data.store.database.engine import reading, transaction
from data.store.setup.machines import list_vehicles
from fleet.audit.audit_log import audit
from tests import village as v
from tests.api.province.conftest import PROVINCE, TABRIZ, URMIA, app_of
from tests.begun_session import begun_session
from tests.stories.test_first_storm import planned

GUEST = "Truck 1 (Village)"


@pytest.fixture
def dispatchers(browser):
    """The own dispatcher of each town, at a board under its host name."""
    found = {}
    for name, address in (("urmia", URMIA), ("tabriz", TABRIZ)):
        cookie = begun_session(app_of(browser, name).engine, "dispatcher")
        board = TestClient(browser.app, base_url=address)
        board.headers.update({"accept": "application/json", "x-csrf-token": cookie.csrf})
        for key, text in ((SESSION_COOKIE, cookie.text), (CSRF_COOKIE, cookie.csrf)):
            board.cookies.set(key, text, domain=address.removeprefix("http://"))
        found[name] = board
    return found


def trucks_of(app, plan):
    with reading(app.engine) as tx:
        names = {each.id: each.name for each in list_vehicles(tx)}
    return {names[route.vehicle_id] for route in plan.routes if route.legs}


def test_a_lent_truck_is_planned_by_who_has_it_and_both_logs_are_proved(
    browser, dispatchers, signed_in, clock
):
    for board in dispatchers.values():
        assert board.post("/api/storms", json={"name": "First snow"}).status_code == 201
    urmia, tabriz = app_of(browser, "urmia"), app_of(browser, "tabriz")
    csrf = signed_in(Role.DISPATCHER)
    until = f"{v.NOW + timedelta(hours=8):%Y-%m-%dT%H:%M}Z"
    form = {"machine": "urmia/1", "borrower": "tabriz", "since": "", "until": until, "csrf": csrf}
    assert browser.post(f"{PROVINCE}/loans", data=form).status_code == 200

    assert trucks_of(urmia, planned(dispatchers["urmia"], urmia)) == {"Truck 2"}
    assert GUEST in trucks_of(tabriz, planned(dispatchers["tabriz"], tabriz))
    out = dispatchers["urmia"].get("/api/machines-out").json()
    assert [(one["id"], one["reason"], one["note"]) for one in out] == [(1, "elsewhere", "Village")]

    clock.moment += timedelta(hours=1)
    ended = browser.post(f"{PROVINCE}/loans/urmia/1/end", data={"csrf": csrf})
    assert ended.status_code == 200
    assert "No machine is lent" in ended.text
    assert "Truck 1" in trucks_of(urmia, planned(dispatchers["urmia"], urmia))
    assert GUEST not in trucks_of(tabriz, planned(dispatchers["tabriz"], tabriz))
    for app in (urmia, tabriz):
        with transaction(app.engine) as tx:
            drawn = {f"user:{each.id}" for each in list_users(tx)}  # people no line tells of
            assert {each.subject for each in audit(tx, read_audit_log(tx)).findings} == drawn
