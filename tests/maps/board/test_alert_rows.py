"""Rows of the board's alerts that the board draws by itself, and those that somebody can take."""

from tests.page_scripts import told_by

ROWS = """
Object.assign(boot, { states: [], roles: ["dispatcher"], classes: [] });
boot.texts = { "cause:blocked:{count}": ["{count} street is blocked", "{count} streets are blocked"] };
element.textContent = JSON.stringify(boot);
const { board, keyed } = await load("board/state.js");
const report = (id, street, vehicle) => ({
  id, reason: "blocked", names: { "": street }, vehicle, reported_at: "2026-12-22T04:00:00Z", cleared_at: null,
});
const alert = {
  id: 7, kind: "silent", vehicle_id: null, severity: 2, since: "2026-12-22T04:00:00Z", until: null,
  facts: { count: 6 }, owner: "", acknowledged_by: "", acknowledged_at: null,
};
const { alerts, unassigned } = await load("alerts/alerts.js");
"""


def told(reports: str, then: str) -> object:
    boards = f"board.set({{ blockages: keyed([{reports}]), alerts: keyed([alert]) }});"
    return told_by(f"{ROWS} {boards} {then}")


def test_a_street_that_two_trucks_report_is_one_blocked_street() -> None:
    row = 'const row = alerts().find(({ cause }) => cause === "blocked");'
    two = "report(1, 'Mill Lane', 'Truck 1'), report(2, 'Mill Lane', 'Truck 2')"
    title, text, items = told(two, f"{row} return [row.title, row.text, row.items.length];")
    assert (title, items) == ("Blocked: Mill Lane", 2)
    assert "Truck 1" in text and "Truck 2" in text
    three = f"{two}, report(3, 'School Street', 'Truck 2')"
    title, text = told(three, f"{row} return [row.title, row.text];")
    assert title == "2 streets are blocked"
    assert text.count("Mill Lane") == 1


def test_only_what_somebody_can_acknowledge_is_unassigned() -> None:
    found = told("report(1, 'Mill Lane', 'Truck 1')", "return alerts().filter(unassigned).map(({ cause }) => cause);")
    assert found == ["fleet:silent"]
