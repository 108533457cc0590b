// What the page of classes knows, and what is chosen on it.
import { boot } from "../../pages/boot.js";
import { get, post } from "../../pages/net.js";
import { attempt, notify } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { named, streetName, t } from "../../pages/texts.js";

export const mayDecide = boot.edits;

/** `levels` has [class, reason] by street for those that their road class does not decide. */
export const classes = new Store({ loaded: false, failed: null, roads: {}, rules: [], totals: [], idle: [], levels: new Map() });

export const search = new Store({
  service_class: "",
  reason: "",
  words: "",
  rows: null,
  count: 0,
  failed: null,
});

/** The chosen street, and whether its whole is meant or only the part that was clicked. */
export const chosen = new Store({ id: null, street: null, whole: true, failed: null });

/** The last change and what takes it back. */
export const undo = new Store({ text: "", order: null });

const asked = { search: 0, street: 0 };

/** Ask for every street's class again. */
export async function loadClasses() {
  let view;
  try {
    view = await get("/api/classes");
  } catch (error) {
    classes.set({ failed: error.message });
    return;
  }
  classes.set({
    loaded: true,
    failed: null,
    roads: view.roads,
    rules: view.rules,
    totals: view.totals,
    idle: view.idle,
    levels: new Map(view.raised.map(([id, its_class, reason]) => [id, [its_class, reason]])),
  });
}

/** List the streets that the present search finds. */
export async function findStreets() {
  const turn = ++asked.search;
  const { service_class, reason, words } = search.value;
  try {
    const found = await get(`/api/classes/streets?${new URLSearchParams({ service_class, reason, words })}`);
    if (turn === asked.search) search.set({ rows: found.rows, count: found.count, failed: null });
  } catch (error) {
    if (turn === asked.search) search.set({ failed: error.message });
  }
}

let waiting;

/** Narrow the search; words wait for the next key. */
export function narrow(changes) {
  search.set(changes);
  clearTimeout(waiting);
  waiting = setTimeout(findStreets, "words" in changes ? 250 : 0);
}

async function askStreet(id) {
  const turn = ++asked.street;
  try {
    const street = await get(`/api/classes/${id}`);
    if (turn === asked.street) chosen.set({ street, failed: null });
  } catch (error) {
    if (turn === asked.street) chosen.set({ failed: error.message });
  }
}

/** Choose a street everywhere at once; null clears. */
export function choose(id) {
  if (id === chosen.value.id) return;
  chosen.set({ id, street: null, failed: null, whole: true });
  if (id !== null) askStreet(id);
}

/** The parts that a decision would change. */
export function meant() {
  const { id, street, whole } = chosen.value;
  if (!street) return id === null ? [] : [id];
  return whole ? street.decisions.map((part) => part.segment_id) : [id];
}

/** Read everything again after a change of the city. */
export async function refresh() {
  const { id } = chosen.value;
  await Promise.all([loadClasses(), findStreets(), id === null ? null : askStreet(id)]);
}

/** Remember a change that can be taken back. */
export function offerUndo(text, order) {
  undo.set({ text, order });
}

function outcome(its_class) {
  const street = streetName(chosen.value.street.names);
  return its_class
    ? t("{street} is {name} now.", { street, name: named("short", its_class) })
    : t("{street} follows the rules again.", { street });
}

/** Decide for all parts that are meant; a null class leaves them to the rules. */
export async function decide(decision) {
  const parts = new Set(meant());
  const seen = chosen.value.street.decisions.filter((part) => parts.has(part.segment_id));
  const decisions = seen.map(({ segment_id }) => ({ segment_id, ...decision }));
  const done = await attempt(() => post("/api/classes", { decisions, seen }));
  if (!done) return refresh();
  if (done.changed) offerUndo(outcome(decision.service_class), done.undo);
  else notify(t("Nothing was changed."));
  return refresh();
}

/** Take the last change back. */
export async function takeBack() {
  const { order } = undo.value;
  undo.set({ text: "", order: null });
  await attempt(() => post("/api/classes", order));
  await refresh();
}
