// What the driver's page knows: the shift and its route as the server told it, and what was tapped since.
import { drop, dropAll, keep, kept } from "../../pages/app/shelf.js";
import { boot, now as clock, setClock } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { Store } from "../../pages/store.js";

export const drive = new Store({
  loaded: false,
  failed: "",
  shift: null,
  stages: [],
  view: "now",
  asking: "",
  report: null, // what was reported last, as long as a photo or a voice note may follow with one tap
  connected: true,
  waiting: 0,
  tracking: "starting",
  place: null,
  run: null,
  home: false, // at the end of the route, with all of its work driven
  change: null,
  loose: false,
  looked: null,
  closed: "", // which streets are closed, as a revision; empty until the server told
  stored: null, // the bytes of all that this phone keeps, once the route's surroundings are among them, or that it is full
  voiceless: false, // neither the phone nor the server has a voice of the driver's language
});

/** Whether a shift ended or was cancelled. */
export const isOver = (shift) => shift.state === "ended" || shift.state === "cancelled";

/** Taps that the server has not answered yet; the outbox fills and empties it. */
export const pending = [];

let told = null;
let offered = null; // a route that came while another was driven
let settled = 0; // taps that the server has answered
const closed = new Set(); // runs that a tap of this visit ended, by plan and first leg

const SHELF = "drive";
const OLD_MS = 86400000; // a shift that ended a day ago is nobody's

/** Keep the route as the server knows it, so that the page opens with it where no server answers. */
const store = () => (isOver(told.shift) ? drop(SHELF) : keep(SHELF, { ...told, login: boot.login, kept_at: clock() }));

/** Whether a kept route is of a shift before; a page that the phone kept may be older than the route and not know its shift. */
const isFormer = ({ shift, kept_at: at }) => shift.shift_id !== boot.shift && Date.parse(boot.now) >= at;

/** Show the route that was kept by an earlier visit, and whether there is one; that of somebody else goes, with its map. */
export async function restore() {
  const before = await kept(SHELF);
  if (before && before.login !== boot.login) {
    await dropAll();
    return told !== null;
  }
  if (told || !before || isFormer(before) || Date.parse(before.shift.ends_at) + OLD_MS < clock()) return told !== null;
  told = before;
  show();
  return true;
}

/** The open stages from where the truck is, or where the proof ends; all of them where nothing is ahead of there. */
function ahead() {
  const { stages, shift, run } = drive.value;
  if (!shift) return [];
  const open = stages.filter((stage) => stage.state === "open");
  const from = run === null ? shift.next_leg : (stages[run]?.first ?? 0);
  const beyond = open.filter((stage) => stage.last >= from);
  return beyond.length > 0 ? beyond : open;
}

/** The stages that a tap ended, which it can take back; not those that are proved. */
const over = (stages) => stages.filter((stage) => stage.state !== "open" && stage.ended_at && !stage.proved);

function reopened(stages) {
  const last = Math.max(...over(stages).map((stage) => Date.parse(stage.ended_at)));
  return stages.map((stage) =>
    stage.ended_at && !stage.proved && Date.parse(stage.ended_at) === last
      ? { ...stage, state: "open", reason: "", ended_at: null }
      : stage,
  );
}

/** Stages after a tap on one of them, or on all to `last`. */
const ended = (stages, { first, last = first, state, reason, at }) =>
  stages.map((stage) => (stage.first === first || (stage.first > first && stage.last <= last) ? { ...stage, state, reason, ended_at: at } : stage));

const checkOf = ({ at, points, found: faults }) => ({ at, points, faults, grave: faults.some(({ grave }) => grave) });

/** The hours of service after a rest; one that was too short does not count. */
function rested(hours, at) {
  const ended = Date.parse(at);
  const long = ended - Date.parse(hours.resting_since) >= hours.rest_s * 1000;
  const due = long ? new Date(ended + hours.without_rest_s * 1000).toISOString() : hours.rest_due_at;
  return { ...hours, resting_since: null, rest_due_at: due };
}

/** What a tap had ended is open again, and the route goes on there. */
function undone({ shift, stages }) {
  const open = reopened(stages);
  const again = open.find((stage, i) => stage !== stages[i]);
  return { shift: again ? { ...shift, next_leg: Math.min(shift.next_leg, again.first) } : shift, stages: open };
}

/** The shift with its stages after a tap. */
export function applied({ shift, stages }, tap) {
  if (tap.kind === "start") return { shift: { ...shift, state: "driving" }, stages };
  if (tap.kind === "check") return { shift: { ...shift, check: checkOf(tap) }, stages };
  if (tap.kind === "rest") return { shift: { ...shift, hours: { ...shift.hours, resting_since: tap.at } }, stages };
  if (tap.kind === "rest-end") return { shift: { ...shift, hours: rested(shift.hours, tap.at) }, stages };
  if (tap.kind === "end") return { shift: { ...shift, state: "ended" }, stages };
  if (tap.kind === "undo") return undone({ shift, stages });
  if (tap.plan !== shift.plan_id) return { shift, stages };
  if (tap.kind === "answer") return { shift: { ...shift, answer: { state: tap.state, reason: tap.reason, text: tap.text } }, stages };
  return { shift, stages: ended(stages, tap) };
}

/** Show what the server told with all that was tapped since. */
export function show() {
  if (!told) return;
  drive.set({ loaded: true, failed: "", waiting: pending.length, ...pending.reduce(applied, told) });
}

/** Take over what the server proved since: rows of legs that are done, and the next one ahead. */
export function prove({ next_leg, proved }) {
  if (!told) return;
  const stages = told.stages.map((stage) => {
    const row = proved.find(({ first, last }) => first <= stage.first && stage.last <= last);
    return row && stage.state === "open" ? { ...stage, state: "done", ended_at: row.at, proved: true } : stage;
  });
  const same = told.shift.next_leg === next_leg && stages.every((stage, i) => stage === told.stages[i]);
  if (same) return;
  told = { shift: { ...told.shift, next_leg }, stages };
  store();
  show();
}

/** Whether the server has a tap of this visit that ended a run of a plan. */
export const isSettled = (plan, first) => closed.has(`${plan} ${first}`);

/** Whether a tap has ended it, though it may be taken back yet. */
export const isTapped = (plan, first) => isSettled(plan, first) || pending.some((tap) => tap.plan === plan && tap.first === first);

/** Take a tap as done, once the server has said so. */
export function settle(tap) {
  told = applied(told, tap);
  settled += 1;
  closed.add(`${tap.plan} ${tap.first}`);
  store();
  if (offered || (tap.plan && tap.plan !== told.shift.plan_id)) quietly(); // it counts in the other route too
}

/** What the server tells of the route; asked again when a tap was answered meanwhile, which it may not know yet. */
export async function askRoute(path) {
  const before = settled;
  const answer = await get(path);
  if (!drive.value.connected) drive.set({ connected: true });
  return before === settled ? answer : askRoute(path);
}

const openWork = (stages) => stages.filter(({ kind, state }) => kind === "work" && state === "open");

/** The streets that are still to be worked; a route that an older page kept does not say them. */
const worked = (stages) => new Set(openWork(stages).flatMap((stage) => stage.worked ?? []));

const without = (streets, others) => [...streets].filter((street) => !others.has(street)).length;

/** What changes from one route to another: streets that come and go, and where it goes on. */
function changeOf(before, after) {
  const [old, fresh] = [worked(before), worked(after)];
  return { more: without(fresh, old), less: without(old, fresh), first: openWork(after)[0]?.sentence ?? "" };
}

/** Keep a new route until its driver has seen what changes: never in the middle of a turn. */
function offer(route) {
  const fresh = offered?.shift.plan_id !== route.shift.plan_id;
  offered = route;
  if (fresh) drive.set({ asking: "", looked: null, change: { ...changeOf(told.stages, route.stages), at: Date.now() } });
}

/** Go on with the route that is offered. */
export function adopt() {
  if (!offered) return;
  told = offered;
  offered = null;
  store();
  drive.set({ change: null });
  show();
}

/** Ask for the whole route: at the start, after a break, and when a plan may have come. */
export async function reload() {
  try {
    const { stages, now, ...shift } = await askRoute("/api/drive");
    setClock(now);
    const mine = told?.shift.shift_id === shift.shift_id; // else the driver has changed to another truck
    const other = mine && told.shift.plan_id !== shift.plan_id && shift.plan_id !== null;
    if (other && told.shift.plan_id !== null && shift.state === "driving") return offer({ shift, stages });
    offered = null;
    told = { shift, stages };
    store();
    drive.set({ change: null });
    show();
  } catch (error) {
    if (!told) drive.set({ failed: error.message });
    throw error;
  }
}

/** Ask again and keep what we have where nobody answers. */
export const quietly = () => reload().catch(() => drive.set({ connected: false }));

/** What is to be done now, or undefined at the end of the route. */
export const current = () => (drive.value.home ? undefined : ahead()[0]);

/** The stage that was ended last, if there is one to take back. */
export function last() {
  const ended = over(drive.value.stages);
  return ended.reduce(
    (latest, stage) => (!latest || Date.parse(stage.ended_at) >= Date.parse(latest.ended_at) ? stage : latest),
    undefined,
  );
}

const metres = (stages) => stages.reduce((sum, stage) => sum + stage.length_m, 0);

/** Metres of work that are done, and all of them. */
export function progress() {
  const work = drive.value.stages.filter((stage) => stage.kind === "work");
  return { done_m: metres(work.filter((stage) => stage.state === "done")), work_m: metres(work) };
}
