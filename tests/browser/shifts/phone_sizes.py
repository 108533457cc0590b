"""What is pressed on a phone is big enough for a glove and in sight, at every size."""

from collections.abc import Iterable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

SMALL = """() => [...document.querySelectorAll("button, a, label.button, input, textarea")]
  .filter((one) => one.checkVisibility() && !one.closest(".maplibregl-ctrl, .unseen"))
  .map((one) => [one.textContent.trim() || one.className, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 1 && (height < 64 || width < 48))
  .map(([words, { width, height }]) => `${words} ${Math.round(width)} x ${Math.round(height)}`)"""
"""What is pressed and is too small for a glove: 64 px high, and no narrower than 48 px."""

SIZES = ((320, 640), (360, 740), (390, 844), (844, 390), (740, 360), (640, 360))
ACROSS = SIZES[-3:]

UNSEEN = """() => [...document.querySelectorAll(
  ":is(drive-actions, .asked) button, .sent .button, .stage h2")]
  .map((one) => [one.textContent.trim(), one.getBoundingClientRect(),
    document.getElementById("drive").getBoundingClientRect(), one.closest("#drive"),
    one.closest(".asked, drive-actions")?.getBoundingClientRect()])
  .filter(([, own, view, isInView, around]) => own.left < 0 || own.right > innerWidth
    || own.bottom > Math.min(innerHeight, around?.bottom ?? innerHeight)
    || own.top < (isInView ? view.top : 0))
  .map(([words]) => words)"""
"""What is pressed on the road and is not in sight, and a heading that is cut off at its top."""

TURN_IS_WHOLE = """() => document.querySelector(".lead-card").getBoundingClientRect().bottom
  <= document.querySelector("drive-lead").getBoundingClientRect().bottom"""


def assert_fits(page: Page, sizes: Iterable[tuple[int, int]] = SIZES) -> None:
    """Check the page as it is now at every size of a phone, upright and across."""
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(SMALL) == []
        assert page.evaluate(UNSEEN) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def assert_question_and_message_fit(visit: Visit) -> None:
    """Check that the turn, the question about the route and a message leave each other room."""
    page = visit.page
    page.wait_for_selector(".lead-card")
    assert_fits(page)
    assert page.evaluate(TURN_IS_WHOLE)  # at the last size, the smallest
    at = "2026-01-01T00:00:00Z"
    words = {"en": "Come back to the depot after Mill Street and wait there for the loader."}
    letter = {
        "id": 1,
        "text": words,
        "from_driver": False,
        "sent_by": "dispatcher",
        "sent_at": at,
        "delivered_at": at,
        "seen_at": None,
    }
    told = {"canned": [], "messages": [letter]}
    page.route("**/api/shifts/1/messages", lambda route: route.fulfill(json=told))
    visit.city.hub.publish("mail", [(1,)])
    expect(page.locator(".letter button, drive-answer button")).to_have_count(4)
    assert_fits(page, ACROSS)
    assert page.evaluate(TURN_IS_WHOLE)
    page.unroute("**/api/shifts/1/messages")
    visit.city.hub.publish("mail", [(1,)])
    expect(page.locator(".letter")).to_have_count(0)
