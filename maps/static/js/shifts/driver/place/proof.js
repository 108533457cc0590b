// Asks the server what of the route is proved by now, and where the truck's own tracker sees it.
import { boot, now, pace, setClock } from "../../../pages/boot.js";
import { askRoute, drive, prove, quietly } from "../state.js";
import { REST_MS } from "./rate.js";
import { afterSending } from "./unsent.js";

const FRESH_MS = 15000; // younger than that it is not asked for again
const LATEST_MS = 60000; // where no position is sent meanwhile
const BLIND_MS = boot.training ? 1000 : 5000; // where only the tracker knows the place, or a simulated truck
const OWN_MS = REST_MS + 10000; // so long the phone's own place is better: it rests where the truck stands

const asked = () => drive.value.shift?.state === "driving" && document.visibilityState === "visible";
const blind = () => !drive.value.place || drive.value.place.tracked || Date.now() - drive.value.place.at > OWN_MS;

let toldAt = ""; // when the tracker saw the truck last, as far as it was told

/** How long ago a moment of the server's clock was by ours, in ms; while that stands nothing grows old. */
const agoMs = (moment) => (pace() ? Math.max(0, now() - Date.parse(moment)) / pace() : 0);

/** Go on along what the tracker saw since, one place after the other: a quick truck is far from one to the next. */
function take({ track }) {
  for (const { lon, lat, heading_deg: heading, speed_mps: speed, fixed_at: at } of track) {
    toldAt = at;
    if (!blind()) continue;
    drive.set({ place: { at: Date.now() - agoMs(at), ...(boot.training ? { fixedAt: Date.parse(at) } : {}), lon, lat, heading, speed, accuracy: 10, tracked: true } });
  }
}

async function ask() {
  try {
    const told = await askRoute(`/api/drive/proved${toldAt && `?since=${encodeURIComponent(toldAt)}`}`);
    setClock(told.now);
    if (told.plan_id !== drive.value.shift.plan_id) await quietly();
    else prove(told);
    drive.set({ closed: told.closed });
    take(told);
  } catch {
    // Without a network the phone leads by itself.
  }
}

let asking = false;
let askedAt = 0;
let timer = 0;

async function askAgain() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  askedAt = Date.now();
  if (asked()) await ask();
  asking = false;
  timer = setTimeout(askAgain, blind() ? BLIND_MS : LATEST_MS);
}

/** Ask from now on, best together with what is sent anyway. */
export function followProof() {
  afterSending(() => {
    if (Date.now() - askedAt > FRESH_MS) askAgain();
  });
  return askAgain();
}
