// What the page knows of storms, and how it changes them.
import { boot } from "../pages/boot.js";
import { get, post } from "../pages/net.js";
import { Store } from "../pages/store.js";

/** `list` of all storms or `one` whole; `fault` is why the last order was refused, `at` where. */
export const storms = new Store({ list: null, one: null, broken: "", fault: null, at: "" });

export const mayDispatch = boot.roles.some((role) => role === "dispatcher" || role === "administrator");

let orders = 0;

/** Ask anew for what the page shows; an answer that an order has overtaken is of the past. */
export async function refresh() {
  const before = orders;
  try {
    const one = boot.storm ? await get(`/api/storms/${boot.storm}`) : null;
    if (one && before === orders) storms.set({ one, broken: "" });
    if (!one) storms.set({ list: await get("/api/storms"), broken: "" });
  } catch (error) {
    storms.set({ broken: error.message });
  }
}

/** Give an order; a refusal is shown where it was given. Returns whether it was taken. */
export async function order(at, doing) {
  orders += 1;
  try {
    const answer = await doing();
    orders += 1;
    storms.set({ fault: null, at: "" });
    if (answer?.row) storms.set({ one: answer });
    else await refresh();
    return true;
  } catch (error) {
    storms.set({ fault: error, at });
    if (error.status === 409) await refresh();
    return false;
  }
}

/** Send something about the storm that is shown. */
export const tell = (at, path, body) => order(at, () => post(`/api/storms/${boot.storm}/${path}`, body));

/** Whether the storm that is shown may still be changed. */
export const open = (row) => mayDispatch && !["closed", "called_off"].includes(row.phase);
