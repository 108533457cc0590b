// Says what comes: each maneuver some seconds before it and again at it, each run as it begins, and leaving the route.
import { number, t } from "../../../pages/texts.js";
import { drive } from "../state.js";
import { due, isNear, saidBefore } from "./announcer.js";
import { interrupt, say } from "./speech.js";
import { takeVoice } from "./stored-voice.js";
import { BACK_M } from "./matcher.js";
import { quarterOf } from "./groups.js";
import { guide, route } from "./state.js";

let line = null;
let said = new Set();
let begun = new Set(); // first legs of the runs and quarters whose sentence was said
let mode = "waiting";
let heard = 0; // metres of the route at the last fix
let hasLeft = false;

const rounded = (metres) => Math.max(10, Math.round(metres / 10) * 10);

/** A maneuver in words: with its distance where it is still ahead, and with what follows at once. */
export function sentence({ maneuver, phase, m, then }, wordsOf = ({ text }) => text) {
  const first = wordsOf(maneuver);
  const what = then ? t("maneuver:then", { first, second: wordsOf(then) }) : first;
  return phase === "first" ? t("say:in_m", { value: number(rounded(m)), what }) : what;
}

/** Begin to speak from a place on the route, or again from an earlier one. */
function listenFrom(metre) {
  line = route();
  said = saidBefore(line.maneuvers, metre - 1);
  begun = new Set();
}

function change(present) {
  if (present === "on" && hasLeft) say(t("You are back on the route."), "straight");
  hasLeft = present === "off" && guide.value.begun;
  if (present === "off") say(hasLeft ? t("You have left the route.") : t("Drive to where the route begins."), hasLeft ? "off" : "straight");
  mode = present;
}

/** Say what begins, once: a quarter with its first piece, and of its other pieces only where they turn. */
function begin(stage) {
  const { first, sentence: words } = quarterOf(stage) ?? stage;
  if (begun.has(first)) return;
  begun.add(first);
  say(words, "gear");
}

function follow() {
  const { metre, mps, mode: present, standing } = guide.value;
  if (drive.value.shift?.state !== "driving" || !standing) return;
  if (route() !== line || metre < heard - BACK_M) listenFrom(metre);
  heard = metre;
  if (present !== mode) change(present);
  if (present !== "on") return;
  const next = due(line.maneuvers, metre, mps, said);
  if (next) interrupt(sentence(next), next.maneuver.kind);
  if (standing.working && !isNear(standing.maneuver, mps)) begin(drive.value.stages[standing.run]);
}

/** Speak from now on. */
export function startSpeaking() {
  takeVoice();
  guide.follow((_, changes) => {
    if ("fix" in changes) follow();
  });
}
