"""What is pressed on a phone is big enough for a glove and in sight, at every size."""

from playwright.sync_api import Page

SMALL = """() => [...document.querySelectorAll("button, a, label.button, input, textarea")]
  .filter((one) => one.checkVisibility() && !one.closest(".maplibregl-ctrl, .unseen"))
  .map((one) => [one.textContent.trim() || one.className, one.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 1 && (height < 64 || width < 48))
  .map(([words, { width, height }]) => `${words} ${Math.round(width)} x ${Math.round(height)}`)"""
"""What is pressed and is too small for a glove: 64 px high, and no narrower than 48 px."""

SIZES = ((320, 640), (360, 740), (390, 844), (844, 390), (740, 360))

UNSEEN = """() => [...document.querySelectorAll(
  ":is(drive-actions, .asked) button, .sent .button, .stage h2")]
  .map((one) => [one.textContent.trim(), one.getBoundingClientRect(),
    document.getElementById("drive").getBoundingClientRect(), one.closest("#drive")])
  .filter(([, own, view, isInView]) => own.left < 0 || own.right > innerWidth
    || own.bottom > innerHeight || own.top < (isInView ? view.top : 0))
  .map(([words]) => words)"""
"""What is pressed on the road and is not in sight, and a heading that is cut off at its top."""


def assert_fits(page: Page) -> None:
    """Check the page as it is now at every size of a phone, upright and across."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(SMALL) == []
        assert page.evaluate(UNSEEN) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
