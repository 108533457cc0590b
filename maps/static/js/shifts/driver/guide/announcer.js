// When a maneuver is spoken: some seconds before it at the driven speed, and again at it. Knows no page.

const AHEAD_S = 8;
const AT_S = 2;
const ALONE_S = 10; // before a maneuver nothing else is said
const SLOWEST_MPS = 2.5; // a truck that stands is told what comes as if it set off
const NEAREST_M = 12;
const FARTHEST_M = 250;
const TOGETHER_M = 45; // maneuvers so near to each other are told in one sentence
const AFTER_M = 15; // so late something is still worth saying

/** So far before a maneuver it is spoken first, and spoken again. */
export const distances = (mps) => {
  const speed = Math.max(mps, SLOWEST_MPS);
  const again = Math.max(NEAREST_M, speed * AT_S);
  return { first: Math.min(Math.max(speed * AHEAD_S, again + 15), FARTHEST_M), again };
};

/**
 * What is to be said now, or null; `said` is what was said by its key and is added to. Each maneuver is said first with
 * its distance and again at it, each once; one that follows at once is told with the one before.
 */
export function due(maneuvers, metre, mps, said) {
  const { first, again } = distances(mps);
  for (let i = 0; i < maneuvers.length; i += 1) {
    const one = maneuvers[i];
    const m = one.metre - metre;
    if (m > first) return null;
    if (m < -AFTER_M || said.has(`${i}:again`)) continue;
    const phase = m <= again ? "again" : "first";
    if (said.has(`${i}:${phase}`)) continue;
    said.add(`${i}:${phase}`);
    if (phase === "again") said.add(`${i}:first`);
    const next = maneuvers[i + 1];
    const then = next && next.metre - one.metre <= TOGETHER_M ? next : null;
    if (then) said.add(`${i + 1}:first`);
    return { maneuver: one, phase, m: Math.max(0, m), then };
  }
  return null;
}

/** Whether the next maneuver is so near that nothing else may be said before it. */
export const isNear = (maneuver, mps) => maneuver && maneuver.m < Math.max(mps, SLOWEST_MPS) * ALONE_S;

/** What was already said where a truck goes on in the middle of its route. */
export const saidBefore = (maneuvers, metre) =>
  new Set(maneuvers.flatMap((one, i) => (one.metre < metre ? [`${i}:first`, `${i}:again`] : [])));
