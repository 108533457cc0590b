// What is kept before the shift, so that it goes on without a signal: streets around the route, and their map.
import { drop, keep, kept } from "../../pages/app/shelf.js";
import { get } from "../../pages/net.js";
import { drive, isOver } from "./state.js";

const NETWORK = "network";
const TILES = "tiles";
const AGAIN_MS = 30000; // where nobody answered
const FULL_MS = 900000; // where the phone has no space: all would be loaded in vain
const SPREAD_MS = 60000; // over which the phones of a fleet ask when a plan is published to all of them

const tiles = {}; // by layer; an open map reads it at each tile

let stored = ""; // plan and closures whose streets are here
let busy = false;
let restsUntil = 0;
let isDropped = false;

/** The streets around the route, as `maps/shifts/stored_network.py` describes them; null where none are kept. */
export const storedNetwork = async () => (await kept(NETWORK)) ?? null;

/** For which plan and closures they are; "" until this visit to the page has seen to them. */
export const storedFor = () => stored;

/** The tiles around the route by layer, also those that come later; no layer where none are kept. */
export const storedTiles = async () => Object.assign(tiles, await kept(TILES));

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function unpacked(layers) {
  const layer = ({ tiles, ...rest }) => ({
    ...rest,
    tiles: Object.fromEntries(Object.entries(tiles).map(([address, base64]) => [address, bytes(base64)])),
  });
  return Object.fromEntries(Object.entries(layers).map(([name, told]) => [name, layer(told)]));
}

/** Fetch and keep what is around the route; whether the phone has space for it. */
async function fetchAround() {
  const { network, tiles: packed } = await get("/api/drive/stored");
  Object.assign(tiles, unpacked(packed));
  const isKept = (await keep(TILES, tiles)) && (await keep(NETWORK, network)); // last: where it is, its map is
  navigator.storage?.persist?.(); // a phone short of space then asks before it drops this
  return isKept;
}

const isFit = (network, planId, closed) => network?.plan_id === planId && (!closed || network.closed === closed);

async function store(planId, closed) {
  busy = true;
  isDropped = false;
  try {
    const before = await storedNetwork();
    const fits = isFit(before, planId, closed);
    if (before && !fits) await new Promise((done) => setTimeout(done, Math.random() * SPREAD_MS));
    const isKept = fits || (await fetchAround());
    if (isKept) stored = `${planId} ${closed}`;
    else restsUntil = Date.now() + FULL_MS;
    const used = await navigator.storage?.estimate?.().catch(() => null);
    drive.set({ stored: isKept ? { bytes: used?.usage } : { full: true } });
  } catch {
    restsUntil = Date.now() + AGAIN_MS;
  }
  busy = false;
}

function dropAround() {
  isDropped = true;
  stored = "";
  drop(NETWORK);
  drop(TILES);
}

function follow({ shift, connected, closed }) {
  if (!shift) return;
  if (isOver(shift)) {
    if (!isDropped) dropAround();
  } else if (connected && shift.plan_id !== null && stored !== `${shift.plan_id} ${closed}` && !busy && Date.now() > restsUntil) {
    store(shift.plan_id, closed);
  }
}

/** Keep what belongs to the route from now on, and drop it with the shift. */
export const storeAround = () => drive.follow(follow);
