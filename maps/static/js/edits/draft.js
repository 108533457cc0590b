// A draft in the hands of a dispatcher: begun, changed, undone, published; and what was ordered of trucks.
import { get, post } from "../pages/net.js";
import { attempt, notify } from "../pages/notices.js";
import { Store } from "../pages/store.js";
import { withNews } from "../pages/stream.js";
import { board, keyed, mayDispatch, selection } from "../board/state.js";
import { publishNow } from "../planning/drafts.js";

const OFFERED = 5; // trucks that can take a street, looked for at a time

/**
 * The draft that is edited, or null; the trucks that could take a street, as `{segment, list, outcomes, looking}`, what the
 * change of each would do by truck; what the server asks before it stores a change or why it refuses one; orders that
 * hold; the street that is being dragged.
 */
export const draftState = new Store({ draft: null, takers: null, asked: null, busy: false, orders: new Map(), dragged: null });

export const editing = () => draftState.value.draft !== null;

const header = () => ({ "if-match": `"${draftState.value.draft.version}"` });

const path = (rest) => `/api/plans/${draftState.value.draft.plan_id}/${rest}`;

/** Ask for the orders that hold: at the start, after a break, and when a storm or plan changes. */
export const reloadOrders = withNews(async () => {
  draftState.set({ orders: keyed(await get("/api/orders")) });
});

/** Take in orders that were given or taken back. */
export function mergeOrders(list) {
  const orders = new Map(draftState.value.orders);
  for (const one of list) {
    if (one.lifted) orders.delete(one.id);
    else orders.set(one.id, one);
  }
  draftState.set({ orders });
}

/** Begin to edit the published plan, or a draft; what was begun before is taken up again. */
export async function beginEditing(planId = board.value.plan?.id) {
  if (!mayDispatch || !planId || draftState.value.busy) return;
  draftState.set({ busy: true });
  const draft = await attempt(() => post(`/api/plans/${planId}/hand`));
  draftState.set({ busy: false, draft: draft ?? null, asked: null });
  const { chosen } = selection.value;
  if (draft && chosen?.kind === "street") lookForTakers(chosen.id);
}

/** Stop editing; the draft stays as it is. */
export const leaveEditing = () => draftState.set({ draft: null, asked: null, takers: null });

/** Ask which trucks could take a street, and at what cost; then of each in turn what the change would do. */
export async function lookForTakers(segment) {
  if (!editing() || segment === undefined) return;
  const asked = { segment, list: null, outcomes: new Map(), looking: true };
  draftState.set({ takers: asked });
  const list = await attempt(() => get(path(`takers/${segment}`)));
  if (draftState.value.takers !== asked) return;
  draftState.set({ takers: { ...asked, list: list ?? [] } });
  await lookFurther();
}

/** The change that gives a street to a truck. */
export const moveTo = (segment, vehicle) => ({ kind: "move", segment_id: segment, vehicle_id: vehicle });

/** Trucks of a list that may be able to take the street, and were not looked at. */
export const unseen = ({ list, outcomes }) => list.filter((one) => one.possible && !outcomes.has(one.vehicle_id));

/** Look what the change would do at further trucks in turn, until some more can take the street. */
export async function lookFurther() {
  let now = { ...draftState.value.takers, looking: true };
  draftState.set({ takers: now });
  let found = 0;
  for (const { vehicle_id: vehicle } of unseen(now)) {
    const current = () => draftState.value.takers === now; // else another street, or another version of the draft
    const outcome = await attempt(() => post(path("edits/preview"), moveTo(now.segment, vehicle)), current);
    if (!current()) return;
    if (!outcome) break;
    found += outcome.possible;
    now = { ...now, outcomes: new Map(now.outcomes).set(vehicle, outcome) };
    draftState.set({ takers: now });
    if (found === OFFERED) break;
  }
  draftState.set({ takers: { ...now, looking: false } });
}

function changed(draft) {
  draftState.set({ draft, asked: null, busy: false });
  lookForTakers(draftState.value.takers?.segment); // meanwhile the next change may be made
}

async function refused(error, again) {
  const { reason, words } = error.values ?? {};
  if (reason === "edit_broken" || reason === "edit_strains") {
    draftState.set({ asked: { words, again: reason === "edit_strains" ? again : null } });
    return;
  }
  notify(error.message, "danger");
  if (error.status === 409) draftState.set({ draft: await get(path("edits")) });
}

/** Returns whether it was stored. */
async function store(rest, body, again) {
  draftState.set({ busy: true });
  try {
    changed(await post(path(rest), body, header()));
    return true;
  } catch (error) {
    await refused(error, again);
    return false;
  } finally {
    draftState.set({ busy: false });
  }
}

let last = Promise.resolve(true); // the order before, and whether it was stored

/**
 * Order something of the draft if `possible` then. What is ordered while the server still stores something waits for
 * that, and is let be where that was refused.
 */
function order(rest, body, { again = null, possible = editing } = {}) {
  const { busy } = draftState.value;
  const next = (stored) => (possible() && (stored || !busy) ? store(rest, body, again) : false);
  last = last.then(next, () => next(false));
  return last;
}

/** Store a change of the draft; what makes work late is asked about first. */
export const change = (wish, insist = false) => order("edits", { ...wish, insist }, { again: () => change(wish, true) });

export const undo = () => order("undo", {}, { possible: () => draftState.value.draft?.can_undo });

export const redo = () => order("redo", {}, { possible: () => draftState.value.draft?.can_redo });

/** Give a street to a truck and send the draft to all; `insist` where what it costs was shown. */
export async function assignAndPublish(wish, insist) {
  if (await change(wish, insist)) await publishDraft();
}

/** Forget what was asked or refused. */
export const letBe = () => draftState.set({ asked: null });

/** Order something of a truck: of the draft where one is edited, else at once. */
export async function orderTruck(kind, vehicle_id, segment_id = null) {
  if (editing()) return change({ kind, vehicle_id, segment_id });
  const given = await attempt(() => post("/api/orders", { kind, vehicle_id, segment_id }));
  if (given) mergeOrders([given]);
  return undefined;
}

/** Take an order back. */
export async function takeBack(one) {
  const kind = one.kind === "lock" ? "unlock" : "allow";
  if (editing()) return change({ kind, vehicle_id: one.vehicle_id, segment_id: one.segment_id });
  const lifted = await attempt(() => post(`/api/orders/${one.id}/lift`));
  if (lifted) mergeOrders([lifted]);
  return undefined;
}

/** Send the draft to the trucks, with a way back; `dropping` where open work may be dropped. */
export async function publishDraft(dropping = false) {
  const { draft, takers } = draftState.value;
  draftState.set({ takers: null }); // trucks are not looked at further: nothing can be previewed of a published plan
  const lookAgain = () => lookForTakers(takers?.segment);
  try {
    const published = await publishNow(draft.plan_id, dropping);
    if (!published) return void lookAgain(); // somebody else was faster, and was asked about
    leaveEditing();
    await attempt(reloadOrders);
  } catch (error) {
    const { reason } = error.values ?? {};
    const drops = reason === "plan_drops_jobs";
    const old = reason?.startsWith("draft_") ?? false;
    draftState.set({ asked: { words: error.message, drops, old, again: old ? goOn : drops ? () => publishDraft(true) : null } });
    lookAgain();
  }
}

/** Go on with the routes of a draft that has grown old from where trucks are now; its edits are in them. */
async function goOn() {
  const { plan_id: old } = draftState.value.draft;
  await beginEditing(old);
  if (draftState.value.draft?.plan_id !== old) await attempt(() => post(`/api/plans/${old}/discard`));
}

/** Throw the draft away. */
export async function discardDraft() {
  await attempt(async () => {
    await post(path("discard"));
    leaveEditing();
  });
}

/** Another board has changed a draft. */
export async function heardOfDraft(list) {
  const { draft } = draftState.value;
  const news = list.find((one) => one.id === draft?.plan_id);
  if (!news || news.version <= draft.version || draftState.value.busy) return;
  changed(await get(path("edits")));
}
