// Where the phone is: followed during the shift, asked for now and then before it, and not at all after it.
import { boot, now, pace } from "../../../pages/boot.js";
import { metresBetween } from "../../../pages/map/distance.js";
import { drive, isOver } from "../state.js";
import { movement, PositionRate, REST_MS } from "./rate.js";
import { addPosition, resumePositions } from "./unsent.js";

const ASKED = { enableHighAccuracy: true, timeout: 30000 };

let rate = new PositionRate();
let kept = null;
let watched = null;
let resting = 0;
let stateBefore;

const known = (number) => (Number.isFinite(number) && number >= 0 ? number : null);

function entry({ coords, timestamp }) {
  const agoMs = Math.max(0, Date.now() - timestamp) * pace();
  return {
    fixed_at: new Date(now() - agoMs).toISOString(),
    lon: coords.longitude,
    lat: coords.latitude,
    speed_mps: known(coords.speed),
    heading_deg: known(coords.heading),
    accuracy_m: known(coords.accuracy),
  };
}

/** What the phone itself told last: from the place of the truck's own tracker to this one, nothing moved. */
const ownPlace = ({ place }) => (place?.tracked ? null : place);

function placeOf({ coords }) {
  const place = { at: Date.now(), lon: coords.longitude, lat: coords.latitude, accuracy: known(coords.accuracy) };
  const moved = movement(ownPlace(drive.value), place);
  return { ...place, speed: known(coords.speed) ?? moved.speed, heading: known(coords.heading) ?? moved.heading };
}

function take(position) {
  const place = placeOf(position);
  drive.set({ place });
  const { shift, tracking } = drive.value;
  if (tracking !== "sent" && tracking !== "tracker") drive.set({ tracking: "found" });
  if (shift?.state === "driving") keepSome(shift, position, place);
  attend();
}

function keepSome(shift, position, place) {
  const isKept = rate.take(place.at, place.speed ?? 0, kept ? metresBetween(place, kept) : Infinity);
  if (!isKept) return;
  addPosition(shift.shift_id, entry(position), kept ? rate.sendMs : 0);
  kept = place;
}

/** How long the receiver rests before the next fix, in ms: 0 where it has to follow, null where nobody asks. */
function restMs({ shift, place }) {
  if (!shift || isOver(shift)) return null;
  if (shift.state === "driving") return rate.restMs(Date.now());
  return place ? REST_MS : 0;
}

/** Let the receiver follow or rest, as the shift and the truck's standing ask for. */
function attend() {
  const waitMs = restMs(drive.value);
  if (waitMs === 0) return watch();
  if (watched !== null) navigator.geolocation.clearWatch(watched);
  watched = null;
  if (waitMs !== null) resting ||= setTimeout(askOnce, waitMs);
  return undefined;
}

function askOnce() {
  resting = 0;
  if (restMs(drive.value) !== null) navigator.geolocation.getCurrentPosition(take, watch, ASKED);
}

function watch() {
  clearTimeout(resting);
  resting = 0;
  watched ??= navigator.geolocation.watchPosition(take, refuse, ASKED);
}

function refuse(error) {
  drive.set({ tracking: error.code === error.PERMISSION_DENIED ? "denied" : "starting" });
}

/** Begin anew with each shift and each of its states. */
function follow({ shift }) {
  const state = shift && `${shift.shift_id} ${shift.state}`;
  if (state === stateBefore) return;
  stateBefore = state;
  rate = new PositionRate();
  kept = null;
  attend();
}

/** Watch the place from now on; browsers tell it to secure addresses only. In a training the truck is simulated, and the phone stays. */
export function followPosition() {
  if (boot.training) return drive.set({ tracking: "tracker" });
  if (!globalThis.isSecureContext) return drive.set({ tracking: "insecure" });
  if (!navigator.geolocation) return drive.set({ tracking: "denied" });
  resumePositions();
  drive.follow(follow);
  follow(drive.value);
  return undefined;
}
