"""What the board says where nothing is to be done: why streets are late or without a truck."""

import pytest

from tests.page_scripts import told_by

QUIET = """
Object.assign(boot, { states: [], roles: ["dispatcher"], classes: [] });
boot.texts = {
  "left:no_truck": "{name}: no truck to {left}", "left:impossible": "{name}: none can do {left}",
};
element.textContent = JSON.stringify(boot);
const { board } = await load("board/state.js");
const { quiet } = await load("alerts/next-action.js");
const finish = { open_m: 5000, unproved_m: 0, ends_at: null };
const one = (unplanned_m, impossible_m) => ({
  service_class: "P1", length_m: 9000, done_m: 0, late_m: 0,
  finish: { ...finish, unplanned_m, impossible_m },
});
"""


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ("1200, 0", "no truck to 1.2"),
        ("1200, 200", "no truck to 1"),
        ("200, 200", "none can do 200"),
        ("0, 0", "Nothing needs you now"),
    ],
)
def test_streets_without_a_truck_are_told_of_also_where_nobody_can_act(
    lengths: str, words: str
) -> None:
    said = told_by(f"{QUIET} board.set({{ classes: [one({lengths})] }}); return quiet();")
    assert words in said
