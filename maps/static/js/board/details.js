// What the server knows of the chosen truck or street beside its live state: asked for anew when it changes.
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { board, selection } from "./state.js";

const AGAIN_MS = 3000; // trucks end legs all the time; a panel that changes faster cannot be read

const PATHS = {
  truck: (id) => `/api/board/trucks/${id}`,
  street: (id) => `/api/board/streets/${id}`,
};

/** `of` names what `known` is about, like "truck:7"; `failed` is why it is not known. */
export const details = new Store({ of: "", known: null, failed: null });

const nameOf = (chosen) => (chosen && PATHS[chosen.kind] ? `${chosen.kind}:${chosen.id}` : "");

async function ask(chosen) {
  const of = nameOf(chosen);
  if (details.value.of !== of) details.set({ of, known: null, failed: null });
  if (!of) return;
  try {
    const known = await get(PATHS[chosen.kind](chosen.id));
    if (details.value.of === of) details.set({ known, failed: null });
  } catch (error) {
    if (details.value.of === of) details.set({ failed: error.message });
  }
}

/** Ask anew about what is chosen. */
export const reloadDetails = () => ask(selection.value.chosen);

let due = null;

const soon = () => {
  due ??= setTimeout(() => {
    due = null;
    reloadDetails();
  }, AGAIN_MS);
};

selection.follow(({ chosen }, changes) => {
  if ("chosen" in changes) ask(chosen);
});
board.follow((_, changes) => {
  if (changes.checks || changes.shifts || changes.trucks || changes.plan !== undefined) soon();
});

/** What is known of a truck or street, or null before it is. */
export const detailsOf = (kind, id) => (details.value.of === `${kind}:${id}` ? details.value.known : null);
