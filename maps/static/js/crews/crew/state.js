// What the crew's page shows: its jobs as the page came with them, which part of it is open, and whether it is heard.
import { boot } from "../../pages/boot.js";
import { Store } from "../../pages/store.js";

const VIEWS = ["list", "map", "messages"];

/** Jobs in the order of the list, those that are over last. */
export const { jobs, shift_id: shiftId, map_mark: mapMark } = boot.crew;

const asked = location.hash.slice(1);

export const crew = new Store({ view: VIEWS.includes(asked) ? asked : "list", connected: true, states: new Map(), place: null });

/** Open a part of the page, also after it is loaded anew. */
export function show(view) {
  history.replaceState(null, "", `#${view}`);
  crew.set({ view });
}

/** The jobs that are still to be done, as the crew says. */
export const ahead = () => jobs.filter(({ id, state }) => !["done", "cannot", "told"].includes(crew.value.states.get(String(id)) ?? state));
