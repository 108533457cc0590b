// What the complaints office knows: a page of the list under one filter; the request that is open has a state of its own.
import { setClock } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { listen } from "../pages/stream.js";
import { alsoRefresh, read as readFile } from "./request/state.js";

const GATHER_MS = 1000; // a busy storm tells of many requests a second

export const FILTERS = ["escalated", "late", "mine", "place", "do", "tell"];

export const office = new Store({ view: null, filter: "late", page: 1, stale: false, broken: "" });

const wantsEscalated = ({ counts }) => counts.escalated > 0;

async function read() {
  const { filter, page } = office.value;
  try {
    const view = await get(`/api/followup?filter=${filter}&page=${page}`);
    if (office.value.filter !== filter || office.value.page !== page) return; // somebody looks elsewhere by now
    setClock(view.now);
    office.set({ view, page: view.page, broken: "" });
  } catch (error) {
    office.set({ broken: error.message });
  }
}

const refresh = () => Promise.all([read(), readFile()]);

/** Show a page of the list under a filter. */
export function show(filter, page = 1) {
  office.set({ filter, page, broken: "" });
  return read();
}

/** Begin with what was escalated, else with what is late; then read again whenever requests change. */
export async function follow() {
  alsoRefresh(read);
  await read();
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
