"""One's own account in a real browser: the second step, and sessions."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from pyotp import TOTP

from fleet.accounts.second_factor import STEP_S
from tests.browser.conftest import Visit
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "fa-IR"}


def set_up_second_step(visit: Visit) -> TOTP:
    """Set the second step up as the page says, and return the phone's codes."""
    visit.go("/account/second-step")
    visit.page.fill("#password", PASSWORD)
    visit.page.click("section button.primary")
    expect(visit.page.locator(".qr path")).to_have_count(1)
    phone = TOTP(visit.page.inner_text("section code").replace(" ", ""))
    assert visit.grave_faults() == []
    visit.page.fill("[name=code]", phone.at(visit.city.sessions.now()))
    visit.page.click("section button.primary")
    expect(visit.page.locator(".codes li")).to_have_count(10)
    return phone


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_who_sets_up_a_phone_signs_in_with_its_next_code(visit: Visit) -> None:
    visit.come_in("administrator")
    phone = set_up_second_step(visit)
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    visit.sign_out()
    visit.sign_in("administrator")
    visit.page.wait_for_selector("#code")
    assert visit.grave_faults() == []
    visit.page.fill("#code", phone.at(visit.city.sessions.now() + timedelta(seconds=STEP_S)))
    visit.page.click("button.primary")
    visit.page.wait_for_selector(".checklist")
    assert phone.interval == STEP_S


def test_a_session_that_is_ended_elsewhere_is_over(visit: Visit) -> None:
    visit.come_in("administrator")
    lost = visit.page.context.cookies()
    visit.come_in("administrator")
    visit.go("/account")
    expect(visit.page.locator(".sessions li")).to_have_count(2)
    assert visit.grave_faults() == []
    visit.page.locator(".sessions li").nth(1).locator("button").click()
    expect(visit.page.locator(".sessions li")).to_have_count(1)
    visit.page.context.clear_cookies()
    visit.page.context.add_cookies(lost)
    visit.go("/account")
    visit.page.wait_for_selector("#login")
