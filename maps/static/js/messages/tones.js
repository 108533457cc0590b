// Tones of a board, for what nobody may miss.
const TONE_S = 0.35;
const LOUD = 0.25;

let sound = null;

/** Browsers let a page be heard only once somebody has touched it. */
export function wake() {
  sound ??= new AudioContext();
  sound.resume();
}

function beep(hz, at) {
  const tone = sound.createOscillator();
  const gain = sound.createGain();
  tone.frequency.value = hz;
  gain.gain.setValueAtTime(LOUD, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + TONE_S);
  tone.connect(gain).connect(sound.destination);
  tone.start(at);
  tone.stop(at + TONE_S);
}

/** Let tones sound one after the other; returns whether the page can be heard. */
export function play(...tones) {
  if (sound?.state !== "running") return false;
  tones.forEach((hz, nth) => beep(hz, sound.currentTime + nth * TONE_S));
  return true;
}
