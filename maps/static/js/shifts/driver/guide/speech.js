// The voice of the phone: its own where it has one of the reader's language, else a tone for each kind of maneuver.
import { boot } from "../../../pages/boot.js";
import { withoutIsolates } from "../../../pages/texts.js";
import { playTone } from "./tones.js";

const SHELF = "barfrub-muted";
const synth = globalThis.speechSynthesis;

let muted = localStorage.getItem(SHELF) === "yes";

/** Whether the phone is to be silent. */
export const isMuted = () => muted;

/** Be silent, or speak again. */
export function mute(silent) {
  muted = silent;
  localStorage.setItem(SHELF, silent ? "yes" : "no");
  if (silent) synth?.cancel();
}

const voice = () => synth?.getVoices().find(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === boot.language);

function speak(text) {
  const words = new SpeechSynthesisUtterance(withoutIsolates(text));
  words.voice = voice();
  words.lang = words.voice.lang;
  synth.speak(words);
}

/** Say a maneuver at once: what is still being said comes too late already. */
export function interrupt(text, kind) {
  synth?.cancel();
  say(text, kind);
}

/** Say a text; `kind` is the maneuver's, for phones without a voice. */
export function say(text, kind) {
  if (muted) return;
  if (voice()) speak(text);
  else playTone(kind);
}
