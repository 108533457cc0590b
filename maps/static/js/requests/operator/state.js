// What the operator's page knows: the call being taken, its place and answer, and those that wait for a pin.
import { boot } from "../../pages/boot.js";
import { get, post } from "../../pages/net.js";
import { attempt, once } from "../../pages/notices.js";
import { needsPin } from "../../board/rows.js";
import { Store } from "../../pages/store.js";
import { listen } from "../../pages/stream.js";
import { begun, drop, keep, waitingCalls } from "./drafts.js";

export const KINDS = ["plow", "ice", "sidewalk", "tree", "haul", "blocked"];
export const DANGERS = ["trapped", "ambulance", "accident", "power_line", "elderly", "school"];

const WAITING_PAUSE_MS = 3000;

/** Beside likelier ones, places that are less likely than this are noise, unless the words may be the begin of a name. */
const LEAST_LIKELY = 0.01;

const isLikely = ({ confidence }) => confidence >= LEAST_LIKELY;

const newKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

/**
 * A call of which nothing is known yet; `place` is where it is about, `chosen` which of the guesses said so, `asked` their words,
 * `startedAt` when it began, in ms, without the time it was left; `more` whether all that can be said is shown. In a training,
 * `rang` is the call of its phone that it is typed for, by its id.
 */
const newCall = () => ({
  key: newKey(),
  rang: null,
  text: "",
  asked: "",
  caller_name: "",
  caller_phone: "",
  language: boot.language,
  consent: false,
  kind: "plow",
  dangers: [],
  join: true,
  guesses: [],
  chosen: null,
  place: null,
  answer: null,
  history: [],
  startedAt: null,
  more: false,
});

/** The call being taken; `drafts` are those that were not recorded. */
export const call = new Store({ ...newCall(), saved: null, saving: false, waiting: [], placing: null, drafts: waitingCalls() });

call.follow((now, changes) => {
  if (now.startedAt === null && begun(now)) call.set({ startedAt: Date.now() });
  else if (!("waiting" in changes || "drafts" in changes)) keep(now);
});

/** Begin a new call, of a training's phone where given, unless one is being recorded; what is known of the present one is kept, to be taken up again. Says whether it began. */
export function startCall(rang = null) {
  if (call.value.saving) return false;
  leave();
  const fresh = newCall();
  call.set({ ...fresh, rang, startedAt: Date.now(), saved: null, placing: null, drafts: waitingCalls(fresh.key) });
  return true;
}

/** Take up a call that was not recorded, unless one is being recorded; its clock goes on from where it was left. Says whether it was taken up. */
export async function takeUp(draft) {
  if (call.value.saving) return false;
  leave();
  const startedAt = Date.now() - draft.spentMs;
  const place = draft.place && { ...draft.place, byHand: true };
  call.set({ ...newCall(), ...draft, startedAt, place, saved: null, placing: null, drafts: waitingCalls(draft.key) });
  await Promise.all([askGuesses(draft.text), askHistory(draft.caller_phone), place ? askAnswer() : null]);
  return true;
}

/** Forget a call that was not recorded. */
export function discard({ key }) {
  drop(key);
  call.set({ drafts: waitingCalls(call.value.key) });
}

const listed = (answer) => (Array.isArray(answer) ? answer : answer.requests);

async function refresh() {
  const requests = listed(await get("/api/requests"));
  call.set({ waiting: requests.filter(needsPin) });
}

/** Ask which requests wait for a pin. */
const askWaiting = () => attempt(refresh);

/** Keep the waiting list fresh; in a flood of requests it is asked for now and then only. */
export function follow() {
  askWaiting();
  let due = null;
  const soon = () => {
    due ??= setTimeout(() => {
      due = null;
      refresh().catch(() => {}); // the next news asks again
    }, WAITING_PAUSE_MS);
  };
  listen({ requests: soon }, { heard() {}, lost() {}, resumed: soon });
}

/** Whether the words changed since it was asked where that may be. */
export const isBehind = () => call.value.asked !== call.value.text;

let wordsAsked = 0;
let asking = null;

/** Ask where the words may mean, once for the same words; a sure place is chosen at once, a doubtful one by the operator. */
export function askGuesses(text) {
  if (asking?.text === text) return asking.found;
  const mine = { text, found: guess(text).finally(() => (asking = asking === mine ? null : asking)) };
  asking = mine;
  return mine.found;
}

async function guess(text) {
  const turn = ++wordsAsked;
  const words = text.trim();
  const found = words.length < 2 ? [] : await attempt(() => get(`/api/geocode?${new URLSearchParams({ q: words.slice(0, 300), language: document.documentElement.lang })}`));
  if (turn !== wordsAsked || found === undefined) return;
  const sure = found[0]?.confident ?? false;
  const likely = found.filter((guess) => isLikely(guess) || (!sure && guess.reasons.includes("begun")));
  const guesses = (likely.length > 0 ? likely : found).slice(0, 5).map((guess, id) => ({ ...guess, id }));
  call.set({ asked: text, guesses });
  if (call.value.place?.byHand) return void call.set({ chosen: null });
  await choose(sure ? 0 : null);
}

/** Walk through the guesses, those of all that was said. */
export async function step(by) {
  if (isBehind()) await askGuesses(call.value.text);
  const { guesses, chosen } = call.value;
  if (guesses.length === 0) return;
  const to = chosen === null ? (by > 0 ? 0 : guesses.length - 1) : chosen + by;
  await choose(Math.min(Math.max(to, 0), guesses.length - 1));
}

/** Take one of the guesses as the place of the call, or none. */
export function choose(id) {
  const guess = call.value.guesses[id];
  const { segment_id, lon, lat, side } = guess ?? {};
  call.set({ chosen: guess ? id : null, place: guess ? { segment_id, lon, lat, side, byHand: false } : null });
  return askAnswer();
}

/** Put the pin where a hand wants it; the street is the nearest one. */
export function movePin({ lng, lat }) {
  call.set({ chosen: null, place: { segment_id: null, lon: lng, lat, side: null, byHand: true } });
  return askAnswer();
}

let placeAsked = 0;

/** Ask what can be said of the place; an answer that comes after the next question counts no more. */
export async function askAnswer() {
  const { place, kind, join, dangers } = call.value;
  const turn = ++placeAsked;
  if (!place) return void call.set({ answer: null });
  const query = new URLSearchParams({ lon: place.lon, lat: place.lat, kind, join, danger: dangers.length > 0 });
  if (place.segment_id != null) query.set("segment_id", place.segment_id);
  const answer = await attempt(() => get(`/api/answer?${query}`));
  if (turn !== placeAsked) return undefined;
  if (answer === undefined) return void call.set({ answer: null, place: null, chosen: null });
  const { segment_id, side } = answer;
  return call.set({ answer, place: { ...place, segment_id, side: call.value.place?.side ?? side } });
}

let phoneAsked = 0;

/** Ask what this phone asked for before. */
export async function askHistory(phone) {
  const turn = ++phoneAsked;
  const history = phone.trim().length < 4 ? [] : await attempt(() => post("/api/callers/history", { phone }));
  if (turn === phoneAsked && history !== undefined) call.set({ history });
}

/** An answer to a question of the call before must not come into the next one. */
function forgetQuestions() {
  wordsAsked += 1;
  placeAsked += 1;
  phoneAsked += 1;
  asking = null;
}

/** Leave the present call as far as it has come. */
function leave() {
  keep(call.value);
  forgetQuestions();
}

const told = ({ key, rang, text, caller_name, caller_phone, language, consent, kind, dangers, join, place, answer }) => ({
  idempotency_key: key,
  call_id: rang,
  text,
  caller_name,
  caller_phone,
  language,
  consent: consent && caller_phone !== "",
  kind,
  dangers,
  join,
  ...(place ? { segment_id: place.segment_id, lon: place.lon, lat: place.lat, side: place.side } : {}),
  ...(place && answer?.window ? { window: { from_at: answer.window.from_at, to_at: answer.window.to_at } } : {}), // what he heard is what is promised
});

/**
 * Record the call; whether it was. What was typed stays otherwise, and its key makes a second try safe.
 * Who types faster than the answer comes must neither get the place of half his words, nor none because he could not see among which to choose.
 * Where the search fails the call is recorded all the same, with no place but one set by hand.
 */
export async function record() {
  if (call.value.saving || call.value.text.trim() === "") return false;
  call.set({ saving: true });
  if (isBehind()) {
    await askGuesses(call.value.text);
    if (isBehind() && !call.value.place?.byHand) await choose(null);
    else if (!call.value.place && call.value.guesses.some(isLikely)) {
      call.set({ saving: false });
      return false;
    }
  }
  const mine = call.value;
  const request = await attempt(() => post("/requests", told(mine)));
  const placed = request && request.segment_id != null;
  const answer = placed ? await attempt(() => get(`/api/requests/${request.id}/answer`)) : undefined;
  call.set({ saving: false });
  if (request === undefined) return false;
  forgetQuestions();
  drop(mine.key);
  call.set({
    ...newCall(),
    saved: { request, answer: answer ?? null, language: mine.language, tookMs: Date.now() - mine.startedAt },
    placing: needsPin(request) ? request.id : null,
  });
  await askWaiting();
  return true;
}

/** Take back what was recorded last. */
export const takeBack = once(async () => {
  const { saved } = call.value;
  const request = await attempt(() => post(`/api/requests/${saved.request.id}/cancel`));
  if (request === undefined) return;
  call.set({ saved: { ...saved, request, answer: null }, placing: null });
  await askWaiting();
});

/** Put the request that is being placed where the map was clicked. */
export async function place({ lng, lat }) {
  const { placing } = call.value;
  const request = await attempt(() => post(`/api/requests/${placing}/place`, { lon: lng, lat }));
  if (request === undefined) return;
  const answer = await attempt(() => get(`/api/requests/${request.id}/answer`));
  call.set({ placing: null, saved: { request, answer: answer ?? null, language: boot.language } });
  await askWaiting();
}
