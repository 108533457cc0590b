// What the phone keeps of a person's work goes before somebody else is shown it; files and texts are nobody's.
import { dropAll } from "./shelf.js";

const HOMES = ["/drive", "/crew", "/inspect"];

async function forgetPages() {
  if (!globalThis.caches) return;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    await Promise.all(HOMES.map((home) => cache.delete(home)));
  }
}

/** Forget pages and routes. */
export const forget = () => Promise.all([forgetPages().catch(() => undefined), dropAll()]);
