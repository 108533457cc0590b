// What the page of trackers shows, and the orders that it gives.
import { get, post } from "../pages/net.js";
import { attempt } from "../pages/notices.js";
import { Store } from "../pages/store.js";

export const trackers = new Store({ page: null, broken: "", adding: false, editing: null, fault: null, made: null, chosen: null, asking: null });

/** A token with the times at which its tracker was last heard, and last placed, before. */
function noted(made) {
  const row = made.page.trackers.find(({ id }) => id === made.id);
  return { ...made, heard_before: row?.heard_at ?? null, located_before: row?.located_at ?? null };
}

export async function refresh() {
  try {
    trackers.set({ page: await get("/api/trackers"), broken: "" });
  } catch (error) {
    trackers.set({ broken: error.message });
  }
}

/** Give an order that answers with the whole page. */
export async function order(path, body, changes = {}) {
  const page = await attempt(() => post(path, body));
  if (page) trackers.set({ page, ...changes });
  return page;
}

/** Give an order that answers with a token, which is shown once. */
export async function orderToken(path, body, changes = {}) {
  const made = await attempt(() => post(path, body));
  if (made) trackers.set({ page: made.page, made: noted(made), ...changes });
  return made;
}

/** Add a tracker by a form, which keeps its place where something is wrong. */
export async function add(event) {
  event.preventDefault();
  const words = new FormData(event.target);
  const wanted = { name: words.get("name").trim(), vehicle_id: Number(words.get("vehicle")), trusted: words.has("trusted") };
  try {
    const made = await post("/api/trackers", wanted);
    trackers.set({ page: made.page, made: noted(made), adding: false, fault: null });
  } catch (error) {
    trackers.set({ fault: error });
    event.target.querySelector("[name=name]").focus();
  }
}
