// What everybody may see of the newest storm, asked for anew while the page is open.
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";

const EVERY_MS = 60_000; // the server makes a new map every half a minute

/** The answer without its streets, why the last one failed, whether this browser draws no map, and which of the two views is shown. */
export const shown = new Store({ view: null, failed: "", mapless: false, ages: false, street: null });

/** Of each street: [forward, backward] states, and [forward, backward] seconds since 1970 of the last clearing. */
export const streets = { states: new Map(), cleared: new Map() };
const followers = new Set();

/** Call back when all streets may look different. */
export const followStreets = (follower) => followers.add(follower);

/** Ask for the map once; what stands on the page stays where that fails. */
export async function load() {
  try {
    const { streets: rows, ...view } = await get("/api/public/map");
    for (const [id, forward, backward, there, back] of rows) {
      streets.states.set(id, [forward, backward]);
      streets.cleared.set(id, [there, back]);
    }
    shown.set({ view, failed: "" });
    followers.forEach((follower) => follower());
  } catch (error) {
    shown.set({ failed: error.message });
  }
}

/** Ask again and again, while somebody looks. */
export function follow() {
  setInterval(() => document.visibilityState === "visible" && load(), EVERY_MS);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && load());
}
