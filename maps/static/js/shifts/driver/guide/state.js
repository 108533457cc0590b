// How the phone leads: where on its route the truck is, what comes next, and what was driven without proof yet.
import { keep as keepOnShelf, kept as keptOnShelf } from "../../../pages/app/shelf.js";
import { now } from "../../../pages/boot.js";
import { Store } from "../../../pages/store.js";
import { drive, isOver, isSettled, isTapped } from "../state.js";
import { placeAt, routeLine } from "./line.js";
import { BACK_M, beginAt, farAhead, isOff, matched, metreAt, onAt } from "./matcher.js";
import { driven, isDriven, runAt, standing } from "./progress.js";

const SHELF = "lead";
const KEEP_MS = 10000; // between two notes of the place on the route, for a reload or a dead battery
const JUMP_M = 200; // what lies between two such places was not driven
const HOME_M = 40; // so near to the end of its last drive a truck has come home
const SILENT_MS = 20000; // after that a place is no longer where the truck is

/**
 * `mode` is "waiting" until a position came, "on" the route or "off" it; `standing` says how the truck stands on it, `back` is
 * the way to it, `ahead` the metre far along it where the truck seems to be, `begun` whether it has come to it yet.
 */
export const guide = new Store({ mode: "waiting", standing: null, fix: null, driven: [], back: null, ahead: null, begun: false });

let line = null;
let shown = null; // the stages as they were led last
let shownPlan = null;
let match = null;
let run = 0;
let joined = 0; // the run in which the truck came from the route before; what lies before was driven on that
let metres = [];
let furthest = 0; // metres of the route, so that noise to and fro is counted once
let passed = {}; // when runs were driven to their end, by their first leg
let earlier = []; // runs of plans before that were driven to their end, and that nothing told of then
let keptAt = 0;
let note = null; // as it is on the shelf, or was there when the page opened

/** The line of the route, for who speaks, draws and finds ways. */
export const route = () => line;

/** Of which route a note is. */
const owner = () => `${drive.value.shift.shift_id}-${drive.value.shift.plan_id}`;

function keep(force = false) {
  if (!force && Date.now() - keptAt < KEEP_MS) return undefined;
  keptAt = Date.now();
  const done = Object.fromEntries(shown.map((stage, i) => [stage.first, metres[i] ?? 0]));
  earlier = earlier.filter(({ stage, plan }) => !isSettled(plan, stage.first));
  note = { of: owner(), metre: match.metre, time: match.time, first: shown[run].first, done, passed, joined, earlier };
  return keepOnShelf(SHELF, note);
}

/** Note where the truck is now: this page will be loaded anew. */
export const keepPlace = () => shown && keep(true);

const sameRoute = (stages, plan) =>
  shown &&
  plan === shownPlan &&
  shown.length === stages.length &&
  shown.every((stage, i) => stage.first === stages[i].first && stage.line.length === stages[i].line.length);

/** The first that is told along some stages: in another language the same maneuvers have other words. */
const firstWords = (stages) => stages.find(({ maneuvers }) => maneuvers?.length)?.maneuvers[0].text;

/** The first run that is open from where the proof ends, or the last. */
function firstOpen(stages, from = 0) {
  const { next_leg: next } = drive.value.shift;
  const found = stages.findIndex((stage, i) => i >= from && stage.state === "open" && stage.last >= next);
  return found < 0 ? stages.length - 1 : found;
}

function begin(stages) {
  line = routeLine(stages);
  const kept = note?.of === owner() ? note : null;
  const open = firstOpen(stages);
  const at = stages.findIndex((stage) => stage.first === kept?.first); // by its leg: another version may cut runs elsewhere
  const goesOn = at >= open;
  run = goesOn ? at : open;
  metres = stages.map((stage) => kept?.done?.[stage.first] ?? 0);
  passed = kept?.passed ?? {};
  joined = kept?.joined ?? 0;
  if (note && earlier.length === 0) earlier = note.earlier ?? [];
  match = goesOn ? onAt({ ...beginAt(kept.metre), time: kept.time ?? null }, kept.metre) : beginAt(line.runs[open].from);
  furthest = match.metre;
}

/** Go on along a new route where the truck is, not where its proof ends: it was on the one before. */
function goOnFrom(place) {
  const metre = place && metreAt(line, fixOf({ ...place, at: place.time * 1000 }), match.metre);
  if (!metre) return;
  match = onAt(match, metre);
  furthest = metre;
  run = runAt(line, metre, run);
  joined = run;
  metres[run] = Math.min(Math.max(0, metre - line.runs[run].work), JUMP_M);
}

/** Go on behind the runs that are over: a tap or a proof is worth more than a position. */
function goOn(before, stages) {
  while (run < stages.length - 1 && stages[run].state !== "open" && match.metre >= line.runs[run].to - 1) run += 1;
  const behind = stages.findLastIndex((stage, i) => stage.state !== "open" && before[i].state === "open" && !stage.proved && i >= run);
  if (behind < run || behind === stages.length - 1) return;
  run = behind + 1;
  if (!match.on) match = { ...match, metre: Math.max(match.metre, line.runs[run].from) }; // else it drives on through what was left out
}

/** Go back to a run whose tap was taken back. */
function goBack(before, stages) {
  const again = stages.findIndex((stage, i) => i < run && stage.state === "open" && before[i].state !== "open");
  if (again < 0) return;
  run = again;
  match = beginAt(line.runs[run].from);
  furthest = match.metre;
}

function refresh(stages) {
  if (stages.length === 0) {
    line = null;
    shown = null;
    guide.set({ mode: "waiting", standing: null, driven: [], back: null, ahead: null });
    return drive.set({ run: null, home: false });
  }
  const { plan_id: plan } = drive.value.shift;
  const isNew = !sameRoute(stages, plan);
  if (isNew) {
    const was = shown && match;
    if (was && plan !== shownPlan) earlier = unconfirmed();
    begin(stages);
    if (was?.on) goOnFrom(guide.value.fix);
  } else {
    if (firstWords(stages) !== firstWords(shown)) line = routeLine(stages);
    goBack(shown, stages);
    goOn(shown, stages);
  }
  shown = stages;
  shownPlan = plan;
  keep(true);
  return tell(isNew ? { ahead: null, back: null, metre: match.metre } : {});
}

const isOpenWork = (stage) => stage.kind === "work" && stage.state === "open";

/** The runs that were driven to their end and that nothing proves or tells of yet. */
function unconfirmed() {
  const { shift_id: shift } = drive.value.shift;
  const now = shown.filter((stage) => isOpenWork(stage) && passed[stage.first]);
  return [
    ...earlier.filter((one) => one.shift === shift && !isTapped(one.plan, one.stage.first)),
    ...now.map((stage) => ({ stage, shift, plan: shownPlan, at: passed[stage.first] })),
  ];
}

/** Whether the last drive is at its end, and nothing is left that could be worked. */
function isHome({ left_m: left }) {
  const isLast = run === shown.length - 1 && shown[run].kind === "drive" && run > 0;
  return isLast && match.on && left < HOME_M && shown.every((stage, i) => i < joined || !isOpenWork(stage) || passed[stage.first]);
}

function tell(more = {}) {
  const stands = standing(line, shown, match.metre, run, now());
  guide.set({ ...more, standing: stands, driven: unconfirmed() });
  const place = { run: match.begun ? run : null, home: isHome(stands) };
  if (drive.value.run !== place.run || drive.value.home !== place.home) drive.set(place);
}

function pass(before) {
  for (let i = before; i < run; i += 1)
    if (shown[i].kind === "work" && isDriven(line, metres, i)) passed[shown[i].first] ??= new Date(now()).toISOString();
}

/** A place on the line's plane; `time` is of the truck's own clock, which in a training may go faster than ours. */
const fixOf = ({ lon, lat, heading, speed, accuracy, at, fixedAt = at }) => {
  const [x, y] = line.plane.metres([lon, lat]);
  return { x, y, heading, speed, accuracy, time: fixedAt / 1000 };
};

/** Go on in work that was left behind; of its run only what lies before the place can have been driven. */
function returned() {
  furthest = match.metre;
  run = runAt(line, match.metre, 0);
  metres[run] = Math.min(metres[run] ?? 0, Math.max(0, match.metre - line.runs[run].work));
}

/** Go on where the truck is far along its route, for a driver who says so. */
export function goOnHere() {
  match = onAt(match, guide.value.ahead);
  furthest = match.metre;
  run = runAt(line, match.metre, run);
  keep(true);
  tell({ mode: "on", metre: match.metre, ahead: null });
}

function moved(place) {
  const before = match;
  const fix = fixOf(place);
  const open = shown.map((stage) => isOpenWork(stage) && !passed[stage.first]);
  match = matched(line, before, fix, open);
  if (match.on && before.on && match.metre - before.metre < JUMP_M)
    metres = driven(line, metres, Math.max(furthest, before.metre), match.metre);
  const was = run;
  if (match.on && match.metre < before.metre - BACK_M) returned();
  if (match.on) furthest = Math.max(furthest, match.metre);
  if (match.on) run = runAt(line, match.metre, run);
  pass(was);
  keep(run !== was);
  const mode = match.on ? "on" : isOff(match) ? "off" : guide.value.mode;
  const { metre, mps } = match;
  tell({ mode, begun: match.begun || metre > 1, ahead: farAhead(match), fix: { ...fix, lon: place.lon, lat: place.lat }, metre, mps });
}

/** Where the map shows the truck: on the line while it is on its route, else where it says that it is. */
export function shownPlace() {
  const { mode, metre } = guide.value;
  const { place } = drive.value;
  if (mode !== "on" || !line || !place) return place;
  const { x, y, heading } = placeAt(line, metre);
  const [lon, lat] = line.plane.degrees([x, y]);
  return { ...place, lon, lat, heading };
}

/** Lead from now on, where an earlier visit stopped. */
export async function startGuide() {
  note ??= await keptOnShelf(SHELF);
  drive.follow(({ stages, shift, place }, changes) => {
    if (!shift || isOver(shift)) return;
    if ("stages" in changes && stages !== shown) refresh(stages);
    if (changes.place && line && shift.state === "driving" && Date.now() - place.at < SILENT_MS) moved(place);
  });
}
