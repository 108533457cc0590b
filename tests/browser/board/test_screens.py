"""The board on a wall and on a phone: no word is cut off, nor hidden by a call for help."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from data.model import RequestKind, VehicleId
from data.store.database.engine import transaction
from fleet.messages.sos import SosCall, call_for_help
from fleet.requests.intake import Report, receive
from fleet.storms.storm_start import start_storm
from tests.browser.conftest import Visit
from tests.village import MAIN_EAST, MAIN_WEST, ROSE, village
from tests.village_database import DISPATCHER
from tests.village_plan import add_published_plan, legs_along

pytestmark = pytest.mark.browser

NAMES = {
    "fa": "برف و کولاک سنگین یک‌شنبه ۸ آذر ۱۴۰۵",
    "en": "Heavy snow and drifts on Sunday 29 November 2026",
}
"""One storm's name in both languages, as long as the suggested ones."""

WALLS = ({"width": 1920, "height": 1080}, {"width": 3840, "height": 2160})
PHONE = {"viewport": {"width": 390, "height": 844}}
CALLERS = 12

CUT_OFF = """() => {
  const parts = [...document.querySelectorAll(
    ".strip *, .next-action *, .wall-alerts, .wall-alerts *, .legend *, .wall-foot *, .sos *")];
  const seen = parts.filter((one) => one.checkVisibility() && !one.closest(".unseen, svg"));
  const [wide, high] = [innerWidth, innerHeight];
  const out = (one) => {
    const box = one.getBoundingClientRect();
    if (box.left < -1 || box.right > wide + 1) return true;
    const inLine = getComputedStyle(one).display === "inline"; // its box is higher than its letters
    return !inLine && (box.top < -1 || box.bottom > high + 1);
  };
  const cut = (one) => {
    const { overflowX, display, lineHeight } = getComputedStyle(one);
    if (overflowX === "visible" || display === "inline") return false;
    const lower = one.scrollHeight - one.clientHeight; // letters reach beyond their line
    return one.scrollWidth > one.clientWidth + 1 || lower > parseFloat(lineHeight) / 2;
  };
  const page = document.documentElement.scrollWidth > wide ? ["the page"] : [];
  const named = (one) => `${one.className || one.tagName}: ${one.textContent.trim()}`;
  return [...page, ...seen.filter((one) => out(one) || cut(one)).map(named)];
}"""
"""What stands outside of the screen, or is longer than the box that cuts it off."""

COVERED_BY_SOS = """() => {
  const call = document.querySelector(".sos").getBoundingClientRect();
  const meets = (box) => box.left < call.right && call.left < box.right
    && box.top < call.bottom && call.top < box.bottom;
  const others = ".figures > *, .next-action, .storm, .clock, .wall-alerts h2, .wall-foot";
  return [...document.querySelectorAll(others)]
    .filter((one) => one.checkVisibility() && meets(one.getBoundingClientRect()))
    .map((one) => one.className || one.tagName);
}"""

BIGGEST_IS_SOS = """() => {
  const size = (one) => parseFloat(getComputedStyle(one).fontSize);
  const others = [...document.body.querySelectorAll("*")].filter((one) => one.checkVisibility());
  const biggest = Math.max(...others.filter((one) => !one.closest(".sos")).map(size));
  return size(document.querySelector(".sos strong")) > biggest;
}"""


THE_MAP_IS_WHOLE = """(() => {
  const map = boardMap.getContainer();
  const box = map.getBoundingClientRect();
  const enlarged = box.width / map.offsetWidth;
  const { bounds } = JSON.parse(document.getElementById("boot").textContent).city;
  const low = box.top + boardMap.project([bounds[0], bounds[1]]).y * enlarged;
  const legend = document.querySelector(".legend").getBoundingClientRect();
  return enlarged === innerWidth / 1920 && low <= legend.top;
})()"""
"""Whether the map is enlarged as the words are, and the whole city stands above the legend."""


def a_storm_with_a_call_for_help(visit: Visit) -> None:
    """Start a storm four hours ago; callers name no place, and a driver calls for help."""
    city, now = visit.city, visit.city.clock.now()
    began = now - timedelta(hours=3, minutes=59)
    name = " / ".join(NAMES.values())
    with transaction(city.engine) as tx:
        storm = start_storm(tx, DISPATCHER, name, city.network, city.policy, began)
        legs = legs_along(tx, (MAIN_WEST, MAIN_EAST, ROSE), now)
        add_published_plan(tx, *legs)
        for _ in range(CALLERS):
            said = Report(channel="phone", kind=RequestKind.PLOW, text="by the old oak tree")
            receive(tx, DISPATCHER, said, now)
        at = village().point_at(ROSE, 10.0)
        call = SosCall(VehicleId(1), now, at, "tracker")
        call_for_help(tx, DISPATCHER, storm.id, call, now)
    city.alert_task.run()


def open_board(visit: Visit, login: str, language: str) -> None:
    visit.come_in(login)
    visit.go(f"/board?lang={language}{'&wall' if login == 'wall' else ''}")
    visit.wait_for_map()
    expect(visit.page.locator(".sos")).to_be_visible()


def assert_everything_can_be_read(visit: Visit) -> None:
    assert visit.page.evaluate(CUT_OFF) == []
    assert visit.page.evaluate(COVERED_BY_SOS) == []


@pytest.mark.parametrize("visit", [{"viewport": WALLS[0]}], indirect=True)
def test_a_wall_shows_every_word_and_a_call_for_help_as_the_biggest_thing(visit: Visit) -> None:
    a_storm_with_a_call_for_help(visit)
    for language in ("fa", "en"):
        visit.page.set_viewport_size(WALLS[0])
        open_board(visit, "wall", language)
        expect(visit.page.locator(".strip .storm .plain")).to_have_text(NAMES[language])
        assert_everything_can_be_read(visit)
        visit.page.set_viewport_size(WALLS[1])
        assert_everything_can_be_read(visit)
        assert visit.page.evaluate(BIGGEST_IS_SOS)
        visit.until(THE_MAP_IS_WHOLE)
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_no_word_is_wider_than_a_phone_and_a_call_for_help_covers_none(visit: Visit) -> None:
    a_storm_with_a_call_for_help(visit)
    for language in ("fa", "en"):
        open_board(visit, "dispatcher", language)
        assert_everything_can_be_read(visit)
        words = visit.page.locator(".sos p").first.bounding_box() or {}
        assert words["width"] > 0.75 * PHONE["viewport"]["width"]
