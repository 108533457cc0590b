// How many of the passes that a direction of a street needs are done.
import { t } from "../pages/texts.js";

const CLEAR = ["fresh", "ageing"];

/** Passes of the present round, never more than it needs: a further one on a street still clear begins no new round. */
export function passesOfRound({ passes_done: done, passes_needed: needed }, state) {
  if (CLEAR.includes(state) || done === 0) return Math.min(done, needed);
  return done % needed || needed;
}

/** The same in words, and all passes of the storm where there were more; empty where one pass is enough and was alone. */
export function passWords(way, state) {
  const done = passesOfRound(way, state);
  const words = [];
  if (way.passes_needed > 1) words.push(t("{done} of {needed} passes", { done, needed: way.passes_needed }));
  if (way.passes_done > done) words.push(t("{count} passes in this storm", { count: way.passes_done }));
  return words.join(" · ");
}
