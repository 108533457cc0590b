// What is heard: the phone's own voice where it has one of the reader's language, else the stored one, else a tone for each kind of maneuver.
import { boot } from "../../../pages/boot.js";
import { withoutIsolates } from "../../../pages/texts.js";
import { hush, sayStored } from "./stored-voice.js";
import { playTone } from "./tones.js";

const SHELF = "barfrub-muted";
const VOICES_MS = 2000; // a phone without any tells nothing
const synth = globalThis.speechSynthesis;

let muted = localStorage.getItem(SHELF) === "yes";

/** Whether the phone is to be silent. */
export const isMuted = () => muted;

/** Be silent, or speak again. */
export function mute(silent) {
  muted = silent;
  localStorage.setItem(SHELF, silent ? "yes" : "no");
  if (silent) cutOff();
}

function cutOff() {
  synth?.cancel();
  hush();
}

const voices = () => synth?.getVoices().filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === boot.language) ?? [];

/** The phone's own voice of the reader's language that speaks without a network, if it has one. */
export const voice = () => voices().find(({ localService }) => localService !== false);

/** Wait until the phone has told which voices it has: some tell only after a while. */
export const voicesKnown = () =>
  new Promise((done) => {
    if (!synth || synth.getVoices().length > 0) return done();
    synth.addEventListener("voiceschanged", done, { once: true });
    return setTimeout(done, VOICES_MS);
  });

/** Whether the phone has a voice of the reader's language at all. */
export const speaksByItself = () => voices().length > 0;

function speak(text, own, failed) {
  const words = new SpeechSynthesisUtterance(withoutIsolates(text));
  words.voice = own;
  words.lang = own.lang;
  words.onerror = ({ error }) => ["canceled", "interrupted"].includes(error) || failed();
  synth.speak(words);
}

/** Say a maneuver at once: what is still being said comes too late already. */
export function interrupt(text, kind, shorter) {
  cutOff();
  say(text, kind, shorter);
}

/** Say a text; where no voice knows it the `shorter` one without names, else the tone of the maneuver's `kind`. */
export function say(text, kind, shorter = "") {
  if (muted) return;
  const tone = () => playTone(kind);
  const own = voice();
  const [distant] = navigator.onLine ? voices() : [];
  if (own) speak(text, own, tone);
  else if (sayStored(text, tone)) return;
  else if (distant) speak(text, distant, tone);
  else if (!sayStored(shorter, tone)) tone();
}
