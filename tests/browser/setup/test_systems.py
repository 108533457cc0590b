"""Keys of other systems in a real browser."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_key_is_made_shown_once_and_ended(visit):
    visit.come_in("administrator")
    visit.go("/setup/systems?lang=fa")
    page = visit.page
    page.locator("setup-systems > div > button.primary").click()
    page.fill("#name", "FixMyStreet")
    page.fill("#contact", "team@example.org")
    page.keyboard.press("Enter")
    shown = page.locator("setup-link input")
    expect(shown).to_be_focused()
    assert len(shown.input_value()) > 30
    assert visit.grave_faults() == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.reload()
    row = page.locator(".people li")
    expect(row).to_contain_text("FixMyStreet")
    assert page.locator("setup-link").count() == 0
    row.locator("button").click()
    page.keyboard.press("Enter")  # the answer that keeps the key has the focus
    row.locator("button").click()
    row.locator(".danger-button").click()
    expect(row.locator(".icon-ban")).to_be_visible()
    assert visit.complaints == []
