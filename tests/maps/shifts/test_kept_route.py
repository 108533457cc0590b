"""Whose route a driver's phone shows before the server has answered."""

import json

import pytest

from tests.page_scripts import SHELF, told_by

OPENED = (
    """
boot.login = "sara";
boot.shift = opened.shift;
boot.now = opened.now;
element.textContent = JSON.stringify(boot);
const ends_at = "2026-12-22T13:00:00Z";
const rows = new Map([["drive", { ...kept, shift: { ...kept.shift, ends_at }, stages: [] }]]);
"""
    + SHELF
    + """
const route = { shift_id: 2, plan_id: 4, state: "driving", ends_at, stages: [], now: opened.now };
globalThis.fetch = async () => Response.json(route);
const { drive, reload, restore } = await load("shifts/driver/state.js");
const shown = (await restore()) && drive.value.shift.shift_id;
await reload();
return [shown, drive.value.shift.shift_id, drive.value.change, rows.get("drive").shift.shift_id];
"""
)

AT_FIVE, AT_SIX = "2026-12-22T05:00:00Z", "2026-12-22T06:00:00Z"
FIVE_THIRTY = 1797917400000
"""Between both, when the route was kept."""


@pytest.mark.parametrize(
    ("kept", "shift", "now", "shown"),
    [
        pytest.param(2, 2, AT_SIX, 2, id="the same truck"),
        pytest.param(1, 2, AT_SIX, False, id="another truck before"),
        pytest.param(2, 1, AT_FIVE, 2, id="a page from before the change, kept by the phone"),
    ],
)
def test_a_kept_route_is_shown_where_it_is_of_the_shift_that_is_driven(kept, shift, now, shown):
    was = {"login": "sara", "kept_at": FIVE_THIRTY}
    was["shift"] = {"shift_id": kept, "plan_id": 4 if kept == 2 else 3, "state": "driving"}
    opened = {"shift": shift, "now": now}
    given = f"const kept = {json.dumps(was)}; const opened = {json.dumps(opened)};"
    assert told_by(given + OPENED) == [shown, 2, None, 2]


def test_a_route_of_another_truck_is_no_change_of_this_one() -> None:
    was = {"login": "sara", "shift": {"shift_id": 1, "plan_id": 3, "state": "driving"}}
    opened = {"shift": 2, "now": AT_SIX}  # as an earlier version kept it, without a time
    given = f"const kept = {json.dumps(was)}; const opened = {json.dumps(opened)};"
    assert told_by(given + OPENED) == [1, 2, None, 2]
