"""Erasing one person in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_person_is_looked_for_first_and_then_erased(visit):
    visit.come_in("administrator")
    visit.go("/setup/erasure?lang=fa")
    page = visit.page
    page.fill("#name", "هیچ‌کس")
    page.keyboard.press("Enter")
    expect(page.locator("setup-erasure [role=status]")).to_be_visible()
    assert page.locator("setup-erasure .card button.primary").count() == 1
    page.fill("#phone", "12")
    page.keyboard.press("Enter")
    expect(page.locator("setup-erasure .problem")).to_be_visible()
    assert visit.grave_faults() == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
