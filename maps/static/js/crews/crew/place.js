// Where the crew is: asked for only while its map is looked at or help is called, since a receiver costs power.
import { help, placeCall } from "../../messages/phone/sos.js";
import { crew } from "./state.js";

const ASKED = { enableHighAccuracy: true, timeout: 30000 };

let watched = null;

const looks = () => document.visibilityState === "visible" && (crew.value.view === "map" || help.value.asking || help.value.holding);

const wanted = () => help.value.unplaced || looks();

function take({ coords }) {
  crew.set({ place: { at: Date.now(), lon: coords.longitude, lat: coords.latitude } });
  placeCall();
}

function attend() {
  if (wanted()) watched ??= navigator.geolocation.watchPosition(take, () => undefined, ASKED);
  else if (watched !== null) {
    navigator.geolocation.clearWatch(watched);
    watched = null;
  }
}

/** Ask for the place from now on, whenever it is of use; browsers tell it to secure addresses only. */
export function followPlace() {
  if (!globalThis.isSecureContext || !navigator.geolocation) return;
  crew.follow((_, changes) => "view" in changes && attend());
  help.follow(attend);
  document.addEventListener("visibilitychange", attend);
  attend();
}
