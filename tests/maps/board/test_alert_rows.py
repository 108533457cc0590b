"""Rows of the board's alerts that the board draws by itself, and those that somebody can take."""

from tests.page_scripts import told_by

ROWS = """
Object.assign(boot, { states: [], roles: ["dispatcher"], classes: [] });
const blocked = ["{count} street is blocked", "{count} streets are blocked"];
boot.texts = { "cause:blocked:{count}": blocked };
element.textContent = JSON.stringify(boot);
const { board, keyed } = await load("board/state.js");
const at = "2026-12-22T04:00:00Z";
const report = (id, street, vehicle) => ({
  id, reason: "blocked", names: { "": street }, vehicle, reported_at: at, cleared_at: null,
});
const alert = {
  id: 7, kind: "silent", vehicle_id: null, severity: 2, since: at, until: null,
  facts: { count: 6 }, owner: "", acknowledged_by: "", acknowledged_at: null,
};
const { alerts, unassigned } = await load("alerts/alerts.js");
"""
BLOCKED = """
const row = alerts().find(({ cause }) => cause === "blocked");
return [row.title, row.text, row.items.length];
"""
MILL_TWICE = "report(1, 'Mill Lane', 'Truck 1'), report(2, 'Mill Lane', 'Truck 2')"


def told(reports: str, then: str) -> object:
    boards = f"board.set({{ blockages: keyed([{reports}]), alerts: keyed([alert]) }});"
    return told_by(f"{ROWS} {boards} {then}")


def test_a_street_that_two_trucks_report_is_one_blocked_street() -> None:
    reporters = "Reported by Truck 1 · Reported by Truck 2"
    assert told(MILL_TWICE, BLOCKED) == ["Blocked: Mill Lane", reporters, 2]
    title, text, reports = told(f"{MILL_TWICE}, report(3, 'School Street', 'Truck 2')", BLOCKED)
    assert (title, reports, text.count("Mill Lane")) == ("2 streets are blocked", 3, 1)


def test_only_what_somebody_can_acknowledge_is_unassigned() -> None:
    causes = "return alerts().filter(unassigned).map(({ cause }) => cause);"
    assert told("report(1, 'Mill Lane', 'Truck 1')", causes) == ["fleet:silent"]
