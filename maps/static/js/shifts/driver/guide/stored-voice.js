// The voice that is stored with the route, for phones that have none of the reader's language: phrases, one after the other.
import { drop, keep, kept } from "../../../pages/app/shelf.js";
import { boot } from "../../../pages/boot.js";
import { get } from "../../../pages/net.js";
import { withoutIsolates } from "../../../pages/texts.js";
import { output } from "./tones.js";

const SHELF = "voice";
const GAP_S = 0.06; // between phrases

let clips = {}; // base64 of MP3 by phrase, "" where there is nothing to hear
let sources = [];
let endsAt = 0;
let turn = Promise.resolve();
let round = 0; // counts interruptions

/** Take the stored voice up, where one of the reader's language is there; the route that it speaks of. */
export async function takeVoice() {
  const voice = await kept(SHELF);
  if (voice?.language !== boot.language) return null;
  clips = voice.clips;
  return voice.route;
}

const NOTHING = { route: null, whole: 0, clips: {} };
let coming = NOTHING; // of the route whose phrases are being spoken: `whole` of them, from the first on, are here

/** Fetch and keep what is not here yet of the voice of a route; how many phrases are still to come, and whether there are any. */
export async function storeVoice(route) {
  if ((await takeVoice()) === route) return { missing: 0, speaks: true };
  if (coming.route !== route) coming = NOTHING;
  const { missing, whole, language, clips: more } = await get(`/api/drive/voice?after=${coming.whole}`);
  coming = { route, whole, clips: { ...coming.clips, ...more } };
  clips = coming.clips;
  const speaks = Object.keys(clips).length > 0;
  await keep(SHELF, { language, clips, route: missing === 0 && speaks ? route : null });
  return { missing, speaks };
}

/** Drop the stored voice. */
export function dropVoice() {
  clips = {};
  coming = NOTHING;
  drop(SHELF);
}

/** The fewest phrases of which a sentence is made, as `maps/guidance/phrases.py` cuts it; null where some are missing. */
export function phrasesOf(sentence, known) {
  const words = withoutIsolates(sentence)
    .replace(/[,،;:.]+(?=\s|$)/g, " ")
    .split(/\s+/)
    .filter(Boolean);
  const best = [[]];
  for (let end = 1; end <= words.length; end += 1) {
    for (let from = 0; from < end; from += 1) {
      const phrase = words.slice(from, end).join(" ");
      const shorter = best[from] && (!best[end] || best[from].length + 1 < best[end].length);
      if (shorter && Object.hasOwn(known, phrase)) best[end] = [...best[from], phrase];
    }
  }
  return best[words.length] ?? null;
}

async function play(phrases) {
  const began = round;
  const sound = output();
  const bytes = (phrase) => Uint8Array.from(atob(clips[phrase]), (letter) => letter.charCodeAt(0)).buffer;
  const heard = phrases.filter((phrase) => clips[phrase] !== "");
  const buffers = await Promise.all(heard.map((phrase) => sound.decodeAudioData(bytes(phrase))));
  if (began !== round) return;
  sources = sources.filter((source) => source.endsAt > sound.currentTime);
  for (const buffer of buffers) {
    const source = sound.createBufferSource();
    source.buffer = buffer;
    source.connect(sound.destination);
    const at = Math.max(endsAt, sound.currentTime);
    source.start(at);
    endsAt = at + buffer.duration + GAP_S;
    sources.push(Object.assign(source, { endsAt }));
  }
}

/** Say a sentence after what is being said; whether the stored voice knows all of its phrases. */
export function sayStored(sentence, failed) {
  const phrases = phrasesOf(sentence, clips);
  if (!phrases?.length) return false;
  turn = turn.then(() => play(phrases)).catch(failed);
  return true;
}

/** Be silent at once. */
export function hush() {
  round += 1;
  endsAt = 0;
  for (const source of sources) source.stop();
  sources = [];
}
