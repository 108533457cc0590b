"""The page of classes: why a street has its class, and how an administrator decides otherwise."""

from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.village import at_m

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
PERSIAN_PHONE = {**PHONE, "locale": "fa-IR"}


def open_classes(visit: Visit, login: str = "administrator", language: str = "en") -> None:
    visit.page.context.add_cookies(
        [{"name": "barfrub_language", "value": language, "url": visit.server}]
    )
    visit.come_in(login)
    visit.go("/classes")
    visit.page.wait_for_selector("#streets .row")
    visit.until('!!globalThis.boardMap && boardMap.loaded() && !!boardMap.getLayer("class-lines")')


def badge(visit: Visit, text: str) -> None:
    visit.page.wait_for_selector(f".badge:has-text('{text}')")


def sound(visit: Visit) -> None:
    """Nothing is inaccessible, broken, or fetched from elsewhere."""
    assert visit.grave_faults() == []
    assert visit.complaints == []
    assert {url for url in visit.asked if not url.startswith((visit.server, "blob:"))} == set()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_class_narrows_the_map_and_a_street_on_it_is_given_another_by_keyboard_or_mouse(
    visit: Visit,
) -> None:
    open_classes(visit)
    narrow_to_a_class(visit)
    decide_by_keyboard(visit)
    visit.page.mouse.click(*visit.point_of(*at_m(400, 75)))
    badge(visit, "P3")
    assert visit.page.inner_text(".because") == "By street type: Residential street"
    visit.page.check(".choice input[value=P1]", force=True)
    visit.page.fill("#cycle", "2,5")
    visit.page.fill("#note", "Ambulances pass here")
    visit.page.click(".editor .primary")
    badge(visit, "P1")
    assert visit.page.inner_text(".because") == "Decided by hand: Ambulances pass here"
    assert "every 2.5 h" in visit.page.inner_text(".facts")
    sound(visit)
    visit.page.click(".undone button:has-text('Undo')")
    badge(visit, "P3")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector(".sheet", state="detached")


def narrow_to_a_class(visit: Visit) -> None:
    visit.page.click(".chip:has-text('P4')")
    visit.until("document.querySelectorAll('#streets .row').length === 3")
    names = visit.page.locator("#streets .what").all_inner_texts()
    assert names == ["Back Lane", "Jasmine Dead End", "Unnamed street"]
    visit.page.click(".chip:has-text('P4')")
    visit.until("document.querySelectorAll('#streets .row').length > 3")


def decide_by_keyboard(visit: Visit) -> None:
    visit.page.focus("#streets")
    visit.page.keyboard.press("ArrowDown")
    badge(visit, "P1")
    visit.page.focus(".choice input:checked")
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Enter")
    badge(visit, "P2")
    visit.until("document.activeElement?.matches('.editor .primary')")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector(".sheet", state="detached")
    assert visit.page.evaluate("document.activeElement.id") == "streets"


@pytest.mark.parametrize("visit", [PERSIAN_PHONE], indirect=True)
def test_classes_are_decided_in_persian_on_a_phone(visit: Visit) -> None:
    open_classes(visit, language="fa")
    visit.page.fill("#words", "گل سرخ")
    visit.until("document.querySelectorAll('#streets .row').length === 1")
    visit.page.click("#streets .row")
    badge(visit, "درجهٔ ۳")
    visit.page.check(".choice input[value=P2]", force=True)
    visit.page.fill("#cycle", "۲٫۵")
    visit.page.click(".editor .primary")
    badge(visit, "درجهٔ ۲")
    assert "هر ۲٫۵ ساعت" in visit.page.inner_text(".facts")
    assert "خیابان گل‌سرخ اکنون درجهٔ ۲ است." in visit.page.inner_text(".undone")
    visit.page.wait_for_selector("#streets .sub:has-text('درجهٔ ۲')")
    sound(visit)


def test_a_dispatcher_reads_and_an_administrator_sends_a_file_and_sees_what_others_decide(
    visit: Visit,
) -> None:
    open_classes(visit, "dispatcher")
    visit.page.click("#streets .row")
    badge(visit, "P1")
    assert visit.page.locator(".editor").count() == 0
    visit.page.click(".files summary")
    assert visit.page.locator("input[type=file]").count() == 0
    assert visit.page.locator(".files a").count() == 2

    open_classes(visit)
    send_a_file(visit)
    visit.page.evaluate(
        """async () => {
        const { post } = await import("/static/js/pages/net.js");
        const decision = { segment_id: 5, service_class: "P1", cycle_h: null, note: "" };
        await post("/api/classes", { decisions: [decision], seen: [] });
    }"""
    )
    visit.page.wait_for_selector(".chip:has-text('Decided by hand') .km:not(:has-text('—'))")


def choose_file(visit: Visit, text: str) -> None:
    file = {"name": "decisions.csv", "mimeType": "text/csv", "buffer": text.encode()}
    visit.page.set_input_files("input[type=file]", files=[file])


def send_a_file(visit: Visit) -> None:
    """One with a mistake, which says where, and a good one that is undone."""
    visit.page.click(".files summary")
    choose_file(visit, "street;class\nRose Street;P1\nMoon Street;P1\n")
    visit.page.wait_for_selector(".wrong li")
    said = visit.page.inner_text(".wrong li")
    assert said == "Line 3, street: expected a street of this city, got “Moon Street”"
    choose_file(visit, "street;class\nRose Street;P1\n")
    visit.page.wait_for_selector(".undone")
    assert visit.page.locator(".wrong").count() == 0
    assert "1 street decided again" in visit.page.inner_text(".undone")
    visit.page.click(".undone button:has-text('Undo')")
    visit.until("!document.querySelector('.undone')")
