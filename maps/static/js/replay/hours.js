// The history of a storm hour by hour: asked for shortly before it is played, and forgotten soon after.
import { get } from "../pages/net.js";
import { notify } from "../pages/notices.js";
import { summed, trackOf } from "./map/tracks.js";

const KEPT = 8; // hours in memory
const AHEAD_S = 6; // wall seconds before an hour is played at which it is asked for
const PATIENCE_MS = 5000; // before an hour that failed is asked for again

let hours = new Map();
const followers = new Set();

/** Call back whenever an hour has come, or one that failed may be asked for again. */
export const followHours = (follower) => followers.add(follower);

const tell = (kept) => kept === hours && followers.forEach((follower) => follower());

/** Forget everything: another storm is played. */
export function forget() {
  hours = new Map();
}

const number = (view, at) => Math.floor(Math.min(at, Math.max(view.lasts_s - 1, 0)) / view.hour_s);

const colorsOf = (answer) => ({
  from: answer.from_s,
  to: answer.to_s,
  first: Uint8Array.from(answer.first),
  at: summed(answer.at_s),
  street: Int32Array.from(answer.street),
  color: Uint8Array.from(answer.color),
});

async function ask(view, hour) {
  const kept = hours;
  const entry = { colors: null, tracks: null, askedAt: performance.now(), failedAt: null };
  kept.set(hour, entry);
  const path = (kind) => `/api/replay/${view.storm.id}/${kind}/${hour}`;
  try {
    const [colors, tracks] = await Promise.all([get(path("colors")), get(path("tracks"))]);
    Object.assign(entry, { colors: colorsOf(colors), tracks: tracks.tracks.map(trackOf) });
  } catch (error) {
    entry.failedAt = performance.now();
    notify(error.message);
    setTimeout(tell, PATIENCE_MS, kept); // where the storm is held, nothing else would ask again
  }
  tell(kept);
}

function want(view, hour) {
  const known = hours.get(hour);
  if (known && (known.failedAt === null || performance.now() - known.failedAt < PATIENCE_MS)) return;
  ask(view, hour);
}

function tidy(hour) {
  if (hours.size <= KEPT) return;
  const far = [...hours.keys()].sort((one, other) => Math.abs(other - hour) - Math.abs(one - hour));
  for (const one of far.slice(0, hours.size - KEPT)) hours.delete(one);
}

/** The colors and tracks of the hour of a moment, or null while they are on the way. */
export function hourAt(view, at) {
  const hour = number(view, at);
  want(view, hour);
  tidy(hour);
  const known = hours.get(hour);
  return known?.colors ? known : null;
}

/** The hour that has been waited for longest: from and to when it is, in seconds after the start, since when it is asked for, and whether that failed. */
export function awaited(view) {
  const missing = [...hours].filter(([, { colors }]) => !colors).sort(([, one], [, other]) => one.askedAt - other.askedAt);
  if (missing.length === 0) return null;
  const [[hour, { askedAt, failedAt }]] = missing;
  const from = hour * view.hour_s;
  return { from, to: Math.min(from + view.hour_s, view.lasts_s), askedAt, failed: failedAt !== null };
}

/** Ask for what comes next at this speed. */
export function prefetch(view, at, speed) {
  want(view, number(view, at + AHEAD_S * speed));
}

/** What is in memory of the hour before a moment's hour, for trails; null where it is not there. */
export const hourBefore = (view, at) => hours.get(number(view, at) - 1) ?? null;
