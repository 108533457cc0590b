// The keys that decide about a call once its words are written; letters by their place, whatever they print.
import { boot } from "../../pages/boot.js";
import { DANGERS, KINDS, askAnswer, call, isBehind, movePin, record, step } from "./state.js";

export const DANGER_KEYS = ["Q", "W", "E", "R", "T", "Y"];
const PIN_STEP_DEG = 0.0001; // some ten metres
const MOVES = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Choose what is asked for; the answer may be another then. */
export function setKind(kind) {
  call.set({ kind });
  return askAnswer();
}

/** Say or take back that somebody is in danger: the work is wanted sooner then. */
export function toggleDanger(danger) {
  const { dangers } = call.value;
  call.set({ dangers: dangers.includes(danger) ? dangers.filter((one) => one !== danger) : [...dangers, danger] });
  return askAnswer();
}

/** The other side of the street. */
export function switchSide() {
  const { place } = call.value;
  if (place) call.set({ place: { ...place, side: place.side === "left" ? "right" : "left" } });
}

/** The next language for this caller. */
export function switchLanguage() {
  const codes = boot.languages.map(({ code }) => code);
  call.set({ language: codes[(codes.indexOf(call.value.language) + 1) % codes.length] });
}

/** Whether the caller wants messages, which needs somewhere to send them. */
export const switchConsent = () => call.set({ consent: !call.value.consent && call.value.caller_phone !== "" });

/** Whether the request joins the open work of its street, or gets work of its own. */
export function switchJoin() {
  call.set({ join: !call.value.join });
  return askAnswer();
}

function pushPin([east, north]) {
  const { place } = call.value;
  const [west, south, right, top] = boot.city.bounds;
  const from = place ?? { lon: (west + right) / 2, lat: (south + top) / 2 };
  movePin({ lng: from.lon + east * PIN_STEP_DEG, lat: from.lat + north * PIN_STEP_DEG });
}

/** Show or fold what else can be said. */
export const switchMore = () => call.set({ more: !call.value.more });

const LETTERS = { KeyM: switchMore, KeyS: switchSide, KeyL: switchLanguage, KeyC: switchConsent, KeyJ: switchJoin };

function order(event) {
  if (event.shiftKey) return MOVES[event.key] && (() => pushPin(MOVES[event.key]));
  if (event.key === "ArrowDown") return () => step(1);
  if (event.key === "ArrowUp") return () => step(-1);
  const kind = /^(?:Digit|Numpad)([1-6])$/.exec(event.code);
  if (kind) return () => setKind(KINDS[kind[1] - 1]);
  const danger = DANGER_KEYS.indexOf(event.code.replace(/^Key/, ""));
  return danger >= 0 ? () => toggleDanger(DANGERS[danger]) : LETTERS[event.code];
}

/** Keys of the part of the form that decides. */
export function decide(event, saved) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return void document.getElementById("text").focus();
  if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
    event.preventDefault();
    record().then(saved);
    return;
  }
  const run = order(event);
  if (!run) return;
  event.preventDefault();
  run();
}

/** Keys of the words: Enter goes on to decide, arrows walk through the guesses. */
export function inWords(event) {
  const { guesses } = call.value;
  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey) {
    event.preventDefault();
    document.getElementById("decide").focus();
  } else if ((guesses.length > 0 || isBehind()) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  }
}
