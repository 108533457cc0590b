"""The driver's phone, and what the board shows of it, in a real browser."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from data.model import Role
from data.store.accounts.accounts import add_user
from data.store.database.engine import transaction
from data.store.planning.plans import add_plan
from data.store.shifts.shifts import list_progress
from data.store.streets.network import load_network
from fleet.shifts.driver_codes import give_code
from tests import village as v
from tests.browser.conftest import COARSE, POLL_MS, Visit, open_page
from tests.browser.shifts.phone_sizes import SMALL, assert_fits
from tests.village_database import DISPATCHER
from tests.village_plan import a_leg, a_plan

pytestmark = pytest.mark.browser

HERE = {"longitude": v.at_m(100, 0).lon, "latitude": v.at_m(100, 0).lat}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "geolocation": HERE,
    "permissions": ["geolocation"],
    "has_touch": True,
}
PERSIAN = PHONE | {"locale": "fa-IR"}
ENGLISH = PHONE | {"extra_http_headers": {"accept-language": "en"}}
KEPT_MS = 21_000
"""How long at most the phone waits before it keeps, sends and shelves a place."""

ON_SHELF = """new Promise((done) => {
  indexedDB.open("barfrub").onsuccess = ({ target: { result } }) => {
    const shelf = result.transaction("kept").objectStore("kept");
    const all = IDBKeyRange.bound("unsent-", "unsent.");
    shelf.getAll(all).onsuccess = ({ target }) => done(target.result.flat().length);
  };
})"""
"""How many positions the phone keeps for the server."""

MUTE = """async () => {
  const { PositionRate, movement } = await import('/static/js/shifts/driver/place/rate.js');
  const rate = new PositionRate();
  let before = null;
  for (let at = 0; at < 600000; at += rate.restMs(at) || 1000) {
    const place = { at, lon: 45, lat: 37 + Math.max(0, at - 120000) * 7.2e-8 };
    rate.take(at, movement(before, place).speed ?? 0, 0);
    before = place;
    if (at > 120000 && rate.restMs(at) === 0) return (at - 120000) / 1000;
  }
  return null;
}"""
"""Seconds until a phone that tells no speed is followed again after two minutes of standing."""

SILENT_MICROPHONE = """() => void (navigator.mediaDevices.getUserMedia = async () => {
  globalThis.microphones = (globalThis.microphones ?? 0) + 1;
  return new AudioContext().createMediaStreamDestination().stream;
})"""

REST_MS = 1300
"""How far the phone's clock is put on after a tap: a little longer than it rests."""


@pytest.mark.parametrize("visit", [ENGLISH], indirect=True)
def test_a_scanned_link_opens_the_route_and_leaves_its_token_nowhere(
    visit, database, plan, tmp_path
):
    from api.config.clock import Clock
    from api.config.settings import Settings

    secret = Settings(var=tmp_path).secret_key()
    with transaction(database) as tx:
        token = give_code(tx, DISPATCHER, 1, secret, "en", Clock().now()).token
    visit.go(f"/drive#link={token}")
    expect(visit.page.locator("drive-actions button")).to_have_text("All fine: start the shift")
    assert visit.page.evaluate("location.href") == f"{visit.server}/drive"
    assert not any(token in address for address in visit.asked)
    visit.page.go_back()
    assert token not in visit.page.url


def come_in(visit, code: str, language: str = "en"):
    page = visit.page
    page.clock.install()
    visit.go(f"/drive?lang={language}")
    page.fill("#code", code)
    page.click("button.primary")
    page.wait_for_selector("drive-actions button")
    visit.speak(language)
    page.wait_for_selector("drive-actions button")
    return page


def drive_off(visit, code: str, language: str = "en"):
    page = come_in(visit, code, language)
    page.click(".actions .primary")
    page.wait_for_selector(".stage")
    page.clock.fast_forward(REST_MS)
    return page


def tap(page, selector: str = ".actions .done") -> None:
    page.click(selector)
    page.clock.fast_forward(REST_MS)


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_driver_is_led_through_his_route(visit, code):
    page = drive_off(visit, code)
    expect(page.locator(".stage .task")).to_have_text("Drive to")
    tap(page)
    expect(page.locator(".stage h2")).to_have_text("Imam Street")
    expect(page.locator(".stage .task")).to_have_text("Plow right lane")
    expect(page.locator(".gear .on")).to_have_text("Blade down")
    tap(page)
    expect(page.locator(".stage .task")).to_have_text("Spread salt")
    expect(page.locator(".share")).to_contain_text("0.4 of")
    page.click(".undo button")
    expect(page.locator(".stage h2")).to_have_text("Imam Street")
    page.clock.fast_forward(REST_MS)
    for heading in ("Mill Street", "Salt heap", "Route finished"):
        tap(page)
        expect(page.locator("drive-now h2")).to_have_text(heading)
    page.click(".actions .primary")
    page.click("dialog.sheet .primary")
    expect(page.locator("drive-now h2")).to_have_text("Your shift is over. Good rest!")
    expect(page.locator("drive-summary")).to_contain_text("Counted from positions and reports")
    assert visit.complaints == []
    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_an_answer_from_before_a_tap_does_not_bring_the_street_back(visit, code):
    page = drive_off(visit, code)
    tap(page)
    held = []
    page.route("**/api/drive", lambda route: held.append((route, route.fetch())))
    with page.expect_request("**/api/drive"):
        visit.city.hub.publish("storm", [(1,)])
    while not held:  # the answer is made before the tap
        page.wait_for_timeout(POLL_MS)
    with page.expect_response("**/complete"):
        tap(page)
    expect(page.locator(".stage h2")).to_have_text("Mill Street")
    route, answer = held[0]
    with page.expect_request_finished(lambda request: request.url.endswith("/api/drive")):
        route.fulfill(response=answer)
    page.evaluate("fetch('/health').then((answer) => answer.text())")  # what waited is done
    assert page.locator(".stage h2").text_content() == "Mill Street"
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_whole_route_is_a_list_and_lines_on_the_map(visit, code):
    page = drive_off(visit, code)
    page.locator(".tab").nth(1).click()
    rows = page.locator("drive-list .route li").filter(has_not_text="Take a rest")
    expect(rows).to_have_count(4)  # Main Street in two blocks is one stage
    expect(rows.nth(1)).to_contain_text("Imam Street")
    expect(rows.nth(3)).to_contain_text("Salt heap")
    page.locator(".tab").nth(2).click()
    visit.wait_for_map()
    assert page.locator("#map").bounding_box()["height"] > 200
    drawn = page.evaluate(
        "async () => Promise.all(['route', 'now'].map(async name =>"
        " (await boardMap.getSource(name).getData()).features.length))"
    )
    assert drawn == [3, 1]


@pytest.mark.parametrize(
    "visit",
    [PHONE, PERSIAN | {"color_scheme": "dark", "viewport": {"width": 360, "height": 640}}],
    ids=["en light", "fa dark"],
    indirect=True,
)
def test_no_view_of_the_phone_has_a_serious_fault_or_is_cut_off(visit, code, request):
    language = "fa" if "fa" in request.node.callspec.id else "en"
    visit.go("/drive")
    assert visit.grave_faults() == []
    page = drive_off(visit, code, language)
    tap(page)
    for tab in (1, 2, 3):
        page.click(f".tab:nth-child({tab})")
        expect(page.locator(f".tab:nth-child({tab})")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".skeleton")).to_have_count(0)
        assert visit.grave_faults() == []
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.click(".trouble")
    assert visit.grave_faults() == []
    page.click(".reasons button:nth-child(2)")
    assert visit.grave_faults() == []
    assert visit.complaints == []


def with_rest_due(route) -> None:
    told = route.fetch().json()
    soon = datetime.fromisoformat(told["now"]) + timedelta(minutes=5)
    route.fulfill(json=told | {"hours": told["hours"] | {"rest_due_at": soon.isoformat()}})


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_buttons_are_made_for_gloves_and_nothing_is_cut_off_in_any_language(visit, code):
    visit.page.route("**/api/drive", with_rest_due)
    page = drive_off(visit, code)
    tap(page)
    expect(page.locator("drive-answer .primary, .undo.rest, .undo:not(.rest)")).to_have_count(3)
    for language in ("en", "az", "fa"):
        visit.speak(language)
        page.wait_for_selector(".stage")
        assert_fits(page)
    assert page.get_attribute("html", "dir") == "rtl"
    page.click(".trouble")
    expect(page.locator("dialog p bdi")).to_have_text("خیابان امام")
    assert page.evaluate(SMALL) == []
    page.click(".reasons button:nth-child(2)")
    expect(page.locator(".sent .pair > *")).to_have_count(3)
    assert_fits(page)


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_trembling_finger_ends_one_street_only_and_an_end_asks_for_the_rest(
    visit, code, database, plan
):
    page = drive_off(visit, code)
    page.evaluate(
        "() => { for (let i = 0; i < 3; i += 1) document.querySelector('.actions .done').click(); }"
    )
    expect(page.locator(".stage h2")).to_have_text("Imam Street")
    for button in (".trouble", "dialog .ending", "dialog button:has-text('Not done: say why')"):
        page.click(button)
    assert page.locator(".reasons button").count() == 11
    page.click(".reasons button:has-text('Out of time')")
    expect(page.locator("drive-summary .aside")).to_contain_text("Mill StreetOut of time")
    expect(page.locator("drive-summary")).to_contain_text("Counted from positions and reports")
    with transaction(database) as tx:
        told = {each.leg: each.reason for each in list_progress(tx, plan.id, 1)}
    assert told == {0: "", 1: "no_time", 2: "no_time", 3: "no_time"}


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_whole_route_can_be_driven_by_keyboard(visit, code):
    page = drive_off(visit, code)
    page.locator(".actions .done").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stage h2")).to_have_text("Imam Street")
    page.locator(".trouble").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_be_hidden()


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_positions_are_sent_while_the_page_is_open(visit, code, database):
    from data.store.tracking.positions import list_last

    page = drive_off(visit, code)
    page.context.set_geolocation(HERE | {"longitude": v.at_m(160, 0).lon})
    expect(page.locator(".line")).to_have_text("Your position is sent.")
    with transaction(database) as tx:
        (last,) = list_last(tx)
    assert (last.source, last.vehicle_id) == ("phone", 1)

    assert page.evaluate(MUTE) <= 40
    page.route("**/positions", lambda route: route.abort())  # the signal is gone, then the battery
    page.clock.fast_forward(KEPT_MS)
    page.context.set_geolocation(HERE | {"longitude": v.at_m(260, 0).lon})
    page.clock.fast_forward(KEPT_MS)
    visit.until(f"{ON_SHELF}.then((count) => count > 0)")
    page.unroute("**/positions")
    page.context.set_geolocation(HERE | {"longitude": v.at_m(300, 0).lon})
    page.reload()
    expect(page.locator(".line")).to_have_text("Your position is sent.")
    page.clock.fast_forward(KEPT_MS)
    visit.until(f"{ON_SHELF}.then((count) => count === 0)")


@pytest.mark.parametrize("visit", [PHONE | {"permissions": []}], indirect=True)
def test_a_phone_that_may_not_tell_its_place_says_so(visit, code):
    page = drive_off(visit, code)
    expect(page.locator(".line.warning")).to_contain_text("allow location")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_new_plan_says_what_changes_before_it_is_driven(visit, code, database, plan):
    page = drive_off(visit, code)
    with transaction(database) as tx:
        new = a_plan(a_leg(segment_id=v.ORCHARD), network_version=load_network(tx).version)
        draft = add_plan(tx, replace(new, parent_id=plan.id))
    other = page.context.browser.new_context(**COARSE)
    desk = open_page(other)
    Visit(desk, visit.server).come_in("dispatcher")
    desk.goto(f"{visit.server}/classes")
    desk.evaluate(
        "async (id) => { const { csrf } = JSON.parse(document.getElementById('boot').textContent);"
        " await fetch(`/api/plans/${id}/publish`,"
        " { method: 'POST', body: JSON.stringify({ dropping: true }),"
        " headers: { 'x-csrf-token': csrf, 'content-type': 'application/json' } }); }",
        draft.id,
    )
    other.close()
    expect(page.locator("drive-change h2")).to_have_text("The route changes")
    expect(page.locator("drive-change p").first).to_have_text("Streets added: 1, removed: 3.")
    page.get_by_role("button", name="Go on with the new route").click()
    expect(page.locator(".stage h2")).to_have_text("Orchard Street")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_what_was_tapped_last_can_be_undone_though_the_clock_was_put_back(visit, code):
    page = drive_off(visit, code)
    tap(page)
    page.clock.set_system_time(page.evaluate("Date.now() / 1000") - 10)
    page.click(".trouble")
    page.click(".reasons button:nth-child(1)")
    expect(page.locator(".sent [role=status]")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".undo .what")).to_contain_text("is done")


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_a_blocked_street_reaches_the_board_with_its_photo(visit, code, tmp_path):
    page = drive_off(visit, code)
    tap(page)
    picture = tmp_path / "street.jpg"
    page.screenshot(path=picture, type="jpeg")
    page.evaluate(SILENT_MICROPHONE)
    page.click(".trouble")
    held = []
    page.route("**/shifts/*/blockages", lambda route: held.append(route))
    with page.expect_request("**/shifts/*/blockages"):
        page.click(".reasons button:nth-child(2)")
    expect(page.locator(".sent [role=status]")).to_contain_text("It is being sent…")
    held[0].continue_()
    expect(page.locator(".sent [role=status]")).to_contain_text("Dispatch sees it now.")
    page.route("**/api/blockages/**", lambda route: route.abort())  # the signal is gone
    page.set_input_files(".sent input", picture)
    voice = page.get_by_role("button", name="Voice note")
    voice.evaluate("(button) => (button.click(), button.click())")  # a glove taps twice
    page.get_by_role("button", name="Stop and send: 30 s left").click()
    expect(page.locator(".sent .icon-check")).to_have_count(2)
    assert page.evaluate("microphones") == 1
    page.reload()  # the battery was dead
    with page.expect_response("**/photo"), page.expect_response("**/voice"):
        page.unroute("**/api/blockages/**")
        page.clock.fast_forward(3_000)
    visit.sign_out()
    page.set_viewport_size({"width": 1440, "height": 900})
    board = visit.board()
    board.click("#tab-alerts")
    expect(board.locator("#list-alerts .what").first).to_contain_text("Imam Street")
    board.click("#list-alerts li:first-child")
    visit.until("document.querySelector('board-side img')?.naturalWidth > 0")
    expect(board.locator("board-side audio")).to_have_count(1)
    assert visit.grave_faults() == []
    board.click("board-side .orders .primary")
    expect(board.locator("board-side h2")).to_have_text("Plan")
    expect(board.locator("#tab-alerts .count")).to_have_text("0")


def test_a_dispatcher_gives_a_code_and_sees_the_driver_move(visit, plan, database):
    with transaction(database) as tx:
        add_user(tx, "reza", [Role.DRIVER], "fa", "!")
    board = visit.board()
    board.click("#tab-trucks")
    board.click("#list-trucks li:first-child")
    board.get_by_role("button", name="Driver code", exact=True).click()
    board.select_option("board-side select[name=login]", "reza")
    board.click("board-side form:has(select[name=login]) button")
    given = board.locator("board-side .digits").inner_text().replace(" ", "")
    expect(board.locator("board-side .given")).to_contain_text("/drive")
    assert visit.grave_faults() == []
    phone = board.context.browser.new_context(**PHONE, **COARSE)
    page = open_page(phone)
    page.clock.install()
    page.goto(f"{visit.server}/drive")
    page.fill("#code", given)
    page.click("button.primary")
    page.click(".actions .primary")
    page.wait_for_selector(".stage")
    expect(board.locator("h3:text-is('Its driver') + .facts")).to_contain_text("On the road")
    page.clock.fast_forward(REST_MS)
    tap(page)
    page.click(".actions .done")
    expect(board.locator("#list-trucks li:first-child")).to_contain_text("0.4 of")
    phone.close()
