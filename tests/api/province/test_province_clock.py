"""The machine's clock is set while a province is served: its people stay in, and get in again."""

from datetime import datetime, timedelta

import pytest
from pyotp import TOTP

from api.config.clock import Clock
from api.web.cookies import CSRF_COOKIE
from data.model import Role
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from fleet.accounts.province_people import give_roles, new_person
from fleet.accounts.second_factor import begin_second_factor, confirm_second_factor, secret_of
from tests.api.province.conftest import PROVINCE
from tests.conftest import PASSWORD
from tests.two_towns import CONSOLE


class SetClock(Clock):
    """The machine's clock, and by how much a test has set it."""

    ahead = timedelta(0)

    def system_now(self) -> datetime:
        return super().system_now() + self.ahead


@pytest.fixture
def clock():
    return SetClock()


@pytest.fixture
def province(browser):
    return browser.app.hosted["province.example.ir"].web.state.province


@pytest.mark.parametrize("hours", [-3, 400 * 24])
def test_a_jump_of_the_clock_signs_nobody_out_of_the_province(
    browser, signed_in, province, clock, hours
):
    signed_in()
    clock.ahead = timedelta(hours=hours)
    province.clock_task.run()
    assert browser.get(f"{PROVINCE}/overview").status_code == 200
    assert abs(province.sessions.now() - clock.now()) < timedelta(seconds=5)
    with reading(province.accounts.engine) as tx:
        assert [line.verb for line in list_events(tx, "clock")] == ["clock.jumped"]


def test_a_code_of_the_phone_fits_once_the_clock_is_right(
    browser, province, clock, password_hash, settings
):
    key, wrong = settings.secret_key(), clock.now()
    with transaction(province.accounts.engine) as tx:
        person = new_person(tx, CONSOLE, "leila", "en", password_hash, wrong)
        person = give_roles(tx, CONSOLE, person, "urmia", [Role.COUNCIL], wrong)
        phone = TOTP(secret_of(begin_second_factor(tx, person, wrong), key))
        confirm_second_factor(tx, CONSOLE, person, phone.at(wrong), key, wrong)
    clock.ahead = timedelta(hours=3)
    province.clock_task.run()

    def posted(path, **form):
        sent = form | {"csrf": browser.cookies.get(CSRF_COOKIE, domain="province.example.ir")}
        answer = browser.post(f"{PROVINCE}{path}", data=sent, follow_redirects=False)
        return answer.headers.get("location")

    browser.get(f"{PROVINCE}/sign-in")
    assert posted("/sign-in", login="leila", password=PASSWORD) == "/sign-in/code"
    assert posted("/sign-in/code", code=phone.at(clock.now())) == "/"
