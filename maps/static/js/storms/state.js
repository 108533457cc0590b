// What the page knows of storms, and how it changes them.
import { boot } from "../core/boot.js";
import { get, post } from "../core/net.js";
import { Store } from "../core/store.js";

/** `list` of all storms or `one` whole; `fault` is why the last order was refused, `at` where. */
export const storms = new Store({ list: null, one: null, broken: "", fault: null, at: "" });

export const mayDispatch = boot.roles.some((role) => role === "dispatcher" || role === "administrator");

/** Ask anew for what the page shows. */
export async function refresh() {
  try {
    if (boot.storm) storms.set({ one: await get(`/api/storms/${boot.storm}`), broken: "" });
    else storms.set({ list: await get("/api/storms"), broken: "" });
  } catch (error) {
    storms.set({ broken: error.message });
  }
}

/** Give an order; a refusal is shown where it was given. Returns whether it was taken. */
export async function order(at, doing) {
  try {
    const answer = await doing();
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
