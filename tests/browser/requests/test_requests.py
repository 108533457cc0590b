"""The page of requests in a browser: mark by keyboard, close, take back, call back, hand over."""

import httpx
import pytest
from playwright.sync_api import expect

from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE
from data.languages import languages
from maps.pages.i18n import translator
from tests.begun_session import begun_session

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
NUMBERS = """() => {
    const { languages, language } = JSON.parse(document.getElementById("boot").textContent);
    const { intl } = languages.find(({ code }) => code === language);
    return [1234567, 1234.5].map((value) => new Intl.NumberFormat(intl).format(value));
}"""


def people_ask(visit):
    """Three requests come in a storm: two without a place, one on School Street."""
    begun = begun_session(visit.city.engine, "administrator")
    cookies = {SESSION_COOKIE: begun.text, CSRF_COOKIE: begun.csrf}
    headers = {"x-csrf-token": begun.csrf}
    with httpx.Client(base_url=visit.server, cookies=cookies, headers=headers) as asking:
        for path, body in (
            ("/api/storms", {"name": "First snow"}),
            ("/api/agencies", {"name": "Parks", "kind": "parks", "phone": "137"}),
            ("/requests", {"kind": "plow", "text": "somewhere", "caller_phone": "0914"}),
            ("/requests", {"kind": "tree", "text": "a tree fell"}),
            ("/requests", {"kind": "plow", "text": "Snow on School Street"}),
        ):
            assert asking.post(path, json=body).is_success


def opened(visit, login="dispatcher"):
    """The page with what people asked for."""
    people_ask(visit)
    visit.come_in(login)
    visit.go("/requests")
    visit.page.wait_for_selector("#queue li")
    visit.wait_for_map()
    return visit.page


def test_requests_are_marked_closed_taken_back_and_called_about_by_keyboard(visit):
    page = opened(visit)
    expect(page.locator("#queue .due").first).to_have_attribute("title", "Next step due")
    page.keyboard.press("/")
    page.keyboard.type("somewhere")
    expect(page.locator("#queue li")).to_have_count(1)
    page.focus("#queue")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.locator(".orders-bar button", has_text="Close").press("Enter")
    page.check("input[value=melted]")
    page.locator("dialog button.primary").press("Enter")
    expect(page.locator(".outcome")).to_contain_text("1 request closed")
    page.click("#tab-calls")
    expect(page.locator(".call .say")).to_contain_text("we did not come")
    assert visit.grave_faults() == []

    page.click("#tab-requests")
    page.locator(".outcome button", has_text="Undo").press("Enter")
    expect(page.locator(".outcome")).to_contain_text("as it was")
    expect(page.locator("#queue li")).to_have_count(1)
    assert visit.grave_faults() == []
    page.focus("#queue")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("request-file .quote, request-file h2")).to_contain_text("somewhere")
    visit.wait_for_map()
    assert visit.complaints == []


def test_azerbaijani_keeps_the_page_its_order_and_numbers_as_the_server_writes_them(visit):
    page = opened(visit)
    page.select_option("#order", "newest")
    expect(page.locator("#queue li").first).to_contain_text("School Street")
    assert page.locator("#queue li").first.inner_text().count("School Street") == 1
    shown = page.locator("#queue li").evaluate_all("rows => rows.map(({ id }) => id)")
    page.focus('[popovertarget="languages"]')
    page.keyboard.press("Enter")
    assert page.locator("#languages button").all_inner_texts() == [
        each.name for each in languages().values()
    ]
    page.focus('#languages button[value="az"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('html[lang="az"] #queue li')

    assert "/requests?" in page.url
    assert page.url.endswith("&order=newest")
    assert page.locator("#queue li").evaluate_all("rows => rows.map(({ id }) => id)") == shown
    t = translator("az", visit.city.city.timezone)
    assert page.evaluate(NUMBERS) == [t.number(1234567), t.number(1234.5, 1)]
    page.click("#queue li:nth-child(1)")
    expect(page.locator("main")).to_contain_text(t.date(visit.city.clock.now()))


def test_a_pin_places_what_is_marked_and_an_agency_gets_what_is_not_ours(visit):
    page = opened(visit)
    page.click("#queue li:nth-child(1) .box")
    page.locator(".orders-bar button", has_text="Place on the map").click()
    lon, lat = page.evaluate("boardMap.getCenter().toArray()")
    page.mouse.click(*visit.point_of(lon, lat))
    expect(page.locator(".outcome")).to_contain_text("1 request placed")
    expect(page.locator("#queue li:nth-child(1) .sub")).to_contain_text("Street")

    page.click("#queue li:nth-child(2) .box")
    page.locator(".orders-bar button", has_text="Refer").click()
    page.locator("dialog button.primary").click()
    expect(page.locator(".outcome")).to_contain_text("1 request referred")

    held = []
    page.click("#queue li:nth-child(1) .box")
    page.route("**/api/queue/kind", lambda route: held.append(route), times=1)
    with page.expect_request("**/api/queue/kind"):
        page.select_option("#kind", "ice")
    page.select_option("#kind", "tree")  # comes after the first, for the same request
    page.click("#queue li:nth-child(2) .box")
    with page.expect_request("**/api/queue/kind") as second:
        held[0].continue_()
    assert second.value.post_data_json["kind"] == "tree"
    assert second.value.post_data_json["ids"] == held[0].request.post_data_json["ids"]
    expect(page.locator("#queue li:nth-child(1)")).to_have_attribute("aria-selected", "false")
    expect(page.locator("#queue li:nth-child(2)")).to_have_attribute("aria-selected", "true")

    page.click("#tab-given")
    expect(page.locator(".given")).to_contain_text("Parks")
    page.locator(".given button", has_text="Their answer").click()
    page.fill("#answer", "on the way")
    page.locator(".answering button", has_text="look after").click()
    expect(page.locator(".given .standing")).to_contain_text("look after")

    page.locator(".given .code").click()
    page.fill("#answer", "not ours")
    page.press("#answer", "Enter")  # sends none of the answers
    page.get_by_role("button", name=translator("en")("answer:declined")).click()
    expect(page.locator(".records .quote")).to_have_text("not ours")
    expect(page.locator(".records")).to_contain_text(translator("en")("referral:declined"))
    expect(page.locator("#answer")).to_have_count(0)
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_page_fits_a_phone_and_says_what_comes_there_before_the_first_request(visit):
    page = visit.page
    visit.come_in("operator")
    visit.go("/requests")
    expect(page.get_by_role("heading", name="There is no request yet")).to_be_visible()
    page.fill("#words", "snow")
    expect(page.get_by_role("heading", name="No matching request")).to_be_visible()

    opened(visit, "operator")
    expect(page.locator("#queue li")).to_have_count(3)
    expect(page.locator(".choices").first).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert visit.grave_faults() == []

    page.fill("#words", "2")
    page.press("#words", "Enter")
    expect(page.locator("h1")).to_contain_text("B-0002")
