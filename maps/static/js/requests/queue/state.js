// What the page of requests knows: what was chosen, the page of the queue, what is marked, the last change.
import { get, keepAddress, post } from "../../pages/net.js";
import { attempt, once } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { listen } from "../../pages/stream.js";

const LISTS = ["stage", "kind", "danger", "service_class", "district"];
const PAUSE_MS = 1500; // requests come in bursts, and a list that jumps cannot be read

/** What a filter begins with: all that waits for somebody. */
export const WAITING = { stage: ["unplaced", "placed", "open"], kind: [], danger: [], service_class: [], district: [], older_h: "", words: "" };

/** `view` also has the `words` and the query that it was `asked` by, `trail` holds behind which requests the earlier pages began, `marked` the ids that an order is for. */
export const queue = new Store({
  tab: "requests",
  filter: { ...WAITING },
  order: "oldest",
  view: null,
  broken: "",
  trail: [],
  marked: new Set(),
  focus: null,
  placing: false,
  dialog: null,
  refused: [],
  changed: null,
  news: 0,
});

/** Whether more was chosen than stages, so that counts of stages leave requests out. */
export function narrowed() {
  const { filter } = queue.value;
  return LISTS.some((name) => name !== "stage" && filter[name].length > 0) || Boolean(filter.older_h || filter.words.trim());
}

/** The filter as a query. */
export function query(more = {}) {
  const { filter } = queue.value;
  const asked = new URLSearchParams();
  for (const name of LISTS) for (const value of filter[name]) asked.append(name, value);
  if (filter.older_h) asked.set("older_h", filter.older_h);
  if (filter.words.trim()) asked.set("words", filter.words.trim());
  for (const [name, value] of Object.entries(more)) if (value != null) asked.set(name, value);
  return asked.toString();
}

/** Take the filter from the address, where somebody was sent or comes back to. */
export function fromAddress() {
  const asked = new URLSearchParams(location.search);
  const tab = location.hash.slice(1) || "requests";
  queue.set({ tab });
  if ([...asked.keys()].every((name) => name === "lang")) return;
  const filter = { ...WAITING, words: asked.get("words") ?? "", older_h: asked.get("older_h") ?? "" };
  for (const name of LISTS) filter[name] = asked.getAll(name);
  queue.set({ filter, order: asked.get("order") ?? "oldest" });
}

const keepList = (tab = location.hash) => keepAddress(`${location.pathname}?${query({ order: queue.value.order })}${tab}`);

/** The query of the page that is chosen. */
const wanted = () => query({ order: queue.value.order, after: queue.value.trail.at(-1) });

/** Whether the page that is chosen has not come yet: `view` is of what was chosen before. */
export const isAwaited = () => queue.value.view.asked !== wanted();

let times = 0;

/** Ask for the page of the queue that is shown. */
export async function load() {
  const { words } = queue.value.filter;
  const [asked, mine] = [wanted(), ++times];
  try {
    const view = await get(`/api/queue?${asked}`);
    if (mine === times) queue.set({ view: { ...view, words, asked }, broken: "", news: 0 });
  } catch (error) {
    if (mine === times) queue.set({ broken: error.message });
  }
}

/** Choose something else to be shown, from its first page on. */
export function choose(changes) {
  queue.set({ filter: { ...queue.value.filter, ...changes }, trail: [], marked: new Set(), focus: null });
  keepList();
  return load();
}

/** Show in another order. */
export function sort(order) {
  queue.set({ order, trail: [] });
  keepList();
  return load();
}

/** Go a page on or back. */
export function turn(forward) {
  const { trail, view } = queue.value;
  queue.set({ trail: forward ? [...trail, view.next] : trail.slice(0, -1), focus: null });
  return load();
}

/** Mark requests, or take their marks away. */
export function mark(ids, marked) {
  const all = new Set(queue.value.marked);
  for (const id of ids) {
    if (marked) all.add(id);
    else all.delete(id);
  }
  queue.set({ marked: all, placing: false });
}

/** Say what a change of requests came to; what it left as it was stays marked, and so does what was marked meanwhile. */
function told(verb, outcome, ids = []) {
  const refused = outcome.refused ?? [];
  const others = [...queue.value.marked].filter((id) => !ids.includes(id));
  queue.set({ marked: new Set([...others, ...refused.map(({ id }) => id)]), refused, changed: { verb, ...outcome } });
  return load();
}

const send = once(async (verb, ids, body) => {
  const outcome = await attempt(() => post(`/api/queue/${verb}`, { ids, ...body }));
  if (outcome) await told(verb, outcome, ids);
  return Boolean(outcome);
});

/** Order something for all that is marked now; says whether it was taken. */
export async function order(verb, body = {}) {
  const ids = [...queue.value.marked];
  return ids.length > 0 && send(verb, ids, body);
}

/** Take the reader's last change back. */
export const undo = once(async (change) => {
  const outcome = await attempt(() => post(`/api/queue/changes/${change}/undo`));
  if (outcome) await told("undo", outcome);
});

/** Begin, and count what comes in meanwhile; an unmarked first page follows it by itself. */
export function follow() {
  fromAddress();
  load();
  let waiting = 0;
  const hear = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const { marked, trail, dialog } = queue.value;
      if (marked.size === 0 && trail.length === 0 && !dialog) load();
      else queue.set({ news: queue.value.news + 1 });
    }, PAUSE_MS);
  };
  listen({ requests: hear }, { heard: () => {}, lost: () => {}, resumed: load });
}

/** Show another part of the page. */
export function open(tab) {
  queue.set({ tab });
  keepList(`#${tab}`);
}
