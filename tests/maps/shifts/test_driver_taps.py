"""What a driver's phone goes on with where an answer of the server crosses his taps."""

import json

import pytest

from tests.page_scripts import told_by

CROSSED = """
const stage = (first) => ({ first, last: first, kind: "work", state: "open", ended_at: null });
const shift = { now: boot.now, shift_id: 1, plan_id: 2, state: "driving", next_leg: 0 };
const route = { ...shift, stages: [0, 1, 2].map(stage) };
const proof = { now: boot.now, plan_id: 2, closed: "", place: null, proved: [] };
const asked = [];
globalThis.fetch = (path) => new Promise((done) => {
  const answer = (told) => done(Response.json(told));
  if (path === "/api/drive/proved") asked.push((next_leg) => answer({ ...proof, next_leg }));
  else answer(path === "/api/drive" ? route : {});
});
const { current, reload } = await load("shifts/driver/state.js");
const { complete, idle, resume, undo } = await load("shifts/driver/outbox.js");
const { followProof } = await load("shifts/driver/place/proof.js");
const turn = () => new Promise((done) => setTimeout(done));
const sent = async () => { while (!idle()) await turn(); };
const arrives = async (next) => {
  asked.shift()(next);
  for (let i = 0; i < 9; i += 1) await turn();
};
const steps = {
  done: () => (complete(current()), sent()),
  undo: () => (undo(), sent()),
  answer: () => arrives(1),
};
await reload();
await resume();
followProof();
for (const step of order) await steps[step]();
const open = current().first;
while (asked.length > 0) await arrives(0);
return [open, current().first];
"""
"""Proof is asked for; then the driver says that the first street is done, and takes it back."""


@pytest.mark.parametrize("order", [("done", "undo", "answer"), ("done", "answer", "undo")])
def test_a_street_that_is_taken_back_is_next_again_whenever_an_older_answer_arrives(order):
    assert told_by(f"const order = {json.dumps(order)};{CROSSED}") == [0, 0]
