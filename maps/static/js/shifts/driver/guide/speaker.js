// Says what comes: each maneuver some seconds before it and again at it, each run as it begins, and leaving the route.
import { number, t } from "../../../pages/texts.js";
import { drive } from "../state.js";
import { due, saidBefore } from "./announcer.js";
import { say } from "./speech.js";
import { guide, route } from "./state.js";

let line = null;
let said = new Set();
let begun = new Set(); // runs whose sentence was said
let mode = "waiting";

const rounded = (metres) => Math.max(10, Math.round(metres / 10) * 10);

/** A maneuver in words: with its distance where it is still ahead, and with what follows at once. */
export function sentence({ maneuver, phase, m, then }) {
  const what = then ? t("maneuver:then", { first: maneuver.text, second: then.text }) : maneuver.text;
  return phase === "first" ? t("say:in_m", { value: number(rounded(m)), what }) : what;
}

function follow() {
  const { metre, mps, mode: present, standing } = guide.value;
  if (drive.value.shift?.state !== "driving" || !standing) return;
  if (route() !== line) {
    line = route();
    said = saidBefore(line.maneuvers, metre - 1);
    begun = new Set();
  }
  if (present !== mode) {
    if (present === "off") say(t("You have left the route."), "off");
    if (present === "on" && mode === "off") say(t("You are back on the route."), "straight");
    mode = present;
  }
  if (present !== "on") return;
  const next = due(line.maneuvers, metre, mps, said);
  if (next) say(sentence(next), next.maneuver.kind);
  if (standing.working && !begun.has(standing.run)) {
    begun.add(standing.run);
    say(drive.value.stages[standing.run].sentence, "gear");
  }
}

/** Speak from now on. */
export function startSpeaking() {
  guide.follow((_, changes) => {
    if ("fix" in changes) follow();
  });
}
