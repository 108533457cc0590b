// What is kept before the shift, so that it goes on without a signal: streets around the route, and their map.
import { drop, keep, kept } from "../../pages/app/shelf.js";
import { dropTiles, keepTiles } from "../../pages/app/stored-map.js";
import { get } from "../../pages/net.js";
import { dropVoice } from "./guide/stored-voice.js";
import { drive, isOver } from "./state.js";

const NETWORK = "network";
const OF = "network-of"; // its plan and closures, without megabytes of streets
const AGAIN_MS = 30000; // where nobody answered
const FULL_MS = 900000; // where the phone has no space: all would be loaded in vain
const SPREAD_MS = 60000; // over which the phones of a fleet ask when a plan is published to all of them

let stored = ""; // plan and closures whose streets are here
let busy = false;
let restsUntil = 0;
let isDropped = false;

/** The streets around the route, as `maps/shifts/stored_network.py` describes them; null where none are kept. */
export const storedNetwork = async () => (await kept(NETWORK)) ?? null;

/** For which plan and closures they are; "" until this visit to the page has seen to them. */
export const storedFor = () => stored;

/** Fetch and keep what is around the route; whether the phone has space for it. */
async function fetchAround() {
  const { network, tiles: packed } = await get("/api/drive/stored");
  const { plan_id, closed } = network;
  return (await keepTiles(packed)) && (await keep(NETWORK, network)) && keep(OF, { plan_id, closed }); // last: where it is, all is
}

const isFit = (kept, planId, closed) => kept?.plan_id === planId && (!closed || kept.closed === closed);

async function store(planId, closed) {
  busy = true;
  isDropped = false;
  try {
    const before = await kept(OF);
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
  drop(OF);
  drop(NETWORK);
  dropTiles();
  dropVoice();
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
