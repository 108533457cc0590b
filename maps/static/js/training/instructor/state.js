// What the instructor's page knows of the rehearsal, asked for again and again.
import { setClock } from "../../pages/boot.js";
import { get, post } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";
import { day, t, time } from "../../pages/texts.js";

const AGAIN_MS = 2000;
const DAY_MS = 24 * 3600 * 1000;

/** How the rehearsal stands; `stands` is null until it is known, `connected` false while nobody answers. */
export const training = new Store({ stands: null, connected: true });

/** Clock time of a moment of the rehearsal, with its day where that lasts longer than one. */
export function stormTime(at) {
  const { began_at, ends_at } = training.value.stands;
  const isLong = Date.parse(ends_at) - Date.parse(began_at) > DAY_MS;
  return isLong ? t("{date}, {time}", { date: day(at), time: time(at) }) : time(at);
}

function take(stands) {
  setClock(stands.now, stands.paused || stands.held ? 0 : stands.speed);
  training.set({ stands, connected: true });
}

/** Send an order whose answer is how the rehearsal stands then; whether it was carried out. */
export async function order(path, body) {
  const stands = await attempt(() => post(path, body));
  if (stands === undefined) return false;
  take(stands);
  return true;
}

/** Ask how the rehearsal stands. */
export async function refresh() {
  try {
    take(await get("/api/training/instructor"));
  } catch {
    training.set({ connected: false });
  }
}

/** Ask again and again, while somebody looks. */
export async function follow() {
  if (document.visibilityState === "visible") await refresh();
  setTimeout(follow, AGAIN_MS);
}
