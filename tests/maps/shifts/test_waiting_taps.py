"""How often a driver's phone tries to send what was tapped while nobody answers."""

import json

import pytest

from tests.page_scripts import told_by

UNANSWERED = """
const stage = { first: 0, last: 0, kind: "work", state: "open", ended_at: null };
const shift = { now: boot.now, shift_id: 1, plan_id: 2, state: "driving", next_leg: 0 };
let isSignal = false;
globalThis.fetch = async (path) => {
  if (path === "/api/drive") return Response.json({ ...shift, stages: [stage] });
  if (!isSignal) throw new TypeError("nobody answers");
  return Response.json({ id: 1 });
};
const { current, drive, reload } = await load("shifts/driver/state.js");
const { complete, idle, report, resume } = await load("shifts/driver/outbox.js");
const later = globalThis.setTimeout;
const taps = { report: () => report(current(), "ice"), done: () => complete(current()) };
await reload();
await resume();
"""

WAITS = """
const waits = [];
const tried = new Promise((done) => {
  globalThis.setTimeout = (step, ms) => {
    if (!ms) return later(step);
    if (waits.push(ms) > 21) return done();
    return later(step);
  };
});
document.hidden = isHidden;
taps[tap]();
await tried;
return waits;
"""


@pytest.mark.parametrize(
    ("tap", "hidden", "waits_ms"),
    [
        ("report", False, [500] * 22),
        ("done", False, [500] * 20 + [3000] * 2),
        ("report", True, [3000] * 22),
    ],
)
def test_a_report_is_tried_twice_a_second_while_the_page_is_in_view_and_other_taps_at_first(
    tap, hidden, waits_ms
):
    script = f"const [tap, isHidden] = {json.dumps([tap, hidden])};{UNANSWERED}{WAITS}"
    assert told_by(script) == waits_ms


ANSWERED = """
globalThis.setTimeout = (step, ms) => (ms ? 0 : later(step)); // nothing is tried again by itself
taps.report();
while (drive.value.connected) await new Promise((done) => later(done));
isSignal = true;
await reload();
for (let i = 0; i < 9; i += 1) await new Promise((done) => later(done));
return idle();
"""


def test_any_other_answer_sends_what_waits_at_once():
    assert told_by(UNANSWERED + ANSWERED) is True
