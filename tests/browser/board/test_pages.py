"""The pages in a real browser: foreign hosts, languages, themes, sizes, accessibility."""

import re

import pytest
from playwright.sync_api import expect

from data.model import Role
from maps.pages.menu import pages_of
from tests.browser.conftest import PASSWORD, Visit

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
PERSIAN = "fa"


def has_no_fault_in_light_and_dark(visit: Visit) -> None:
    for theme in ("dark", "light"):
        visit.page.emulate_media(color_scheme=theme)
        assert visit.grave_faults() == [], theme


def test_a_wrong_password_says_so_and_the_right_one_leads_to_the_desk(visit):
    page = visit.page
    visit.sign_in("operator", "guessed")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.input_value("#login") == "operator"
    assert page.input_value("#password") == ""
    has_no_fault_in_light_and_dark(visit)
    visit.complaints.clear()  # of the browser, that the server refused the password

    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#text")
    visit.wait_for_map()
    assert page.url == f"{visit.server}/operator"  # though the board was asked for
    has_no_fault_in_light_and_dark(visit)
    assert visit.foreign() == []
    assert visit.complaints == []


def test_the_board_speaks_any_language_mirrored_but_for_the_map_and_keeps_a_theme(visit):
    page = visit.board()
    visit.speak(PERSIAN)
    page.wait_for_selector("board-side h2")
    lists = page.locator("#tab-panel").bounding_box()
    side = page.locator("board-side .panel").bounding_box()
    assert page.get_attribute("html", "dir") == "rtl"
    assert lists["x"] > 720 > side["x"]
    assert page.evaluate("getComputedStyle(document.getElementById('map')).direction") == "ltr"
    assert re.search("[۰-۹]", page.inner_text(".clock"))
    assert re.fullmatch(r"[\u0600-\u06ff\u200c ]+", page.inner_text("board-side h2"))

    page.click("#theme")
    chosen = page.get_attribute("html", "data-theme")
    visit.speak("en")
    page.wait_for_selector("board-side h2")
    assert page.inner_text("board-side h2") == "No storm"
    assert page.url == f"{visit.server}/"
    assert chosen == "dark"
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 30)"


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_nothing_is_cut_off_or_faulty_on_a_phone_in_persian(visit):
    page = visit.board()
    visit.speak(PERSIAN)
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


def test_the_board_has_no_serious_accessibility_fault_in_light_and_dark(visit):
    visit.board()
    has_no_fault_in_light_and_dark(visit)

    visit.start_storm()
    has_no_fault_in_light_and_dark(visit)


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_before_the_first_storm_every_page_of_a_phone_is_whole_and_says_who_has_no_crew(visit):
    visit.come_in("administrator")
    wide = {}
    for one in pages_of([Role.ADMINISTRATOR]):
        visit.go(one.path)
        expect(visit.page.locator("[aria-busy=true], .skeleton")).to_have_count(0)
        wide[one.path] = visit.page.evaluate("document.documentElement.scrollWidth")
    assert set(wide.values()) == {360}, wide
    assert visit.complaints == []

    visit.come_in("crew")
    visit.go("/crew")
    assert visit.page.url == f"{visit.server}/drive"
    expect(visit.page.get_by_text("you have no shift and no crew now")).to_be_visible()
    expect(visit.page.get_by_label("Your code")).to_be_focused()
