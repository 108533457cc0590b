"""The pages in a real browser: foreign hosts, languages, themes, sizes, accessibility."""

import re

import pytest
from playwright.sync_api import expect

from data.model import Role
from maps.pages.menu import pages_of
from tests.browser.conftest import PASSWORD

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
DARK = {"color_scheme": "dark"}
PERSIAN = "fa"


def test_the_board_asks_no_foreign_host_and_has_no_complaints(visit):
    visit.board()
    visit.start_storm()
    visit.page.click(".maplibregl-ctrl-zoom-in")
    visit.until("boardMap.loaded() && !boardMap.isMoving()")

    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []
    assert len([url for url in visit.asked if "streets.pmtiles" in url]) >= 2
    assert visit.complaints == []


def test_the_desk_asks_no_foreign_host_and_has_no_complaints(visit):
    visit.desk()

    assert [
        url for url in visit.asked if not url.startswith((visit.server, "blob:", "data:"))
    ] == []
    assert visit.complaints == []


def test_a_wrong_password_says_so_and_keeps_the_name(visit):
    visit.sign_in("dispatcher", "guessed")

    expect(visit.page.get_by_role("alert")).to_be_visible()
    assert visit.page.input_value("#login") == "dispatcher"
    assert visit.page.input_value("#password") == ""
    visit.page.fill("#password", PASSWORD)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/")


def test_persian_mirrors_the_page_but_not_the_map(visit):
    visit.board()
    visit.speak(PERSIAN)
    visit.page.wait_for_selector("board-side h2")
    lists = visit.page.locator("#tab-panel").bounding_box()
    side = visit.page.locator("board-side .panel").bounding_box()

    assert visit.page.get_attribute("html", "dir") == "rtl"
    assert lists["x"] > 720 > side["x"]
    assert (
        visit.page.evaluate("getComputedStyle(document.getElementById('map')).direction") == "ltr"
    )
    assert re.search("[۰-۹]", visit.page.inner_text(".clock"))


def test_the_language_can_be_switched_at_any_time(visit):
    page = visit.board()
    visit.speak("fa")
    page.wait_for_selector("board-side h2")
    persian = page.inner_text("board-side h2")
    visit.speak("en")
    page.wait_for_selector("board-side h2")

    assert re.fullmatch(r"[\u0600-\u06ff\u200c ]+", persian)
    assert page.inner_text("board-side h2") == "No storm"
    assert page.url == f"{visit.server}/"


def test_a_chosen_theme_outlives_the_page(visit):
    page = visit.board()
    page.click("#theme")
    chosen = page.get_attribute("html", "data-theme")
    page.reload()

    assert chosen == "dark"
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 30)"


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
@pytest.mark.parametrize("language", ["fa"])
def test_nothing_is_cut_off_or_faulty_on_a_phone(visit, language):
    page = visit.board()
    visit.speak(language)
    page.wait_for_selector(".bar button")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert visit.grave_faults() == []
    page.click(".bar button:nth-child(2)")
    expect(page.locator("#tab-panel")).to_be_visible()
    page.click(".bar button:nth-child(3)")
    expect(page.locator("board-side .panel")).to_be_visible()

    assert wide == 360
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    visit.start_storm()
    assert visit.grave_faults() == []


@pytest.mark.parametrize("visit", [{}, DARK], ids=["light", "dark"], indirect=True)
def test_the_board_has_no_serious_accessibility_fault(visit):
    visit.board()
    assert visit.grave_faults() == []

    visit.start_storm()
    assert visit.grave_faults() == []


@pytest.mark.parametrize("visit", [{}, DARK], ids=["light", "dark"], indirect=True)
def test_desk_and_sign_in_have_no_serious_accessibility_fault(visit):
    visit.go("/sign-in")
    assert visit.grave_faults() == []

    visit.sign_in("operator")
    visit.page.wait_for_selector("#text")
    visit.wait_for_map()
    assert visit.grave_faults() == []


def test_an_operator_who_goes_to_the_board_comes_to_the_desk(visit):
    visit.desk()
    visit.go("/")

    assert visit.page.url == f"{visit.server}/operator"


def test_the_menu_leads_to_every_page_of_the_reader_and_closes_by_escape(visit):
    page = visit.board("supervisor")
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


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
@pytest.mark.parametrize("language", ["en"])
def test_before_the_first_storm_every_page_of_a_phone_is_whole(visit, language):
    visit.board("administrator")
    visit.speak(language)
    wide = {}
    for one in pages_of([Role.ADMINISTRATOR]):
        visit.go(one.path)
        expect(visit.page.locator("[aria-busy=true], .skeleton")).to_have_count(0)
        wide[one.path] = visit.page.evaluate("document.documentElement.scrollWidth")

    assert set(wide.values()) == {360}, wide
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_who_has_no_shift_and_no_crew_is_told_so_where_a_code_is_entered(visit):
    visit.come_in("crew")
    visit.go("/crew")

    assert visit.page.url == f"{visit.server}/drive"
    expect(visit.page.get_by_text("you have no shift and no crew now")).to_be_visible()
    expect(visit.page.get_by_label("Your code")).to_be_focused()


def test_a_queue_that_never_had_a_request_says_what_comes_there(visit):
    visit.come_in("dispatcher")
    visit.go("/requests")
    expect(visit.page.get_by_role("heading", name="There is no request yet")).to_be_visible()

    visit.page.fill("#words", "snow")
    expect(visit.page.get_by_role("heading", name="No matching request")).to_be_visible()
