// The timeline's rows: planned legs of the driven plan, and what became of each.
import { get } from "../../pages/net.js";
import { Store } from "../../pages/store.js";
import { board } from "../state.js";

const SECOND_MS = 1000;
const DONE_EVERY_MS = 4000; // trucks end legs all the time; nobody sees a bar turn any sooner

/** `lanes` in the order of trucks' names, `from` and `to` in ms; `plan` is the id of what is shown. */
export const timeline = new Store({ plan: null, lanes: [], from: 0, to: 0, failed: null });

const NOTHING = { states: "", done: new Map(), next_leg: 0, late_s: 0, ends_at: null, end: null };

function lane(wire, kinds) {
  const begins = Date.parse(wire.begins_at);
  const at = (second) => begins + second * SECOND_MS;
  return {
    shift: wire.shift_id,
    vehicle: wire.vehicle_id,
    name: wire.vehicle,
    begins,
    kinds: [...wire.kinds].map((letter) => kinds[letter]),
    starts: Float64Array.from(wire.starts_s, at),
    ends: Float64Array.from(wire.ends_s, at),
    streets: wire.streets,
    ways: wire.ways,
    marks: wire.marks,
    color: wire.color,
    loads: wire.loads_kg,
    became: NOTHING,
  };
}

const byName = (one, other) => one.name.localeCompare(other.name, undefined, { numeric: true });

function became(wire, begins, states) {
  return {
    ...wire,
    states: [...wire.states].map((letter) => states[letter]),
    done: new Map(wire.done.map(([leg, second]) => [leg, begins + second * SECOND_MS])),
    ends_at: wire.ends_at === null ? null : Date.parse(wire.ends_at),
  };
}

function span(lanes) {
  const ends = lanes.flatMap((one) => [one.ends.at(-1), one.became.ends_at ?? 0]);
  return { from: Math.min(...lanes.map((one) => one.begins)), to: Math.max(...ends) };
}

async function askDone() {
  const { plan, lanes } = timeline.value;
  const { plan_id: driven, states, lanes: told } = await get("/api/board/done");
  if (driven !== plan || timeline.value.plan !== plan) return;
  const known = new Map(told.map((wire) => [wire.shift_id, wire]));
  const fresh = lanes.map((one) => {
    const wire = known.get(one.shift);
    return wire ? { ...one, became: became(wire, one.begins, states) } : one;
  });
  timeline.set({ lanes: fresh, ...span(fresh) });
}

async function askPlan(plan) {
  const { kinds, lanes: told } = await get(`/api/plans/${plan}/timeline`);
  if (board.value.plan?.id !== plan) return;
  const lanes = told.map((wire) => lane(wire, kinds)).sort(byName);
  timeline.set({ plan, lanes, failed: null, ...(lanes.length ? span(lanes) : {}) });
  await askDone();
}

let asked = null;
let due = null;

/** Ask for the bars of the plan that the board shows, if they are not here yet. */
export async function showPlan() {
  const plan = board.value.plan?.id ?? null;
  if (plan === asked) return;
  asked = plan;
  if (plan === null) return void timeline.set({ plan: null, lanes: [], failed: null });
  try {
    await askPlan(plan);
  } catch (error) {
    asked = null;
    timeline.set({ failed: error.message });
  }
}

/** Ask soon what became of the bars. */
export function refresh() {
  if (timeline.value.plan === null) return;
  due ??= setTimeout(async () => {
    due = null;
    await askDone().catch(() => {}); // the page says by itself when the server is silent
  }, DONE_EVERY_MS);
}

/** The first leg of a row that ends after a moment; the number of legs after the last. */
export function legAt(one, moment) {
  let low = 0;
  let high = one.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (one.ends[middle] <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows and legs that work on a street, as [row, leg] pairs. */
export function legsOn(street) {
  const found = [];
  timeline.value.lanes.forEach((one, row) => {
    one.streets.forEach((ids, leg) => {
      if (ids.includes(street)) found.push([row, leg]);
    });
  });
  return found;
}

/** What became of a leg, in the words of the route check. */
export const stateOf = (one, leg) => one.became.states[leg] ?? "ahead";
