// Where a truck is on its route, from one noisy fix after the other. Knows no page.
//
// Of the places on the line near to a fix, within reach of the last one, the likeliest is taken: near to the fix, in the
// truck's heading, and as far along as it can have driven. So parallel streets, the same street twice and there and
// back are told apart by order, not by nearness.
import { nearestOn, turned } from "./line.js";

const REACH_M = 120; // farther ahead along the line than one could have driven
export const BACK_M = 40; // so far one may back up, or have been put too far ahead by noise
const NOISE_M = 8; // a good fix is so far off
const FAR_M = 45; // off the route, where the fix is good
const HEADING_DEG = 45;
const MOVING_MPS = 1.5; // slower, a heading says nothing
const ALONG_M = 60; // how far a truck may be from where its speed says, one standard deviation
const LOST = 4; // fixes in a row off the line before the truck counts as off its route
const FOUND = 3; // fixes in a row that agree on another place of the line before it counts as there
const AGREE_M = 80;
const SKIPPED_M = 300; // more open work is not left out by a position alone: its driver says so
const YARD_M = 200; // about a place to load or to rest, where no line leads

/** Nothing is known yet but where the truck should begin. */
export const beginAt = (metre) => ({ metre, on: false, begun: false, away: 0, time: null, mps: 0, elsewhere: null });

/** The nearest place of a piece of the line to a fix. */
function onPiece(line, i, fix) {
  const { share, off } = nearestOn(line.points[i], line.points[i + 1], [fix.x, fix.y]);
  return { metre: line.at[i] + (line.at[i + 1] - line.at[i]) * share, off, heading: line.heading[i] };
}

/** The likeliest place of a stretch of the line; `expected` is where the truck's speed puts it. */
function best(line, fix, from, to, expected, spread) {
  const sigma = Math.max(NOISE_M, fix.accuracy ?? 0);
  const turns = fix.heading !== null && (fix.speed ?? 0) >= MOVING_MPS;
  let found = null;
  for (let i = 0; i < line.at.length - 1; i += 1) {
    if (line.at[i + 1] < from || line.at[i] > to || line.at[i + 1] - line.at[i] < 0.01 || line.isGap.has(i + 1)) continue;
    const place = onPiece(line, i, fix);
    if (place.metre < from || place.metre > to) continue;
    const wrong = turns ? Math.abs(turned(place.heading, fix.heading)) / HEADING_DEG : 0;
    const cost = (place.off / sigma) ** 2 + Math.min(wrong, 3) ** 2 + ((place.metre - expected) / spread) ** 2;
    if (!found || cost < found.cost) found = { ...place, cost, wrong };
  }
  return found;
}

const fits = (place, fix) => place && place.off <= Math.max(FAR_M, 2 * (fix.accuracy ?? 0)) && place.wrong < 2;

/** The first place of the line from a metre on that a fix fits, as metres along it; null where none does. */
export function metreAt(line, fix, from) {
  const place = best(line, fix, from, line.length, from, 1000);
  return fits(place, fix) ? place.metre : null;
}

/** So far along the line a truck may be taken to be by its position alone: with little open work left out. */
function reach(line, metre, open) {
  let rest = SKIPPED_M;
  for (const [i, run] of line.runs.entries()) {
    const from = Math.max(run.work, metre);
    if (!open[i] || run.to <= from) continue;
    if (run.to - from > rest) return from + rest;
    rest -= run.to - from;
  }
  return line.length;
}

/** The likeliest place to which a truck may have gone by itself: not far ahead, or in open work that it left behind. */
function within(line, { metre }, fix, open) {
  const behind = line.runs.filter((run, i) => open[i] && run.work < metre - BACK_M);
  const stretches = [[metre - BACK_M, reach(line, metre, open)], ...behind.map(({ work, to }) => [work, Math.min(to, metre)])];
  const places = stretches.map(([from, to]) => best(line, fix, from, to, metre, 1000)).filter((place) => fits(place, fix));
  return places.sort((one, other) => one.cost - other.cost)[0];
}

const watched = ({ metre }, isFar) => ({ metre, first: metre, count: 1, isFar });

/**
 * The other place of the line to be watched after one more fix, before which the truck has driven so many metres: one
 * near by, else any on the rest of it, else none.
 */
function elsewhereAfter(line, state, fix, open, driven) {
  const { elsewhere } = state;
  const to = elsewhere?.metre + driven * 1.5 + AGREE_M;
  const again = elsewhere && best(line, fix, elsewhere.metre - BACK_M, to, elsewhere.metre + driven, AGREE_M + driven / 2);
  const goesOn = fits(again, fix) && { ...elsewhere, metre: again.metre, count: elsewhere.count + 1 };
  if (goesOn && !elsewhere.isFar) return goesOn;
  const near = within(line, state, fix, open);
  if (near) return watched(near, false);
  if (goesOn) return goesOn;
  const far = best(line, fix, state.metre - BACK_M, line.length, state.metre, 1000);
  return fits(far, fix) ? watched(far, true) : null;
}

const agrees = (place) => place && place.count >= FOUND && place.metre - place.first >= 5;

/** On the line from a place on. */
export const onAt = (state, metre) => ({ ...state, metre, on: true, begun: true, away: 0, elsewhere: null });

/** Where far along the line the truck seems to be, or null: it leaves out so much that only its driver may go on there. */
export const farAhead = ({ on, elsewhere }) => (!on && elsewhere?.isFar && agrees(elsewhere) ? elsewhere.metre : null);

const inYard = (line, metre, { x, y }) =>
  line.yards.some((yard) => Math.abs(yard.metre - metre) <= YARD_M && Math.hypot(yard.x - x, yard.y - y) <= YARD_M);

/**
 * What is known after one more fix: metres `x` and `y` on the line's plane, `heading`, `speed`, `accuracy`, `time` in s.
 * `metre` is how far along the route the truck is, `on` whether it is on it; `open` says which runs have work to do.
 */
export function matched(line, before, fix, open = line.runs.map(() => true)) {
  const waited = before.time === null ? 0 : Math.min(Math.max(fix.time - before.time, 0), 30);
  const mps = fix.speed ?? before.mps;
  const state = { ...before, time: fix.time, mps };
  const driven = mps * waited;
  const to = before.metre + driven * 1.5 + REACH_M;
  const near = best(line, fix, before.metre - BACK_M, to, before.metre + driven, ALONG_M + driven / 2);
  if (fits(near, fix)) return onAt(state, near.metre);
  const elsewhere = elsewhereAfter(line, state, fix, open, driven);
  if (agrees(elsewhere) && !elsewhere.isFar) return onAt(state, elsewhere.metre);
  const away = inYard(line, before.metre, fix) ? 0 : before.away + 1;
  return { ...state, away, on: before.on && away < LOST, elsewhere };
}

/** Whether a truck that was on its route, or tried to reach it for long, is off it. */
export const isOff = (state) => !state.on && state.away >= LOST;
