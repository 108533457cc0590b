"""The views of the board's map: time since plowed, routes by truck; and the track of a truck."""

import pytest
from playwright.sync_api import Page, expect

from maps.pages.i18n import Translator, translator
from tests.browser.conftest import Visit
from tests.browser.test_trucks import a_truck_drove
from tests.village import MAIN_WEST, ROSE, TULIP, at_m

pytestmark = pytest.mark.browser

STATE = "boardMap.getFeatureState({ source: 'streets', sourceLayer: 'streets', id: %d }).f"

AGE_CLASSES = """async () => {
  const { ageClass } = await import("/static/js/streets/plowed-ages.js");
  const ago = (hours) => ageClass(1e9, 1e9 + 3600 * hours);
  return [ago(0), ago(0.99), ago(1), ago(5.9), ago(6), ago(12), ago(400), ageClass(0, 1e9)];
}"""

PLOWED_BEFORE = """async (hours) => {
  const { heardOfPlowing } = await import("/static/js/board/views/plowed.js");
  heardOfPlowing([[%d, Date.now() / 1000 - 3600 * hours, 0]]);
}"""

SECTIONS = """async () => {
  const { sectionsOf, doneOf } = await import("/static/js/board/views/routes.js");
  const { placeNames } = await import("/static/js/board/views/section-names.js");
  const lane = (vehicle, streets, ways, states) => ({ vehicle, streets, ways, became: { states } });
  const found = sectionsOf([
    lane(1, [[], [7], [7, 8]], "fbf", ["passed", "done", "done"]),
    lane(2, [[7], [9]], "ff", ["ahead", "by_other"]),
  ]);
  const spots = Array.from({ length: 90 }, (_, i) => [20 + 97 * (i % 9), 20 + 11 * i]);
  const named = (_, i) => ({ name: `${i}`, wide: 60, spots: spots.slice(i) });
  const trucks = Array.from({ length: 66 }, named);
  const taken = [{ left: 0, top: 0, wide: 400, high: 60 }];
  const placed = [...placeNames(trucks, taken), ...taken];
  const meet = (one, other) => one !== other
    && one.left < other.left + other.wide && other.left < one.left + one.wide
    && one.top < other.top + other.high && other.top < one.top + one.high;
  return {
    sections: Object.fromEntries(found),
    named: placed.length > 8,
    collide: placed.some((one) => placed.some((other) => meet(one, other))),
    half: doneOf({ work_m: 3000, done_m: 1500 }),
    nothing: doneOf({ work_m: 0, done_m: 0 }),
  };
}"""

PIECES = """async () => {
  const { piecesOf } = await import("/static/js/board/track/track.js");
  const fix = ([at, blade, spreader]) => ({ at, blade, spreader });
  const fixes = [[0, true, null], [5, true, null], [9, false, null], [14, false, true]];
  const pieces = piecesOf([...fixes, [900, false, true]].map(fix));
  return pieces.map((one) => [one.blade, one.spreader, one.fixes.map(({ at }) => at)]);
}"""


def views_compute_as_expected(page: Page) -> None:
    assert page.evaluate(AGE_CLASSES) == [0, 0, 1, 2, 3, 4, 4, 5]
    # A direction is of the truck that has it ahead, and names of trucks do not meet.
    assert page.evaluate(SECTIONS) == {
        "sections": {
            "7": [{"vehicle": 2, "done": False}, {"vehicle": 1, "done": True}],
            "8": [{"vehicle": 1, "done": True}, None],
            "9": [{"vehicle": 2, "done": True}, None],
        },
        "named": True,
        "collide": False,
        "half": {"share": 0.5, "left": 1.5},
        "nothing": None,
    }
    # A track is cut where blade or spreader change, and where nothing is known.
    assert page.evaluate(PIECES) == [
        [True, None, [0, 5, 9]],
        [False, None, [9, 14]],
        [False, True, [14]],
        [False, True, [900]],
    ]


def test_the_map_shows_the_time_since_each_street_was_plowed(visit: Visit) -> None:
    page = visit.board()
    visit.speak("fa")
    visit.wait_for_map()
    views_compute_as_expected(page)
    page.keyboard.press("v")
    expect(page.locator(".legend .swatch.plowed-4")).to_be_visible()
    visit.until(f"{STATE % ROSE} === 5")
    page.evaluate(PLOWED_BEFORE % ROSE, 4)
    visit.until(f"{STATE % ROSE} === 2")
    page.reload()
    visit.wait_for_map()
    expect(page.locator(".legend .views [aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".legend li")).to_have_count(0)
    page.keyboard.press("w")
    expect(page.locator(".legend .state-overdue")).to_be_visible()
    expect(page.locator(".legend .views")).to_have_count(0)
    assert visit.complaints == []


def test_the_map_shows_routes_by_truck_and_the_track_of_the_chosen_one(visit: Visit) -> None:
    visit.come_in("dispatcher")
    a_truck_drove(visit)
    page = visit.board()
    t = translator("fa")
    visit.speak("fa")
    visit.wait_for_map()
    page.locator(".legend .views button").nth(2).click()
    row = page.locator(".legend button.route-of")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(t("{value} %", value=83))
    visit.until(f"{STATE % MAIN_WEST} === 2 && {STATE % TULIP} === 1")
    row.click()
    expect(row).to_have_attribute("aria-current", "true")
    expect(page.locator("board-side .panel h2")).to_have_text("Truck 1")
    see_its_track(visit, t)
    page.keyboard.press("Escape")
    assert visit.complaints == []


def see_its_track(visit: Visit, t: Translator) -> None:
    page = visit.page
    spans = page.locator(".track-part [aria-pressed]")
    spans.nth(1).click()
    expect(page.locator(".track-part p bdi")).to_have_count(1)
    page.mouse.move(*visit.point_of(*at_m(200, 0)))
    expect(page.locator(".tip")).to_contain_text(t("blade down"))
    expect(page.locator(".tip")).to_contain_text(t("{value} km/h", value=29))
    spans.nth(0).click()
    expect(page.locator(".track-key")).to_have_count(0)
