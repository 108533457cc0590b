// What the pages of depots and machines know, and every change that they send.
import { get, post, send } from "../../pages/net.js";
import { notify } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { listen } from "../../pages/stream.js";

/** `view` is what the server says; `editing` the thing under change, with the `base` it was opened on. */
export const fleet = new Store({ view: null, broken: "", editing: null, fault: null, busy: false });

/** Read the fleet anew. */
export async function refresh() {
  try {
    fleet.set({ view: await get("/api/setup/fleet"), broken: "" });
  } catch (error) {
    fleet.set({ broken: error.message });
  }
}

/** Begin to read, and read again whenever somebody changes the city. */
export function follow() {
  refresh();
  listen({ city: refresh }, { heard: () => {}, lost: () => {}, resumed: refresh });
}

/** Show what somebody else has changed; who saves again has seen it. */
async function lookAgain() {
  await refresh();
  const { editing, view } = fleet.value;
  if (editing) fleet.set({ editing: { ...editing, base: view.base } });
}

async function change(order) {
  const { base } = fleet.value.view;
  fleet.set({ busy: true });
  try {
    const view = await order();
    const { editing } = fleet.value;
    // A form that was opened while our own change was on its way has seen nothing of others.
    const ours = editing?.base === base ? { ...editing, base: view.base } : editing;
    fleet.set({ view, editing: ours, fault: null });
    return true;
  } catch (error) {
    if (error.values?.reason === "fleet_changed") await lookAgain();
    fleet.set({ fault: error });
    return false;
  } finally {
    fleet.set({ busy: false });
  }
}

/** Send a change; says whether it was taken, and keeps in `fault` why not. */
export const order = (path, body = {}, base = fleet.value.view.base) =>
  change(() => post(`/api/setup/${path}`, { base, ...body }));

/** Put a file in force. */
export function takeFile(file) {
  const form = new FormData();
  form.append("file", file);
  form.append("base", fleet.value.view.base);
  return change(() => send("/api/setup/fleet/file", form));
}

/** Say what a file would change. */
export function checkFile(file) {
  const form = new FormData();
  form.append("file", file);
  return send("/api/setup/fleet/check", form);
}

/** Send a change that has no form; what stands in its way is told as a notice. */
export async function orderAtOnce(path, body) {
  const taken = await order(path, body);
  if (!taken) notify(fleet.value.fault.message, "danger");
  return taken;
}

/** Take back the last change. */
export async function undo() {
  const { last_change: last } = fleet.value.view;
  const taken = await change(() => post("/api/setup/fleet/undo", { change: last.id }));
  if (taken) fleet.set({ editing: null });
  else notify(fleet.value.fault.message, "danger");
}

let opened = 0;

/** Open a form on something, or on nothing. */
export const edit = (thing) =>
  fleet.set({ editing: thing && { ...thing, base: fleet.value.view.base, form: ++opened }, fault: null });

/** Close a form that was sent, unless another one has been opened meanwhile. */
export const done = (sent) => fleet.value.editing?.form === sent.form && edit(null);
