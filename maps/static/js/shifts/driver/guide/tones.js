// A tone for each kind of maneuver: rising for the right, falling for the left, three for turning round.
const NOTE_S = 0.16;
const LOW = 523;
const HIGH = 784;

const PATTERNS = [
  [/right$/, [LOW, HIGH]],
  [/left$/, [HIGH, LOW]],
  [/^(back|dead_end|square_back)$/, [HIGH, LOW, HIGH]],
  [/^(roundabout|square)/, [LOW, HIGH, LOW]],
  [/^off$/, [LOW, LOW, LOW]],
];

/** The notes of a maneuver, in Hz. */
export const notesOf = (kind) => PATTERNS.find(([pattern]) => pattern.test(kind))?.[1] ?? [HIGH];

let sound = null;

/** Where sound goes out; browsers allow it once the page was touched. */
export function output() {
  sound ??= new AudioContext();
  sound.resume();
  return sound;
}

/** Play the tone of a kind. */
export function playTone(kind) {
  output();
  notesOf(kind).forEach((hertz, i) => {
    const note = sound.createOscillator();
    const level = sound.createGain();
    note.frequency.value = hertz;
    level.gain.value = 0.4;
    note.connect(level).connect(sound.destination);
    note.start(sound.currentTime + i * NOTE_S * 1.25);
    note.stop(sound.currentTime + i * NOTE_S * 1.25 + NOTE_S);
  });
}
