// How often the place is kept and sent, by speed: what a battery is spent on. Knows no page.
import { metresBetween } from "../../../pages/map/distance.js";

const LEAST_MOVE_M = 4; // less is noise, and has no heading
const OLD_MS = 60000; // two places so far apart in time tell no speed
const MOVED_M = 25; // more is no noise: the truck goes, though its phone tells no speed
const STANDING_MPS = 0.7;
const WORKING_MPS = 7; // slower is plowing, faster is driving
const STOOD_MS = 60000; // after so long without a move the receiver rests
export const REST_MS = 20000; // between two fixes then
// A radio stays awake some ten seconds after each word: what waits goes together (docs/battery.md).
const RATES = {
  driving: { keepMs: 2000, leastM: 8, sendMs: 20000 },
  working: { keepMs: 3000, leastM: 5, sendMs: 20000 },
  standing: { keepMs: REST_MS, leastM: 0, sendMs: 60000 },
};

/** What a truck does, by its speed. */
export function stateOf(mps) {
  if (mps < STANDING_MPS) return "standing";
  return mps < WORKING_MPS ? "working" : "driving";
}

/** Speed and heading from one place to the next, for phones that tell none. */
export function movement(from, to) {
  const seconds = from ? (to.at - from.at) / 1000 : 0;
  if (seconds <= 0 || seconds * 1000 > OLD_MS) return { speed: null, heading: from?.heading ?? null };
  const moved = metresBetween(from, to);
  if (moved < LEAST_MOVE_M) return { speed: moved / seconds, heading: from.heading };
  const east = (to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180);
  return { speed: moved / seconds, heading: ((Math.atan2(east, to.lat - from.lat) * 180) / Math.PI + 360) % 360 };
}

/** Which fixes are kept, and whether the receiver may rest between them: one for each page that is open. */
export class PositionRate {
  constructor() {
    this.kept = null;
    this.movedAt = null;
    this.state = "working";
  }

  /** Take a fix at a time in ms, metres `moved` from the last one kept; says whether it is kept. */
  take(at, mps, moved) {
    this.state = stateOf(mps);
    if (this.state === "standing" && moved > MOVED_M) this.state = "working";
    if (this.state !== "standing" || this.movedAt === null) this.movedAt = at;
    const { keepMs, leastM } = RATES[this.state];
    if (this.kept !== null && (at - this.kept < keepMs || moved < leastM)) return false;
    this.kept = at;
    return true;
  }

  /** How long fixes wait for others before they are sent. */
  get sendMs() {
    return RATES[this.state].sendMs;
  }

  /** How long the receiver may rest before the next fix, in ms; 0 where it has to follow. */
  restMs(at) {
    return this.movedAt !== null && at - this.movedAt > STOOD_MS ? REST_MS : 0;
  }
}
