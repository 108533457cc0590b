// Taps go out in order and once each: kept on the phone until the server has answered, over breaks and reloads.
import { keep as keepOnShelf, unsent } from "../../pages/app/shelf.js";
import { boot, now } from "../../pages/boot.js";
import { post } from "../../pages/net.js";
import { notify } from "../../pages/notices.js";
import { Uploads } from "../../pages/photos/upload.js";
import { newKey, worthAnotherTry } from "../../pages/offline-queue.js";
import { drive, last, pending, quietly, settle, show } from "./state.js";

const FRESH_MS = 60000; // an older place is where the truck was, not where the trouble is
const SOON_MS = 500; // a report is wanted at the board within a second of a network, of which not every phone is told
const SOON_TRIES = 20; // after another tap; later they only take of the battery
const AGAIN_MS = 3000;
const HELD_MS = 120000; // so long a confirmation can be taken back
const uploads = new Uploads(`unsent-uploads-${boot.login}`, (error) => notify(error.message, "danger"));
const taken = new Map(); // addresses of what was reported on this visit, by the keys of taps

let sending = false;
let uploading = false; // apart: a photo may take a minute, and taps wait for none
let waking;
let failures = 0; // since something was tapped or taken
let isResumed = false; // what an earlier visit left goes first

/** Whether the server has all that was tapped and photographed here. */
export const idle = () => pending.length === 0 && !uploads.waits;

/** Taps are sent as whoever is signed in: those of another driver wait for him. */
const ofDriver = () => `taps-${boot.login}-${drive.value.shift.shift_id}`;

const shelf = () => `unsent-${ofDriver()}`;

function save() {
  if (isResumed) keepOnShelf(shelf(), pending); // written through: localStorage comes to the disk up to a minute later
  show();
}

async function took(tap, answer) {
  if (tap.reports) {
    const base = `/api/blockages/${answer.id}`;
    taken.set(tap.body.key, base);
    await uploads.settle(tap.body.key, base); // before the tap goes: a battery may die the next second
  }
  settle(tap);
  pending.shift();
  save();
}

function refused(error) {
  const { key } = pending.shift().body;
  uploads.settle(key);
  if (drive.value.report?.key === key) drive.set({ report: null });
  save();
  notify(error.message, "danger");
  quietly();
}

/** The confirmation that was tapped last, while it can be taken back. */
export function held() {
  const { until = 0 } = pending.at(-1) ?? {};
  return until > Date.now() ? pending.filter((tap) => tap.until === until) : [];
}

async function sendTaps() {
  while (pending.length > held().length) {
    const [tap] = pending;
    try {
      await took(tap, await post(tap.path, tap.body));
    } catch (error) {
      if (worthAnotherTry(error)) throw error;
      refused(error);
    }
  }
}

function again(waitMs) {
  clearTimeout(waking);
  waking = setTimeout(flush, waitMs);
}

const isUrgent = () => failures <= SOON_TRIES || pending.some(({ reports }) => reports);

function failed() {
  drive.set({ connected: false });
  failures += 1;
  again(isUrgent() && !document.hidden ? SOON_MS : AGAIN_MS);
}

async function sendUploads() {
  if (uploading) return;
  uploading = true;
  await uploads.flush().catch(failed);
  uploading = false;
}

/** Send what waits; where nobody answers, try again soon. */
export async function flush() {
  if (sending || !isResumed) return;
  sending = true;
  try {
    await sendTaps();
    failures = 0;
    if (pending.length > 0) again(held().length > 0 ? pending[0].until - Date.now() : 0); // or more was tapped meanwhile
    if (!drive.value.connected) drive.set({ connected: true });
    sendUploads();
  } catch {
    failed();
  }
  sending = false;
}

/** The time of a tap: after what was ended last, though the server may have put our clock back since. */
function tapTime() {
  const ended = last();
  return new Date(ended ? Math.max(now(), Date.parse(ended.ended_at) + 1) : now()).toISOString();
}

const tapAt = (at, order, path, body) => ({ ...order, at, path, body: { key: newKey(), tapped_at: at, ...body } });

function keep(...taps) {
  pending.push(...taps);
  failures = 0;
  navigator.vibrate?.(30);
  save();
  flush();
}

const tap = (order, path, body = {}) => keep(tapAt(tapTime(), order, path, body));

const ofShift = (what) => `/api/shifts/${drive.value.shift.shift_id}/${what}`;

function ofStage(stage, what, plan = drive.value.shift.plan_id) {
  return `/api/plans/${plan}/routes/${drive.value.shift.shift_id}/legs/${stage.first}/${what}`;
}

const over = (stage, state, reason, plan = drive.value.shift.plan_id) => ({
  kind: state,
  plan,
  first: stage.first,
  last: stage.last,
  state,
  reason,
});

export const start = () => tap({ kind: "start" }, ofShift("start"));

/** Say what the check of the machine found; what is known of the faults is shown until the server has answered. */
export function check(found, points) {
  const faults = found.map(({ code, text }) => ({ code, text }));
  tap({ kind: "check", points, found }, ofShift("vehicle-check"), { faults });
}

export const beginRest = () => tap({ kind: "rest" }, ofShift("rest"));
export const endRest = () => tap({ kind: "rest-end" }, ofShift("rest/end"));

/** End the shift, and show what it came to. */
export function end() {
  drive.set({ view: "now" });
  return tap({ kind: "end" }, ofShift("end"));
}

/** Take back what was tapped last: here, while the server does not know of it. */
export function undo() {
  drive.set({ report: null });
  const { length } = held();
  if (length === 0) return tap({ kind: "undo" }, ofShift("undo"));
  pending.splice(-length);
  return save();
}

/** Say of the route that is shown whether one drives it. */
export function answerRoute(state, reason = null, text = "") {
  const { plan_id: plan, shift_id: shift } = drive.value.shift;
  const order = { kind: "answer", plan, state, reason, text };
  tap(order, `/api/plans/${plan}/routes/${shift}/answer`, { state, ...(reason ? { reason } : {}), text });
}

const of = (stage, what, order, body, plan) => [order, ofStage(stage, what, plan), { last: stage.last, ...body }];

const done = (stage, plan) => of(stage, "complete", over(stage, "done", "", plan), {}, plan);

/** Say that stages are done, all with one tap. */
export function complete(...stages) {
  const at = tapTime();
  keep(...stages.map((stage) => tapAt(at, ...done(stage))));
}

/**
 * Say that stages are done, each when it was driven. The server, for which what was done two minutes ago is evidence, hears of
 * it when the next thing is tapped, or when the confirmation can no longer be taken back.
 */
export function confirm(driven) {
  const until = Date.now() + HELD_MS;
  keep(...driven.map(({ stage, plan, at }) => ({ ...tapAt(at, ...done(stage, plan)), until })));
}

/** Stages of the shown route as one where nothing but open ones lies between: the rest of a route is one tap. */
function joined(chosen) {
  const wanted = new Set(chosen.map(({ first }) => first));
  const spans = [];
  let open = null; // the span that goes on
  for (const stage of drive.value.stages) {
    if (stage.state !== "open") open = null;
    else if (wanted.has(stage.first) && open) open.last = stage.last;
    else if (wanted.has(stage.first)) spans.push((open = { ...stage }));
  }
  return spans;
}

/** Say at the end of the shift that stages are done which the truck is not known to have driven: no more than a word. */
export function vouch(stages) {
  const at = tapTime();
  const word = { at_end: true };
  keep(...joined(stages).map((stage) => tapAt(at, ...of(stage, "complete", over(stage, "done", ""), word))));
}

/** Say at the end of the shift why stages, each of its plan, were not done. */
export function leave(left, reason) {
  const at = tapTime();
  const mine = left.filter(({ plan }) => plan === drive.value.shift.plan_id).map(({ stage }) => stage);
  const others = left.filter(({ plan }) => plan !== drive.value.shift.plan_id);
  const spans = [...others, ...joined(mine).map((stage) => ({ stage, plan: drive.value.shift.plan_id }))];
  keep(...spans.map(({ stage, plan }) => tapAt(at, ...of(stage, "skip", over(stage, "skipped", reason, plan), { reason }, plan))));
}

const placed = ({ lon, lat, accuracy }) => ({ lon, lat, ...(Number.isFinite(accuracy) ? { accuracy_m: accuracy } : {}) });

/** Report why a stage is left out, with the place, and that of the `turn` that is why; a photo or a voice note may follow. */
export function report(stage, reason, turn) {
  const { place, shift } = drive.value;
  const here = place && Date.now() - place.at < FRESH_MS ? placed(place) : {};
  const key = newKey();
  const body = { key, plan_id: shift.plan_id, leg: stage.first, last: stage.last, reason, ...here };
  if (turn) [body.turn_lon, body.turn_lat] = turn;
  tap({ ...over(stage, "skipped", reason), reports: true }, ofShift("blockages"), body);
  drive.set({ report: { key, reason, at: Date.now() } });
}

/** Send a photo or a voice note after what was reported: words go first. Whether it could be read. */
export async function attach(key, what, file) {
  const isHeld = await uploads.hold(key, what, file, taken.get(key));
  flush();
  return isHeld;
}

/** Take up what an earlier visit to this page left unsent. */
export async function resume() {
  pending.unshift(...(await unsent(shelf(), `barfrub-${ofDriver()}`)));
  isResumed = true;
  save();
  for (const name of Object.keys(localStorage)) if (name.startsWith("barfrub-lead-")) localStorage.removeItem(name); // of an older page
  addEventListener("online", flush);
  drive.follow((_, { connected }) => connected && !idle() && flush()); // something else was answered
  flush();
}
