// What is kept before the shift, so that it goes on without a signal: streets around the route, and their map.
import { drop, keep, kept } from "../../pages/app/shelf.js";
import { get } from "../../pages/net.js";
import { drive, isOver } from "./state.js";

const NETWORK = "network";
const TILES = "tiles";
const AGAIN_MS = 30000; // where nobody answered
const SPREAD_MS = 60000; // over which the phones of a fleet ask when a plan is published to all of them

let stored = ""; // plan and closures whose streets are here
let busy = false;
let restsUntil = 0;

/** The streets around the route, as `maps/shifts/stored_network.py` describes them; null where none are kept. */
export const storedNetwork = async () => (await kept(NETWORK)) ?? null;

/** The tiles around the route by layer; no layer where none are kept. */
export const storedTiles = async () => (await kept(TILES)) ?? {};

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function unpacked(layers) {
  const layer = ({ tiles, ...rest }) => ({
    ...rest,
    tiles: Object.fromEntries(Object.entries(tiles).map(([address, base64]) => [address, bytes(base64)])),
  });
  return Object.fromEntries(Object.entries(layers).map(([name, told]) => [name, layer(told)]));
}

async function fetchAround() {
  const { network, tiles } = await get("/api/drive/stored");
  await keep(TILES, unpacked(tiles));
  await keep(NETWORK, network); // last: where it is, its map is
  navigator.storage?.persist?.(); // a phone short of space then asks before it drops this
}

const isFit = (network, planId, closed) => network?.plan_id === planId && (!closed || network.closed === closed);

async function store(planId, closed) {
  busy = true;
  try {
    const before = await storedNetwork();
    const fits = isFit(before, planId, closed);
    if (before && !fits) await new Promise((done) => setTimeout(done, Math.random() * SPREAD_MS));
    if (!fits) await fetchAround();
    stored = `${planId} ${closed}`;
    const used = await navigator.storage?.estimate?.();
    drive.set({ stored: used?.usage ?? 0 });
  } catch {
    restsUntil = Date.now() + AGAIN_MS;
  }
  busy = false;
}

function follow({ shift, connected, closed }) {
  if (!shift) return;
  if (isOver(shift)) {
    drop(NETWORK);
    drop(TILES);
  } else if (connected && shift.plan_id !== null && stored !== `${shift.plan_id} ${closed}` && !busy && Date.now() > restsUntil) {
    store(shift.plan_id, closed);
  }
}

/** Keep what belongs to the route from now on, and drop it with the shift. */
export const storeAround = () => drive.follow(follow);
