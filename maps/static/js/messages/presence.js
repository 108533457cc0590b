// Who works beside us: what every open board shows, who changed last what we look at, and orders that mind both.
import { boot } from "../pages/boot.js";
import { post } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { notify } from "../pages/notices.js";
import { t } from "../pages/texts.js";
import { askWhat } from "./conflict.js";
import { shiftOf } from "../shifts/truck-states.js";
import { board, reload, selection } from "../board/state.js";

const EVERY_MS = 20000; // the server forgets a board that is silent for a minute
const SETTLE_MS = 150; // who walks through a list with an arrow key looks at nothing on the way
const PLANS = "plans";

/** Open boards by id, ours among them as `mine`; of what we look at its name and its last change. */
export const presence = new Store({ boards: new Map(), mine: null, subject: "", change: null });

const tab = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const seen = new Map(); // versions of things as this page has shown them

/** What the audit log calls what is chosen. */
export function subjectOf(chosen) {
  if (!chosen) return PLANS;
  const shift = chosen.kind === "truck" ? shiftOf(chosen.id) : null;
  return shift ? `shift:${shift.id}` : `${chosen.kind}:${chosen.id}`;
}

let editing = false;

async function enter() {
  const subject = subjectOf(selection.value.chosen);
  try {
    const { mine, present, change } = await post("/api/board/presence", { tab, subject, editing });
    if (subject !== subjectOf(selection.value.chosen)) return;
    if (!editing || !seen.has(subject)) seen.set(subject, change.version);
    presence.set({ mine, boards: new Map(present.map((one) => [one.id, one])), subject, change });
  } catch {
    // The page says by itself when the server is silent.
  }
}

let due = null;

/** Say soon what we look at, and learn who else does and who changed it last. */
export function announce() {
  clearTimeout(due);
  due = setTimeout(enter, SETTLE_MS);
}

/** Say whether we are in the middle of changing what we look at: what others change meanwhile is then a conflict. */
export function edit(now) {
  if (editing === now) return;
  editing = now;
  announce();
}

/** Take in boards that were opened, turned to something else, or closed. */
export function meet(list) {
  const boards = new Map(presence.value.boards);
  for (const one of list) {
    if (one.here) boards.set(one.id, one);
    else boards.delete(one.id);
  }
  presence.set({ boards });
}

/** Boards of others. */
export const others = () => [...presence.value.boards.values()].filter((one) => one.id !== presence.value.mine);

/** Boards of others that show the same thing as ours. */
export const beside = () => others().filter((one) => one.subject === subjectOf(selection.value.chosen));

const header = (version) => (version === undefined ? {} : { "if-match": `"${version}"` });

async function whenChanged(error, again) {
  const { values } = error;
  if (values?.reason !== "changed_meanwhile") throw error;
  const answer = await askWhat(values);
  if (answer === "take over") return again(values.version);
  await reload();
  announce();
  return undefined;
}

/** Give an order about a thing as this page has shown it; whoever was faster is named, and may be overruled. */
export async function change(subject, path, body = {}) {
  const order = (version) => post(path, body, header(version));
  try {
    const answer = await order(seen.get(subject));
    seen.delete(subject); // it is ours by now, whether we look at it or at something else
    return answer;
  } catch (error) {
    return await whenChanged(error, order);
  } finally {
    editing = false;
    announce();
  }
}

function leave() {
  const headers = { "content-type": "application/json", "x-csrf-token": boot.csrf };
  fetch("/api/board/presence/leave", { method: "POST", keepalive: true, headers, body: JSON.stringify({ tab }) }).catch(() => {});
}

/** Say from now on what this board shows. */
export function startPresence() {
  selection.follow((_, changes) => {
    if ("placing" in changes) edit(changes.placing !== null);
    if ("chosen" in changes) announce();
  });
  let shown = null;
  board.follow((value, changes) => {
    const { chosen } = selection.value;
    const request = chosen?.kind === "request" ? value.requests.get(chosen.id) : null;
    const touched = request ? request !== shown : changes.plan !== undefined || (chosen?.kind === "truck" && changes.shifts);
    if (!touched) return;
    if (editing && request && shown?.id === request.id) notify(t("Somebody has just changed what you are working on."));
    shown = request;
    announce();
  });
  setInterval(enter, EVERY_MS);
  addEventListener("pagehide", leave);
  announce();
}
