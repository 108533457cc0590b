"""Trackers in a real browser: somebody unknown is adopted, and mistakes are told by reason."""

from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import expect

from api.config.clock import Clock
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from fleet.accounts.accounts import token_digest

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}
TOKEN = "a-long-secret-word"


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_sender_is_adopted_and_mistakes_are_told(visit):
    with transaction(visit.city.engine) as tx:
        add_device(tx, "truck-1", VehicleId(1), token_digest(TOKEN))
    tomorrow = (Clock().now() + timedelta(days=1)).isoformat()
    place = {"lat": "37.55", "lon": "45.07"}
    for words in ({"id": "box-7"}, {"id": TOKEN}, {"id": TOKEN, "timestamp": tomorrow}):
        httpx.get(f"{visit.server}/osmand", params=words | place)
    visit.come_in("administrator")
    visit.go("/setup/trackers?lang=fa")
    page = visit.page
    known = page.locator(".trackers li", has_text="truck-1")
    known.locator("[aria-expanded]").click()
    known.locator(".editor form button[type=button]").last.click()
    expect(known.locator(".choice button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(known.locator(".choice")).to_have_count(0)
    known.locator("[aria-expanded]").click()
    known.locator("summary").click()
    expect(known.locator(".faults li")).to_contain_text("آینده")
    assert visit.grave_faults() == []
    spot = page.locator(".map-box .spot")
    spot.focus()
    known.locator(".faults button").dispatch_event("click")
    expect(known.locator(".faults")).to_have_count(0)
    expect(spot).to_be_focused()
    unknown_tracker = page.locator(".trackers li", has_text="box-7")
    unknown_tracker.locator("form.adopt button.primary").click()
    token = page.locator("setup-link input").input_value()
    expect(unknown_tracker.locator("form.adopt")).to_have_count(0)
    expect(page.locator(".phone-setup [role=status]")).to_contain_text("در انتظار نخستین موقعیت")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert visit.grave_faults() == []
    map_box = page.locator(".map-box").element_handle()
    page.route("**/api/trackers", lambda route: route.abort())
    again = page.get_by_role("alert").get_by_role("button")
    expect(again).to_be_visible()
    page.unroute("**/api/trackers")
    again.click()
    expect(again).to_have_count(0)
    assert map_box.evaluate("box => box.isConnected")
    visit.complaints.clear()  # of the browser, that the list was not read
    sent = httpx.get(f"{visit.server}/osmand", params={"id": token, "batt": "17", **place})
    assert sent.status_code == 200
    expect(page.locator(".phone-setup [role=status]")).to_contain_text("رسیده است")
    known = page.locator(".trackers li", has_text="box-7")
    expect(known.locator(".battery")).to_contain_text("۱۷")
    known.get_by_role("button", name="نمایش روی نقشه").click()
    expect(page.locator(".map-box .spot.chosen")).to_have_count(1)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert visit.grave_faults() == []
    assert visit.complaints == []
