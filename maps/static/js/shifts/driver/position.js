// Where the phone is, sent while the page is open; without a network it is kept in memory and sent later.
import { boot, now } from "../../pages/boot.js";
import { metresBetween } from "../../pages/map/distance.js";
import { post } from "../../pages/net.js";
import { PositionRate } from "./guide/rate.js";
import { drive } from "./state.js";

const AGAIN_MS = 10000; // where nobody answered
const MOST_KEPT = 5000;
const BATCH = 300;
const LEAST_MOVE_M = 4; // less is noise, and has no heading
const OLD_MS = 15000; // two places so far apart in time tell no speed
const ASKED = { enableHighAccuracy: true, timeout: 30000 };

const queue = [];
const rate = new PositionRate();

let kept = null;
let sending = false;
let waiting = 0;
let watched = null;

const known = (number) => (Number.isFinite(number) && number >= 0 ? number : null);

function entry({ coords, timestamp }) {
  const agoMs = Math.max(0, Date.now() - timestamp) * (boot.speed ?? 1);
  return {
    fixed_at: new Date(now() - agoMs).toISOString(),
    lon: coords.longitude,
    lat: coords.latitude,
    speed_mps: known(coords.speed),
    heading_deg: known(coords.heading),
    accuracy_m: known(coords.accuracy),
  };
}

/** Speed and heading from one place to the next, for phones that tell none. */
function movement(from, to) {
  const seconds = from ? (to.at - from.at) / 1000 : 0;
  if (seconds <= 0 || seconds * 1000 > OLD_MS) return { speed: null, heading: from?.heading ?? null };
  const moved = metresBetween(from, to);
  if (moved < LEAST_MOVE_M) return { speed: moved / seconds, heading: from.heading };
  const east = (to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180);
  return { speed: moved / seconds, heading: ((Math.atan2(east, to.lat - from.lat) * 180) / Math.PI + 360) % 360 };
}

function placeOf({ coords }) {
  const place = { at: Date.now(), lon: coords.longitude, lat: coords.latitude, accuracy: known(coords.accuracy) };
  const moved = movement(drive.value.place, place);
  return { ...place, speed: known(coords.speed) ?? moved.speed, heading: known(coords.heading) ?? moved.heading };
}

function take(position) {
  const place = placeOf(position);
  drive.set({ place });
  const { shift, tracking } = drive.value;
  if (tracking !== "sent" && tracking !== "tracker") drive.set({ tracking: "found" });
  if (shift?.state !== "driving") return;
  const isKept = rate.take(place.at, place.speed ?? 0, kept ? metresBetween(place, kept) : Infinity);
  if (isKept) keep(position, place);
  rest();
}

function keep(position, place) {
  kept = place;
  queue.push(entry(position));
  if (queue.length > MOST_KEPT) queue.shift();
  sendIn(rate.sendMs);
}

/** Let the receiver rest where the truck stands for long, and wake it for one fix at a time. */
function rest() {
  const restMs = rate.restMs(Date.now());
  if (restMs === 0 && watched === null) watch();
  if (restMs === 0) return;
  if (watched !== null) navigator.geolocation.clearWatch(watched);
  watched = null;
  setTimeout(() => navigator.geolocation.getCurrentPosition(take, watch, ASKED), restMs);
}

function watch() {
  watched ??= navigator.geolocation.watchPosition(take, refuse, ASKED);
}

function refuse(error) {
  drive.set({ tracking: error.code === error.PERMISSION_DENIED ? "denied" : "starting" });
}

function sendIn(waitMs) {
  waiting ||= setTimeout(send, waitMs);
}

async function send() {
  waiting = 0;
  if (sending || queue.length === 0 || drive.value.shift?.state !== "driving") return;
  sending = true;
  const batch = queue.slice(0, BATCH);
  let againMs = rate.sendMs;
  try {
    const answer = await post(`/api/shifts/${drive.value.shift.shift_id}/positions`, { positions: batch });
    queue.splice(0, batch.length);
    drive.set({ tracking: answer.needed ? "sent" : "tracker", connected: true });
  } catch (error) {
    if (error.status >= 400 && error.status < 500 && error.status !== 401) queue.splice(0, batch.length);
    else {
      drive.set({ connected: false });
      againMs = AGAIN_MS;
    }
  }
  sending = false;
  if (queue.length > 0) sendIn(againMs);
}

/** Watch the place from now on; browsers tell it to secure addresses only. */
export function followPosition() {
  if (!globalThis.isSecureContext) return drive.set({ tracking: "insecure" });
  if (!navigator.geolocation) return drive.set({ tracking: "denied" });
  watch();
  return undefined;
}
