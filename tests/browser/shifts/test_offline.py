"""The driver's page as an app: without signal, after a dead battery, and while it is updated."""

import pytest
from playwright.sync_api import expect

from api.config.clock import Clock
from api.config.settings import Settings
from data.store.database.engine import transaction
from data.store.shifts.driver_rests import list_rests
from data.store.shifts.shifts import list_progress
from data.store.shifts.vehicle_checks import find_check
from fleet.shifts.driver_codes import give_code
from tests import village as v
from tests.browser.conftest import open_page
from tests.browser.new_version import VERSION, WAITS, serve_a_new_version
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.browser

APP = {
    "viewport": {"width": 390, "height": 844},
    "geolocation": {"longitude": v.at_m(100, 0).lon, "latitude": v.at_m(100, 0).lat},
    "permissions": ["geolocation"],
    "has_touch": True,
    "service_workers": "allow",
}
KEPT = "async () => !!(await caches.match('/drive'))"
KEPT_TAPS = """async () => {
  const { kept } = await import('/static/js/pages/app/shelf.js');
  return kept('unsent-taps-driver-1-1');
}"""
FORMER_SHELF = """async (taps) => {
  const { drop } = await import('/static/js/pages/app/shelf.js');
  await drop('unsent-taps-driver-1-1');
  localStorage.setItem('barfrub-taps-driver-1-1', JSON.stringify(taps));
}"""
SCREEN = """globalThis.screenHeld = 0;
Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
  globalThis.screenHeld += 1;
  return { released: false, release() { this.released = true; globalThis.screenHeld -= 1; } };
} } });"""
INSTALLED = "navigator.serviceWorker.ready.then(() => true)"


def new_code(database, folder, shift_id: int) -> str:
    secret = Settings(var=folder).secret_key()
    with transaction(database) as tx:
        return give_code(tx, DISPATCHER, shift_id, secret, "en", Clock().now()).digits


def tap(page, heading: str) -> None:
    page.click(".actions .done:enabled")
    expect(page.locator("drive-now h2")).to_have_text(heading)


@pytest.mark.parametrize("visit", [APP], indirect=True)
def test_a_shift_goes_on_without_signal_after_a_dead_battery_and_over_an_update(
    visit, code, plan, database, monkeypatch, tmp_path
):
    page, context = visit.page, visit.page.context
    context.add_init_script(SCREEN)
    visit.go("/drive?lang=en")
    page.fill("#code", code)
    page.click("button.primary")
    expect(page.locator(".facts")).to_contain_text("ready, ")
    visit.until("screenHeld === 1")
    page.evaluate(INSTALLED)
    context.set_offline(True)
    page.get_by_role("button", name="Radio or phone").click()
    expect(page.locator("drive-answer .primary")).to_have_count(0)
    page.click(".actions .primary:has-text('Report 1 fault and start')")
    expect(page.locator(".line.warning")).to_contain_text("2 taps are kept")
    context.set_offline(False)
    page.click("drive-answer .primary")
    expect(page.locator(".line")).not_to_contain_text("kept")
    with transaction(database) as tx:
        assert [fault.code for fault in find_check(tx, 1).faults] == ["radio"]
    first = page.evaluate(VERSION)

    context.set_offline(True)  # from here on there is no signal
    tap(page, "Imam Street")
    page.locator(".tab").nth(1).click()
    page.click(".row:has-text('Take a rest'):has-text('30 min')")
    page.locator(".tab").nth(0).click()
    expect(page.locator("drive-now h2")).to_contain_text("Rest until")
    visit.until("screenHeld === 0")
    page.click(".actions .primary:has-text('End the rest'):enabled")
    visit.until("screenHeld === 1")
    page.close()  # the battery is dead
    page = visit.page = open_page(context)
    page.goto(f"{visit.server}/drive")
    expect(page.locator("drive-now h2")).to_have_text("Imam Street")
    expect(page.locator(".line.warning")).to_contain_text("3 taps are kept")
    page.click(".sos")
    expect(page.locator("drive-sos dialog")).to_contain_text("Call for help now")
    assert page.get_attribute("drive-sos dialog a", "href") == "tel:112"
    page.keyboard.press("Escape")
    page.locator(".tab").nth(2).click()
    visit.wait_for_map()
    assert page.evaluate(
        "boardMap.queryRenderedFeatures({ layers: ['streets', 'forward'] }).length"
    )
    page.locator(".tab").nth(0).click()

    context.set_offline(False)
    expect(page.locator(".line")).not_to_contain_text("kept")
    serve_a_new_version(monkeypatch)
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    visit.until(WAITS)
    page.reload()  # the server has a new page, but the driver is in the middle of a stage
    expect(page.locator("drive-now h2")).to_have_text("Imam Street")
    assert page.evaluate(VERSION) == first
    with page.expect_event("load"):
        page.click(".actions .done:enabled")
    expect(page.locator("drive-now h2")).to_have_text("Mill Street")
    assert page.evaluate(VERSION) != first
    context.set_offline(True)
    page.reload()
    tap(page, "Salt heap")
    context.set_offline(False)
    expect(page.locator(".line")).not_to_contain_text("kept")
    with transaction(database) as tx:
        assert [each.leg for each in list_progress(tx, plan.id, 1)] == [0, 1, 2, 3]
        assert [rest.ended_at is None for rest in list_rests(tx, 1)] == [False]

    context.set_offline(True)
    page.click(".actions .done:enabled")
    expect(page.locator(".line.warning")).to_contain_text("1 tap is kept")
    context.clear_cookies(name="barfrub_session")  # the session ends, and the next driver comes in
    context.set_offline(False)
    expect(page.locator("#code")).to_be_visible()
    kept_tap = page.evaluate(KEPT_TAPS)
    csrf = page.input_value("form:has(#code) [name=csrf]")
    entered = {"code": new_code(database, tmp_path, 2), "csrf": csrf}
    assert context.request.post(f"{visit.server}/drive", form=entered).ok
    page.route("**/api/drive", lambda route: route.abort())
    page.goto(f"{visit.server}/drive")
    expect(
        page.locator("drive-now .problem")
    ).to_be_visible()  # and not the route of the one before
    page.unroute("**/api/drive")
    expect(page.locator("drive-now")).to_contain_text("No route yet")
    assert len(kept_tap) == 1
    assert page.evaluate(KEPT_TAPS) == kept_tap
    page.evaluate(FORMER_SHELF, kept_tap)
    context.clear_cookies(name="barfrub_session")
    page.reload()
    page.fill("#code", new_code(database, tmp_path, 1))
    page.click("button.primary")
    expect(page.locator("drive-now")).to_contain_text("Route finished")
    expect(page.locator(".line")).not_to_contain_text("kept")
    with transaction(database) as tx:
        assert [each.leg for each in list_progress(tx, plan.id, 1)] == [0, 1, 2, 3, 4]
    assert page.evaluate("localStorage['barfrub-taps-driver-1-1']") is None

    page.click("[aria-controls=leave]")
    expect(page.locator(".leave .primary")).to_be_focused()
    context.set_offline(True)
    page.click(".leave button:not(.primary)")
    expect(page.get_by_text("Sign out once there is a signal.")).to_be_visible()
    assert page.evaluate(KEPT)
    context.set_offline(False)
    page.click(".leave button:not(.primary)")
    expect(page.locator("#code, #login")).to_be_visible()
    assert not page.evaluate(KEPT)
