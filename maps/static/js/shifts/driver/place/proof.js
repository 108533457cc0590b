// Asks the server what of the route is proved by now, and where the truck's own tracker sees it.
import { now, setClock } from "../../../pages/boot.js";
import { get } from "../../../pages/net.js";
import { drive, prove, quietly } from "../state.js";
import { REST_MS } from "./rate.js";

const ASK_MS = 20000;
const BLIND_MS = 5000; // where only the tracker knows the place
const OWN_MS = REST_MS + 10000; // so long the phone's own place is better: it rests where the truck stands

const asked = () => drive.value.shift?.state === "driving" && document.visibilityState === "visible";
const blind = () => !drive.value.place || drive.value.place.tracked || Date.now() - drive.value.place.at > OWN_MS;

function take({ place }) {
  if (!place || !blind()) return;
  const ago = Math.max(0, now() - Date.parse(place.fixed_at));
  drive.set({
    place: { at: Date.now() - ago, lon: place.lon, lat: place.lat, heading: place.heading_deg, speed: place.speed_mps, accuracy: 10, tracked: true },
  });
}

async function ask() {
  try {
    const told = await get("/api/drive/proved");
    setClock(told.now);
    if (told.plan_id !== drive.value.shift.plan_id) await quietly();
    else prove(told);
    drive.set({ closed: told.closed });
    take(told);
  } catch {
    // Without a network the phone leads by itself.
  }
}

/** Ask from now on. */
export async function followProof() {
  if (asked()) await ask();
  setTimeout(followProof, blind() ? BLIND_MS : ASK_MS);
}
