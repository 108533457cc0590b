"""The dispatcher's board and the operator's desk, as people use them."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from data.model import RequestId, RequestKind, RequestState, Role, ServiceRequest
from data.store.database.engine import transaction
from data.store.requests.requests import add_request
from maps.pages.menu import pages_of
from tests.browser.conftest import COARSE, POLL_MS, Visit, open_page, refuse
from tests.village import MAIN_EAST, TULIP, village

pytestmark = pytest.mark.browser

CHOSEN_ON_MAP = "boardMap.getSource('chosen').serialize().data.features.length"
NEAR_ON_MAP = "!document.querySelector('canvas.near').hidden"
RELOAD = """import('/static/js/board/state.js').then((it) => {
  it.reload().then(() => (globalThis.reloaded = true));
})"""
OF_TULIP = f"{{ source: 'streets', sourceLayer: 'streets', id: {int(TULIP)} }}"
HELD_ON_MAP = "!document.querySelector('canvas.held').hidden"

NOTE_ORDERS_TO_THE_MAP = """() => {
  globalThis.ordersToTheMap = [];
  const note = (what, name) => {
    const done = what[name].bind(what);
    what[name] = (...words) => (ordersToTheMap.push(name), done(...words));
  };
  for (const name of ["setStyle", "addLayer", "moveLayer", "removeLayer", "setFilter",
    "setLayoutProperty", "setPaintProperty", "setFeatureState", "removeFeatureState"])
    note(boardMap, name);
  const news = ["closures", "crew-jobs", "requests"];
  const drawn = Object.keys(boardMap.getStyle().sources).filter((id) => !news.includes(id));
  for (const source of drawn.map((id) => boardMap.getSource(id)))
    for (const name of ["setData", "updateData", "setTiles"]) if (source[name]) note(source, name);
}"""
"""Keeps the name of each order by which a page lets the map draw something else, but for news."""


def middle_of(street):
    return village().point_at(street, village().segment(street).length_m / 2)


def test_a_storm_turns_an_empty_board_into_work_and_its_plan_is_asked_for_and_stopped(visit):
    page = visit.board()
    expect(page.locator("board-side h2")).to_have_text("No storm")
    visit.start_storm()

    expect(page.locator("#classes tbody tr").first).to_be_visible()
    expect(page.locator(".storm")).to_contain_text("Snow of")
    page.click(".maplibregl-ctrl-zoom-in")
    visit.until("boardMap.loaded() && !boardMap.isMoving()")
    assert visit.foreign() == []
    assert len([url for url in visit.asked if "streets.pmtiles" in url]) >= 2
    assert visit.complaints == []
    an_error_stays_until_it_is_read(page)

    page.click(".ask .primary")
    expect(page.locator(".run h3")).to_have_text("The planner is still starting")
    page.click(".run button")
    expect(page.locator(".run")).to_have_count(0)
    expect(page.locator("board-notices")).to_contain_text("stopped before it had routes")


def an_error_stays_until_it_is_read(page: Page) -> None:
    page.route("**/api/plans", refuse("The storm has changed."), times=1)
    page.click(".ask .primary")
    notice = page.locator(".notice.danger")
    expect(notice).to_contain_text("The storm has changed.")
    page.click("#tab-trucks")
    expect(notice).to_be_visible()
    notice.get_by_role("button").click()
    expect(notice).to_have_count(0)


def test_a_street_is_lit_up_under_the_pointer_without_drawing_the_map_anew_and_held_by_a_click(
    visit,
):
    page = visit.board()
    visit.until(f"boardMap.getFeatureState({OF_TULIP}).s !== undefined")
    page.evaluate(NOTE_ORDERS_TO_THE_MAP)
    for street in (TULIP, MAIN_EAST):
        page.mouse.move(*visit.point_of(*middle_of(street)))
        visit.until(NEAR_ON_MAP)
    page.locator("board-side h2").hover()
    visit.until(f"!({NEAR_ON_MAP})")
    assert page.evaluate("ordersToTheMap") == []
    page.emulate_media(color_scheme="dark")
    visit.until("ordersToTheMap.length > 0")  # what is drawn anew would have been noted

    visit.start_storm()
    visit.wait_for_map()
    page.mouse.click(*visit.point_of(*middle_of(TULIP)))
    expect(page.locator("board-side .way").first).to_contain_text("not plowed here in this storm")
    visit.until(HELD_ON_MAP)
    leave_and_come_back(visit)
    visit.until(HELD_ON_MAP)
    page.keyboard.press("Escape")

    expect(page.locator("board-side h2")).to_have_text("Plan")
    visit.until(f"!({HELD_ON_MAP})")
    assert visit.complaints == []


def leave_and_come_back(visit: Visit) -> None:
    """Look elsewhere until the held street is not drawn; its map comes after the view."""
    page = visit.page
    page.evaluate("globalThis.home = boardMap.getCenter(); boardMap.setMaxBounds(null)")
    page.evaluate("boardMap.jumpTo({ center: [home.lng + 3, home.lat], zoom: 16 })")
    visit.until(f"!({HELD_ON_MAP}) && boardMap.loaded()")
    page.evaluate("boardMap.jumpTo({ center: home })")


def report(visit, text: str, name: str = "") -> str:
    """Take a request at the desk of a second window; returns its reference."""
    page = visit.page
    page.fill("#text", text)
    page.fill("#caller_name", name)
    page.click("operator-form button.primary")
    page.wait_for_selector(".answer.recorded")
    return page.locator(".waiting-list .code, .answer .say").first.inner_text()


@pytest.fixture
def desk(chromium, server):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, **COARSE)
    visit = Visit(open_page(context), server)
    visit.desk()
    yield visit
    context.close()


def street_name() -> str:
    return village().segment(TULIP).names[""][0]


def test_what_an_operator_takes_stays_on_the_board_when_an_older_answer_comes(visit, desk):
    page, held = visit.board(), []
    visit.start_storm()
    page.route("**/api/board", lambda route: held.append((route, route.fetch())))
    page.evaluate(RELOAD)
    while not held:
        page.wait_for_timeout(POLL_MS)
    report(desk, street_name())
    row = page.locator("#list-requests .row")
    row.wait_for()
    for route, older in held:
        route.fulfill(response=older)
    visit.until("globalThis.reloaded")
    expect(row.locator(".what")).to_have_text("Tulip Alley")  # what the caller said is Persian
    row.click()

    expect(row).to_have_attribute("aria-selected", "true")
    expect(page.locator("board-side .quote")).to_have_text(street_name())
    expect(page.locator("board-side .facts")).to_contain_text("On the work list")
    expect(page.locator("board-side .facts")).to_contain_text("Clear by")
    visit.until(CHOSEN_ON_MAP)
    assert visit.complaints == []


def ask_often(city, times: int) -> None:
    """Put so many requests without a place into the database."""
    asked = [
        ServiceRequest(
            id=RequestId(number),
            reference=f"B-{number:04d}",
            received_at=city.clock.now() + timedelta(seconds=number),
            channel="phone",
            text=f"call {number}",
            kind=RequestKind.ICE if number % 2 else RequestKind.PLOW,
            state=RequestState.NEW,
        )
        for number in range(1, times + 1)
    ]
    with transaction(city.engine) as tx:
        for one in asked:
            add_request(tx, one)


def test_a_long_list_is_walked_to_its_end_narrowed_and_sorted_and_a_short_one_by_keyboard(visit):
    ask_often(visit.city, 400)
    page = visit.board()
    rows = page.locator("#list-requests .row")
    expect(rows.first).to_contain_text("call 1")
    assert rows.count() < 60
    page.focus("#list-requests")
    page.keyboard.press("End")
    selected = page.locator('#list-requests [aria-selected="true"]')
    expect(selected).to_contain_text("B-0400")
    expect(selected).to_have_attribute("aria-posinset", "400")
    page.fill("#filter", "call 302")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("B-0302")
    page.fill("#filter", "")
    page.get_by_role("button", name="Ice").click()
    expect(page.locator(".tally")).to_contain_text("200 of 400")
    page.select_option(".order select", "newest")
    expect(rows.first).to_contain_text("B-0399")

    page.focus("#tab-requests")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-trucks")).to_be_focused()
    walk_the_trucks(page)
    assert visit.complaints == []


def walk_the_trucks(page: Page) -> None:
    names = page.locator("#list-trucks .what").all_inner_texts()
    page.keyboard.press("/")
    page.keyboard.type(names[1])
    expect(page.locator("#list-trucks .row")).to_have_count(1)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.focus("#list-trucks")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator('#list-trucks [aria-selected="true"] .what')).to_have_text(names[1])
    expect(page.locator("board-side h2")).to_have_text(names[1])


def test_the_answer_to_read_out_is_the_largest_text_and_a_request_without_a_place_gets_its_pin(
    visit,
):
    page = visit.desk()
    report(visit, street_name())
    sizes = page.eval_on_selector_all(
        "main *:not(.say)", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    said = page.eval_on_selector(".say", "one => parseFloat(getComputedStyle(one).fontSize)")
    assert said > max(sizes)
    expect(page.locator(".say")).to_contain_text("B-")

    page.keyboard.press("F2")
    expect(page.locator(".answer")).to_have_count(0)
    report(visit, "by the old oak")
    expect(page.locator("#waiting .row")).to_have_count(1)
    page.mouse.click(*visit.point_of(*middle_of(MAIN_EAST)))
    expect(page.locator("#waiting")).to_have_count(0)
    expect(page.locator(".answer .say")).to_contain_text(
        "We keep your request for the next snowfall"
    )


def test_the_legend_begins_folded_hides_a_state_and_recoloring_never_freezes_the_page(visit):
    page = visit.board()
    expect(page.locator(".legend .views button")).to_have_count(3)
    expect(page.locator(".legend li")).to_have_count(0)
    page.click(".legend > button")
    before = page.evaluate("JSON.stringify(boardMap.getPaintProperty('streets', 'line-opacity'))")
    page.click(".legend li:first-child button")
    expect(page.locator(".legend li:first-child button")).to_have_attribute("aria-pressed", "false")
    visit.until(
        f"JSON.stringify(boardMap.getPaintProperty('streets', 'line-opacity')) !== '{before}'"
    )

    worst = page.evaluate(
        """async () => {
            const { coverage, takeCoverage } = await import("/static/js/board/state.js");
            let worst = 0;
            new PerformanceObserver(list => {
                for (const task of list.getEntries()) worst = Math.max(worst, task.duration);
            }).observe({ type: "longtask" });
            takeCoverage(Array.from({ length: 20000 }, (_, id) => [id + 1, id % 7, id % 5]));
            await new Promise(done => setTimeout(done, 1500));
            return worst;
        }"""
    )
    assert worst < 1000
    page.click(".legend > button")
    page.reload()
    expect(page.locator(".legend > button")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("w")
    expect(page.locator(".legend li:first-child")).to_be_visible()


def test_who_only_looks_is_offered_no_orders_but_a_menu_of_every_page_that_is_theirs(visit):
    visit.board()
    visit.start_storm()
    orders = visit.page.locator("board-side :is(.ask, .end, .orders button, button.primary)")
    expect(orders).not_to_have_count(0)
    visit.sign_out()
    page = visit.board("supervisor")
    expect(page.locator("board-side h2")).to_have_text("Plan")
    expect(orders).to_have_count(0)

    page.click("[popovertarget=pages]")
    links = page.locator("#pages a")
    shown = [one.get_attribute("href") for one in links.all()]
    assert shown == [one.path for one in pages_of([Role.SUPERVISOR])]
    page.keyboard.press("Escape")
    assert not page.locator("#pages").is_visible()
    page.click("[popovertarget=pages]")
    page.click("#pages a[href='/operator']")
    page.wait_for_selector("#text")
    assert visit.complaints == []


def test_a_failed_plan_is_said_with_its_reason_folded_and_a_map_without_news_says_how_old_it_is(
    visit,
):
    page = visit.page
    page.clock.install()
    reason = "No vehicle is in service: every shift is over."
    runs = '[{"id": 1, "state": "failed", "fault": "conflict:no_shift", "fault_values": {}}]'
    page.route("**/stream", lambda route: route.abort())
    page.route(
        "**/stream",
        lambda route: route.fulfill(
            content_type="text/event-stream", body=f"event: runs\ndata: {runs}\n\n"
        ),
        times=1,
    )
    visit.board()
    expect(page.locator(".notice.danger")).to_contain_text("The plan could not be made.")
    expect(page.get_by_text(reason)).to_be_hidden()
    page.click(".notice summary")
    expect(page.get_by_text(reason)).to_be_visible()

    page.clock.fast_forward(12_000)
    expect(page.locator(".stale")).to_contain_text("No connection for")


SILENT_STREAM = """
    globalThis.EventSource = class extends EventTarget {
        static made = 0;
        constructor() {
            super();
            if (EventSource.made++ === 0) setTimeout(() => this.dispatchEvent(new Event("open")));
        }
        close() {}
    };
"""
"""A line that opens and then says nothing, neither news nor an error."""


def test_a_line_that_falls_silent_is_stale_and_is_asked_for_again(visit):
    page = visit.page
    page.clock.install()
    page.add_init_script(SILENT_STREAM)
    visit.board()
    page.clock.fast_forward(12_000)
    expect(page.locator(".stale")).to_have_count(0)
    page.clock.fast_forward(20_000)

    expect(page.locator(".stale")).to_contain_text("No connection for")
    assert visit.until("EventSource.made") >= 2
