"""How often a driver's phone tries to send what was tapped while nobody answers."""

import pytest

from tests.page_scripts import told_by

UNANSWERED = """
const stage = { first: 0, last: 0, kind: "work", state: "open", ended_at: null };
const shift = { now: boot.now, shift_id: 1, plan_id: 2, state: "driving", next_leg: 0 };
globalThis.fetch = async (path) => {
  if (path !== "/api/drive") throw new TypeError("nobody answers");
  return Response.json({ ...shift, stages: [stage] });
};
const { current, reload } = await load("shifts/driver/state.js");
const { report, resume } = await load("shifts/driver/outbox.js");
const later = globalThis.setTimeout;
const waits = [];
const tried = new Promise((done) => {
  globalThis.setTimeout = (step, ms) => {
    if (!ms) return later(step);
    if (waits.push(ms) > 11) return done();
    return later(step);
  };
});
await reload();
await resume();
document.hidden = isHidden;
report(current(), "ice");
await tried;
return waits;
"""


@pytest.mark.parametrize(
    ("hidden", "waits_ms"), [("false", [1000] * 10 + [3000] * 2), ("true", [3000] * 12)]
)
def test_a_report_is_tried_each_second_at_first_where_the_page_is_in_view(hidden, waits_ms):
    assert told_by(f"const isHidden = {hidden};{UNANSWERED}") == waits_ms
