// The one request that is open, on its own page or beside the office's list: its file, its caller once asked for, a pin to set.
import { boot } from "../../pages/boot.js";
import { get, post, send } from "../../pages/net.js";
import { attempt, notify, once } from "../../pages/notices.js";
import { Store } from "../../pages/store.js";

const EMPTY = { file: null, fault: "", caller: null, pin: null, sought: null, guesses: null, placing: false, placed: null, agencies: null };
const GUESSES = 5;
const WORDS_MOST = 300;

/**
 * `pin` is a place that is not stored yet, `placing` whether it is being stored, `guesses` are places that `sought` may mean,
 * `placed` is the change that placed it last.
 */
export const opened = new Store({ id: null, ...EMPTY });

const WATCHING = ["administrator", "dispatcher", "supervisor"];

/** Whether the reader watches over requests: assigns them and looks on the spot. */
export const watches = boot.roles.some((role) => WATCHING.includes(role));

/** Whether the reader sends machines and crews. */
export const dispatches = boot.roles.some((role) => role === "administrator" || role === "dispatcher");

/** Read the file of the open request anew. */
export async function read() {
  const { id } = opened.value;
  if (id === null) return;
  try {
    const file = await get(`/api/requests/${id}/file?lang=${document.documentElement.lang}`);
    if (opened.value.id === id) opened.set({ file, fault: "" });
  } catch (error) {
    if (opened.value.id === id) opened.set({ fault: error.message });
  }
}

let turn = 0; // of searches for places: an answer to an earlier one, or for an earlier request, counts no more

/** Open a request; `null` closes it. */
export async function open(id) {
  if (id !== opened.value.id) {
    turn += 1;
    opened.set({ id, ...EMPTY });
  }
  await read();
  const { file, guesses } = opened.value;
  if (opened.value.id === id && file && !guesses && needsPlace(file)) await seek(file.request.address || file.request.text);
}

let others = async () => {};

/** Say what is to be read anew besides the file after an order. */
export const alsoRefresh = (task) => (others = task);

/** Read the file of the open request anew, and what else follows it. */
export const refresh = () => Promise.all([read(), others()]);

/** Send an order, then read everything anew; what the server answered, or nothing where it refused. */
async function order(task) {
  const done = await attempt(async () => (await task()) ?? true);
  await refresh();
  return done;
}

const address = (id, what) => `/api/requests/${id}/${what}`;

/** Note something. */
export const note = (id, text) => order(() => post(address(id, "comments"), { text }));

/** Give a request to somebody, by a time where `due_at` is not null. */
export const assign = (id, login, due_at) => order(() => post(address(id, "assign"), { login, due_at }));

/** Make a request the supervisor's, or say that it is settled. */
export const escalate = (id, text) => order(() => post(address(id, "escalate"), { text }));
export const settle = (id) => order(() => post(address(id, "settle")));

/** Say that nobody's life is in danger any more: the dangers that were shown. */
export const endDanger = (id, dangers) => order(() => post(address(id, "danger-over"), { dangers }));

/** Keep what was seen on the spot. */
export const sight = (id, form) => order(() => send(address(id, "sightings"), form));

/** Close a request for a reason, or let it be asked again. */
export const close = (id, reason, text) => order(() => post(address(id, "close"), { reason, note: text }));
export const reopen = (id, why) => order(() => post(address(id, "reopen"), { why }));

/** Make a crew job of a request. */
export const makeCrewJob = (id) => order(() => post(address(id, "crew-job")));

/** Keep what an agency answered. */
export const answer = (referral, state, words) => order(() => post(`/api/referrals/${referral}/answer`, { state, answer: words }));

/** One request as a change of many: the server says why it left it as it was. */
async function changed(verb, body) {
  const { id } = opened.value;
  const outcome = await order(() => post(`/api/queue/${verb}`, { ids: [id], ...body }));
  outcome?.refused.forEach(({ message }) => notify(message, "danger"));
  return outcome?.changed.length ? outcome : undefined;
}

/** Change what a request is about, or refer it to an agency. */
export const giveKind = (kind) => changed("kind", { kind });
export const refer = (handing) => changed("refer", handing);

/** Store the pin as the place of the request, once. */
export async function place() {
  const { id, pin, placing } = opened.value;
  if (placing) return;
  opened.set({ placing: true });
  const { lon, lat, segment_id = null } = pin;
  const outcome = await changed("place", { lon, lat, segment_id });
  if (opened.value.id !== id) return;
  opened.set({ placing: false, ...(outcome && { pin: null, guesses: null, placed: outcome.change_id }) });
}

/** Take the last placing back. */
export const takeBack = once(async () => {
  const { placed } = opened.value;
  if (await order(() => post(`/api/queue/changes/${placed}/undo`))) opened.set({ placed: null });
});

/** Ask which places some words may mean. */
export async function seek(words) {
  const mine = ++turn;
  const text = words.trim().slice(0, WORDS_MOST);
  opened.set({ sought: words });
  const asked = new URLSearchParams({ q: text, language: document.documentElement.lang });
  const found = text.length < 2 ? [] : await attempt(() => get(`/api/geocode?${asked}`));
  if (mine === turn && found) opened.set({ guesses: found.slice(0, GUESSES) });
}

/** Ask who called; the look is written down. */
export async function showCaller() {
  const { id } = opened.value;
  const caller = await attempt(() => get(address(id, "caller")));
  if (caller && opened.value.id === id) opened.set({ caller });
}

/** Ask to whom requests may be referred. */
export async function askAgencies() {
  if (opened.value.agencies) return;
  const agencies = await attempt(() => get("/api/agencies"));
  if (agencies) opened.set({ agencies });
}

/** Whether a request may be changed at all, and whether it waits for a place. */
export const mayChange = (file) => file.request.state === "new" || file.request.state === "open";
export const needsPlace = (file) => mayChange(file) && file.request.segment_id === null;

/** Where a request is: on a street, at a place beside the streets, or nowhere yet. */
export const hasSpot = (file) => file.request.lon !== null;
