// What the operator's page knows: the request being written and those that wait for a pin.
import { get, post } from "../core/net.js";
import { attempt } from "../core/notices.js";
import { needsPin } from "../board/rows.js";
import { Store } from "../core/store.js";

export const desk = new Store({ guesses: [], guess: null, answer: null, waiting: [], placing: null });

const listed = (answer) => (Array.isArray(answer) ? answer : answer.requests);

async function refresh() {
  const requests = listed(await get("/api/requests"));
  desk.set({ waiting: requests.filter(needsPin) });
}

/** Ask which requests wait for a pin. */
export const askWaiting = () => attempt(refresh);

/** Keep the waiting list fresh. */
export function follow() {
  askWaiting();
  const source = new EventSource("/stream");
  source.addEventListener("requests", () => refresh().catch(() => {}));
}

/** Put the request that is being placed where the map was clicked. */
export async function place({ lng, lat }) {
  const { placing } = desk.value;
  const placed = await attempt(() => post(`/api/requests/${placing}/place`, { lon: lng, lat }));
  if (placed === undefined) return;
  desk.set({ placing: null, answer: placed });
  await askWaiting();
}
