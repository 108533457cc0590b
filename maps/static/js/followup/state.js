// What the complaints office knows: a page of the list under one filter, and the request that is open.
import { setClock } from "../pages/boot.js";
import { get, post, send } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { listen } from "../pages/stream.js";

const GATHER_MS = 1000; // a busy storm tells of many requests a second

export const FILTERS = ["escalated", "late", "mine", "place", "do", "tell"];

export const office = new Store({ view: null, filter: "late", page: 1, chosen: null, file: null, stale: false, broken: "" });

const wantsEscalated = ({ counts }) => counts.escalated > 0;

async function read() {
  const { filter, page } = office.value;
  const view = await get(`/api/followup?filter=${filter}&page=${page}`);
  if (office.value.filter !== filter || office.value.page !== page) return; // somebody looks elsewhere by now
  setClock(view.now);
  office.set({ view, page: view.page, broken: "" });
}

async function readFile(id) {
  const file = await get(`/api/followup/${id}`);
  if (office.value.chosen === id) office.set({ file });
}

async function refresh() {
  try {
    await read();
    if (office.value.chosen !== null) await readFile(office.value.chosen);
  } catch (error) {
    office.set({ broken: error.message });
  }
}

/** Show a page of the list under a filter. */
export function show(filter, page = 1) {
  office.set({ filter, page });
  return refresh();
}

/** Open a request; `null` closes it. */
export function open(id) {
  office.set({ chosen: id, file: id === office.value.chosen ? office.value.file : null });
  if (id !== null) attempt(() => readFile(id));
}

/** Begin with what was escalated, else with what is late; then read again whenever requests change. */
export async function follow() {
  await refresh();
  if (office.value.view && wantsEscalated(office.value.view)) show("escalated");
  let waiting = null;
  const later = () => {
    waiting ??= setTimeout(() => {
      waiting = null;
      refresh();
    }, GATHER_MS);
  };
  listen(
    { requests: later, storm: later },
    { heard: () => office.set({ stale: false }), lost: () => office.set({ stale: true }), resumed: refresh },
  );
}

/** Send an order, then read everything anew; what the server answered, or nothing where it refused. */
async function order(task) {
  const done = await attempt(async () => (await task()) ?? true);
  await refresh();
  return done;
}

const address = (id, what) => `/api/requests/${id}/${what}`;

/** Note something. */
export const note = (id, text) => order(() => post(address(id, "comments"), { text }));

/** Give a request to somebody, by a time where `due_at` is not null. */
export const assign = (id, login, due_at) => order(() => post(address(id, "assign"), { login, due_at }));

/** Make a request the supervisor's, or say that it is settled. */
export const escalate = (id, text) => order(() => post(address(id, "escalate"), { text }));
export const settle = (id) => order(() => post(address(id, "settle")));

/** Keep what was seen on the spot. */
export const sight = (id, form) => order(() => send(address(id, "sightings"), form));

/** Close a request for a reason, or let it be asked again. */
export const close = (id, reason, text) => order(() => post(address(id, "close"), { reason, note: text }));
export const reopen = (id, why) => order(() => post(address(id, "reopen"), { why }));
