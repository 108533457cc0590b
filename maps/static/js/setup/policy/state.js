// What the page of the levels of service knows: the policy in force, the draft of the form, and every change.
import { get, post, send } from "../../pages/net.js";
import { notify } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { listen } from "../../pages/stream.js";

/** `view` is what the server says, `draft` the tables under change, on the `base` that they began with. */
export const policy = new Store({ view: null, draft: null, base: 0, dirty: false, found: null, fault: null, broken: "", busy: false });

const copy = (tables) => JSON.parse(JSON.stringify(tables));

/** Show what is in force; forgets what the form has changed. */
const settle = (view) =>
  policy.set({ view, draft: copy(view.tables), base: view.base, dirty: false, found: null, fault: null, broken: "" });

/** The codes of the classes in the draft, the most urgent first. */
export const classCodes = () => Object.keys(policy.value.draft.class);

/** What a class is called; by its code where the draft has one that nobody knew before. */
export const className = (code) => policy.value.view.names[code] ?? code;

/** Read the policy anew; a draft with changes stays as it is. */
export async function refresh() {
  try {
    const view = await get("/api/setup/policy");
    if (policy.value.dirty) policy.set({ view });
    else settle(view);
  } catch (error) {
    policy.set({ broken: error.message });
  }
}

/** Begin to read, and read again whenever somebody changes the city. */
export function follow() {
  refresh();
  listen({ city: refresh }, { heard: () => {}, lost: () => {}, resumed: refresh });
}

/** Change the draft by a function that gets its tables. */
export function change(edit) {
  const draft = copy(policy.value.draft);
  edit(draft);
  policy.set({ draft, dirty: true });
}

/** Forget what the form has changed. */
export const discard = () => settle(policy.value.view);

async function order(send) {
  policy.set({ busy: true });
  try {
    settle(await send());
    return true;
  } catch (error) {
    policy.set({ fault: error });
    return false;
  } finally {
    policy.set({ busy: false });
  }
}

/** Put the draft in force. */
export const save = () =>
  order(() => post("/api/setup/policy", { base: policy.value.base, tables: policy.value.draft }));

/** Put a file in force. */
export function takeFile(file) {
  const form = new FormData();
  form.append("file", file);
  form.append("base", policy.value.view.base);
  return order(() => send("/api/setup/policy/file", form));
}

/** Say what a file comes to. */
export function checkFile(file) {
  const form = new FormData();
  form.append("file", file);
  return send("/api/setup/policy/check", form);
}

/** Take back the last change. */
export async function undo() {
  const taken = await order(() => post("/api/setup/policy/undo", { change: policy.value.view.last_change.id }));
  if (!taken) notify(policy.value.fault.message, "danger");
}
