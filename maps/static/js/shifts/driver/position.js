// Where the phone is, sent while the page is open; without a network it is kept in memory and sent later.
import { boot, now } from "../../pages/boot.js";
import { metresBetween } from "../../pages/map/distance.js";
import { post } from "../../pages/net.js";
import { drive } from "./state.js";

const SEND_MS = 4000;
const LEAST_MS = 2000; // between two fixes of a moving machine
const STANDING_MS = 15000; // between two fixes of a standing one
const MOVED_M = 5;
const MOST_KEPT = 5000;
const BATCH = 300;

const queue = [];

let kept = null;
let sending = false;

function worthKeeping(fix) {
  if (!kept) return true;
  const waited = fix.at - kept.at;
  return waited >= STANDING_MS || (waited >= LEAST_MS && metresBetween(fix, kept) >= MOVED_M);
}

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

function take(position) {
  const fix = { at: Date.now(), lon: position.coords.longitude, lat: position.coords.latitude };
  const heading = known(position.coords.heading);
  drive.set({ place: { ...fix, heading, accuracy: known(position.coords.accuracy) } });
  const { shift, tracking } = drive.value;
  if (tracking !== "sent" && tracking !== "tracker") drive.set({ tracking: "found" });
  if (shift?.state !== "driving" || !worthKeeping(fix)) return;
  kept = fix;
  queue.push(entry(position));
  if (queue.length > MOST_KEPT) queue.shift();
}

function refuse(error) {
  drive.set({ tracking: error.code === error.PERMISSION_DENIED ? "denied" : "starting" });
}

async function send() {
  if (sending || queue.length === 0 || drive.value.shift?.state !== "driving") return;
  sending = true;
  const batch = queue.slice(0, BATCH);
  try {
    const answer = await post(`/api/shifts/${drive.value.shift.shift_id}/positions`, { positions: batch });
    queue.splice(0, batch.length);
    drive.set({ tracking: answer.needed ? "sent" : "tracker", connected: true });
  } catch (error) {
    if (error.status >= 400 && error.status < 500 && error.status !== 401) queue.splice(0, batch.length);
    else drive.set({ connected: false });
  }
  sending = false;
}

/** Watch the place from now on; browsers tell it to secure addresses only. */
export function followPosition() {
  if (!globalThis.isSecureContext) return drive.set({ tracking: "insecure" });
  if (!navigator.geolocation) return drive.set({ tracking: "denied" });
  navigator.geolocation.watchPosition(take, refuse, { enableHighAccuracy: true, timeout: 30000 });
  setInterval(send, SEND_MS);
  return undefined;
}
