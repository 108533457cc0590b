// Where the phone is: for the order of the list, and as the place of a photo.
import { inspections } from "./state.js";

const ASKED = { enableHighAccuracy: true, timeout: 30000, maximumAge: 15000 };
const FRESH_MS = 60000; // an older place is not where the photo was taken
const OLD_MS = 300000; // nor an even older one what is near

const isYounger = (here, age) => here !== null && Date.now() - here.at < age;

/** Where the phone is, as far as that is fresh, else null. */
export function freshPlace() {
  const { here } = inspections.value;
  return isYounger(here, FRESH_MS) ? here : null;
}

const fix = () =>
  new Promise((done) => {
    const take = ({ coords }) => done({ at: Date.now(), lon: coords.longitude, lat: coords.latitude });
    if (globalThis.isSecureContext && navigator.geolocation) navigator.geolocation.getCurrentPosition(take, () => done(null), ASKED);
    else done(null);
  });

/** Ask where the phone is; null where it cannot tell. */
export async function locate() {
  const found = await fix();
  if (found) inspections.set({ here: found });
  else if (!isYounger(inspections.value.here, OLD_MS)) inspections.set({ here: null });
  return found;
}
