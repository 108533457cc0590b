"""Where a driver's phone goes on when its page is loaded anew for a new version."""

import json

from tests.page_scripts import SHELF, told_by

PAGE = (
    """
const rows = new Map(Object.entries(shelf));
"""
    + SHELF
    + """
const { drive } = await load("shifts/driver/state.js");
const { guide, keepPlace, startGuide } = await load("shifts/driver/guide/state.js");
const stage = (first, from, to) => ({
  first, last: first, kind: "work", state: "open", work_from: 0, maneuvers: [],
  line: [[45 + from / 111195, 0], [45 + to / 111195, 0]],
  starts_at: "2026-12-22T05:00:00Z", ends_at: "2026-12-22T05:10:00Z",
});
await startGuide();
drive.set({
  shift: { shift_id: 1, plan_id: 2, state: "driving", next_leg: 0 },
  stages: [stage(0, 0, 400), stage(1, 400, 800), stage(2, 800, 1200)],
});
const go = (seconds, x) => {
  const at = began + seconds * 1000;
  Date.now = () => at;
  const place = { at, lon: 45 + x / 111195, lat: 0, heading: 90, speed: 10, accuracy: 5 };
  drive.set({ place });
};
"""
)

FIRST = """
for (let s = 0; s <= 45; s += 1) go(s, s * 10); // a note is made each ten seconds
await keepPlace();
return Object.fromEntries(rows);
"""

SECOND = """
go(60, 600);
const first = [guide.value.mode, Math.round(guide.value.metre)];
for (let s = 61; s <= 81; s += 1) go(s, s * 10);
return [first, guide.value.driven.map(({ stage }) => stage.first)];
"""


def page(shelf: dict[str, object], script: str) -> object:
    began = "const began = Date.now();" if not shelf else f"const began = {shelf['began']};"
    return told_by(f"const shelf = {json.dumps(shelf)};{began}{PAGE}{script}")


def test_a_page_that_is_loaded_anew_goes_on_where_the_truck_has_come_to_meanwhile() -> None:
    kept = page({}, FIRST)
    assert isinstance(kept, dict)
    note = kept["lead"]
    assert round(note["metre"]) == 450
    kept["began"] = round(note["time"] * 1000) - 45_000
    place, driven = page(kept, SECOND)
    assert place == ["on", 600]  # with the first position, though 150 m lie between
    assert driven == [0, 1]  # no metre of what was driven is lost
