"""The board's map with many requests and trucks: near ones are one sign, no name collides."""

import pytest
from playwright.sync_api import expect

from data.model import RequestKind
from data.store.database.engine import transaction
from fleet.requests.intake import Report, receive
from tests.browser.conftest import Visit
from tests.village import ROSE, village
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.browser

RINGS = "boardMap.queryRenderedFeatures({ layers: ['request-rings'] })"
ORDER = "boardMap.getStyle().layers.map(({ id }) => id)"

CROWD = """async () => {
  const { LabelPlacer, stacked, LINE_PX } = await import("/static/js/pages/map/truck-labels.js");
  const stopped = (_, id) => ({ id, x: 300 + id % 4, y: 200, state: "stopped" });
  const parked = Array.from({ length: 12 }, stopped);
  const passing = { id: 50, x: 301, y: 201, state: "working" };
  const { alone, stacks } = stacked([...parked, passing], new Set([7]));
  const names = Array.from({ length: 40 }, (_, id) =>
    ({ id, words: `Truck ${id}`, wide: 48, x: 100 + 13 * (id % 8), y: 100 + 9 * (id >> 3) }));
  const placer = new LabelPlacer();
  const placed = placer.place(names);
  const meet = (one, other) => one !== other
    && one.left < other.left + other.wide && other.left < one.left + one.wide
    && one.top < other.top + LINE_PX && other.top < one.top + LINE_PX;
  const close = [100, 128].map((y, id) => ({ id, words: "Truck", wide: 48, x: 100, y }));
  const under = ({ left, top, wide }) => close.some(({ x, y }) =>
    left < x && x < left + wide && top < y && y < top + LINE_PX);
  const beside = placed.some((one) => placed.some((other) => one.top === other.top
    && one.left + one.wide <= other.left && other.left < one.left + one.wide + 6));
  return {
    covers: new LabelPlacer().place(close, close).some(under),
    beside,
    alone: alone.map(({ id }) => id).sort((one, other) => one - other),
    stacks: stacks.map(({ length }) => length),
    first: placed[0].id,
    several: placed.length > 4,
    collide: placed.some((one) => placed.some((other) => meet(one, other))),
    steady: JSON.stringify(placer.place(names)) === JSON.stringify(placed),
  };
}"""

GLYPHS = """async () => {
  const { glyphOf } = await import("/static/js/pages/map/icons.js");
  const { STATES } = await import("/static/js/shifts/truck-states.js");
  return STATES.map((state) => [state, JSON.stringify(glyphOf(state))]);
}"""

WAKES = """async () => {
  const { drawTruck, wakeStep } = await import("/static/js/pages/map/icons.js");
  const tones = { halo: "white", body: "black", work: "green" };
  const picture = (state, moment) => {
    const sheet = document.createElement("canvas");
    sheet.width = sheet.height = 100;
    const pen = sheet.getContext("2d");
    pen.translate(50, 50);
    drawTruck(pen, state, tones, wakeStep(moment));
    return sheet.toDataURL();
  };
  const moves = (state) => picture(state, 0) !== picture(state, 200);
  return { working: moves("working"), driving: moves("driving") };
}"""
"""Whether the picture of a truck moves: its wake does while it works."""

BREAK_DOWN = """async () => {
  const { board, merge } = await import("/static/js/board/state.js");
  const [id] = board.value.vehicles.keys();
  const { lng: lon, lat } = boardMap.getCenter();
  const fixed_at = new Date().toISOString();
  merge("vehicles", [{ id, lon, lat, heading_deg: 0, state: "driving", fixed_at }]);
  merge("trucks", [{ id, state: "broken", shift_id: null, shift: null }]);
  return [lon, lat];
}"""


def ask_along(visit: Visit, street: int, times: int) -> None:
    """Put so many requests of one neighbourhood into the database."""
    city = visit.city
    with transaction(city.engine) as tx:
        for number in range(times):
            at = village().point_at(street, 10.0 + number)
            said = Report(channel="phone", kind=RequestKind.PLOW, text="please", location=at)
            receive(tx, DISPATCHER, said, city.clock.now())


def test_near_requests_are_one_ring_behind_the_streets_until_one_comes_near(visit: Visit) -> None:
    ask_along(visit, ROSE, 9)
    page = visit.board()
    page.evaluate("boardMap.jumpTo({ zoom: 13 })")
    visit.until(f"{RINGS}.some(({{ properties }}) => properties.point_count === 9)")
    order = page.evaluate(ORDER)
    assert order.index("request-rings") < order.index("streets") < order.index("request-counts")
    at = page.evaluate(f"{RINGS}[0].geometry.coordinates")
    page.mouse.click(*visit.point_of(*at))
    visit.until(f"boardMap.getZoom() > 13.5 && {RINGS}.length > 1")
    assert visit.complaints == []


CHOOSE_BELOW = """async ([lon, lat]) => {
  const { choose, selection } = await import("/static/js/board/state.js");
  const { id } = selection.value.chosen;
  choose(null);
  const box = boardMap.getContainer();
  const { x, y } = boardMap.project([lon, lat]);
  boardMap.panBy([x - box.clientWidth / 2, y - 0.8 * box.clientHeight], { animate: false });
  choose("request", id);
}"""
"""Chooses what is chosen again, once it is in the lower part of the map."""


def test_neither_legend_nor_sheet_of_a_phone_covers_what_is_chosen(visit: Visit) -> None:
    ask_along(visit, ROSE, 1)
    page = visit.board()
    place = page.evaluate(f"{RINGS}[0].geometry.coordinates")
    page.evaluate(
        """([lon, lat]) => {
          const legend = document.querySelector(".legend").getBoundingClientRect();
          const map = boardMap.getContainer().getBoundingClientRect();
          const [x, y] = [legend.x + legend.width / 2, legend.y + legend.height / 2];
          const at = boardMap.project([lon, lat]);
          boardMap.panBy([at.x + map.x - x, at.y + map.y - y], { animate: false });
        }""",
        place,
    )
    page.locator("#list-requests .row").click()
    legend = page.locator(".legend").bounding_box() or {}
    beside = legend["x"] - (page.locator("#map").bounding_box() or {})["x"]
    visit.until(f"boardMap.project({place}).x < {beside}")

    page.set_viewport_size({"width": 390, "height": 844})
    visit.wait_for_map()
    page.evaluate(CHOOSE_BELOW, place)
    sheet = page.locator("board-side.side").bounding_box() or {}
    above = sheet["y"] - (page.locator("#map").bounding_box() or {})["y"]
    visit.until(f"!boardMap.isMoving() && boardMap.project({place}).y < {above}")
    assert page.evaluate(f"boardMap.project({place}).y") > 0


def test_trucks_are_drawn_by_state_their_names_apart_and_the_map_says_what_one_does(
    visit: Visit,
) -> None:
    page = visit.board()
    assert page.evaluate(CROWD) == {
        "alone": [7, 50],
        "covers": False,
        "beside": False,
        "stacks": [11],
        "first": 0,
        "several": True,
        "collide": False,
        "steady": True,
    }
    glyphs = dict(page.evaluate(GLYPHS))
    assert len(set(glyphs.values())) == len(glyphs) == 11
    assert page.evaluate(WAKES) == {"working": True, "driving": False}

    place = page.evaluate(BREAK_DOWN)
    page.mouse.move(*visit.point_of(*place))
    expect(page.locator(".tip")).to_contain_text("Broken down")
    page.click("#tab-trucks")
    expect(page.locator("#list-trucks .dot.truck-broken")).to_have_count(1)
