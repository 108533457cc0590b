// How often the place is kept and sent, by speed: what a battery is spent on. Knows no page.

const STANDING_MPS = 0.7;
const WORKING_MPS = 7; // slower is plowing, faster is driving
const STOOD_MS = 60000; // after so long without a move the receiver rests
const RATES = {
  driving: { keepMs: 2000, leastM: 8, sendMs: 6000 },
  working: { keepMs: 3000, leastM: 5, sendMs: 9000 },
  standing: { keepMs: 20000, leastM: 0, sendMs: 20000 },
};

/** What a truck does, by its speed. */
export function stateOf(mps) {
  if (mps < STANDING_MPS) return "standing";
  return mps < WORKING_MPS ? "working" : "driving";
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
    return this.movedAt !== null && at - this.movedAt > STOOD_MS ? RATES.standing.keepMs : 0;
  }
}
