// Whose phone this is: where its words go, and where it is. The page that shows messages and SOS says so.
import { Store } from "../../pages/store.js";

const FRESH_MS = 60000; // an older place is where somebody was, not where help is needed

/** `base` is the address of the shift, "" where nobody is on duty; `id` sets it apart on this phone; `reads` whether messages are shown. */
export const caller = new Store({ base: "", id: "", reads: false });

let asks = { place: () => null, open() {} };

/** Say how this page tells its place, as `{ at, lon, lat }` or null, and how it opens the messages. */
export const callFrom = (page) => {
  asks = page;
};

export const openMessages = () => asks.open();

/** Where the phone is, as far as that is fresh. */
export function freshPlace() {
  const place = asks.place();
  return place && Date.now() - place.at < FRESH_MS ? { lon: place.lon, lat: place.lat } : {};
}
