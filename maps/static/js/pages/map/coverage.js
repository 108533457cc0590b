// Colors streets by what evidence says, and rests after each repaint, so that the page never freezes.
import { boot } from "../boot.js";

const PAUSE_MS = 1000; // news within this time is painted together: each repaint draws every street in sight
const PAUSES_PER_PAINT = 5; // a slow machine spends at most a sixth of its time on it
const number = (name) => boot.states.findIndex((state) => state.name === name);

// What a street shows from afar when its directions differ, the most telling first.
const TELLING = [
  "progress",
  "overdue",
  "partly_overdue",
  "due",
  "partly_due",
  "partly_ageing",
  "partly_fresh",
  "driven",
  "ageing",
  "fresh",
  "not_due",
].map(number);
const NOT_PLOWED = ["not_due", "driven"].map(number);
const PARTLY_OF = new Map(["fresh", "ageing"].map((name) => [number(name), number(`partly_${name}`)]));

const exists = (state) => state >= 0;

/** What one line shows of a street: with one direction clear and the other not plowed yet it is partly plowed. */
function stateOfStreet(states) {
  const partly = states.some((state) => NOT_PLOWED.includes(state));
  const shown = partly ? states.map((state) => PARTLY_OF.get(state) ?? state) : states;
  return TELLING.find((state) => shown.includes(state)) ?? -1;
}

/**
 * What the map needs to know of a street's [forward, backward] states; -1 is a direction that does not exist, or not here.
 * `oneLine` says what its directions show together from afar.
 */
export function featureState([forward, backward], oneLine = stateOfStreet) {
  const states = [forward, backward].filter(exists);
  return {
    f: forward,
    b: backward,
    two: states.length === 2,
    s: oneLine(states),
  };
}

/** What a legend lists: states that only differ in age are one entry. */
export const stateGroups = () => [...new Set(boot.states.map(({ group }) => group))];

/** Keeps the map's streets equal to `states`, whose changed ids are given to `changed`. */
export class CoveragePainter {
  constructor(map, states, { restMs = PAUSE_MS, rests = PAUSES_PER_PAINT } = {}) {
    Object.assign(this, { map, states, restMs, rests });
    this.oneLine = undefined;
    this.waiting = new Set();
    this.busy = false;
    this.hasty = false;
    this.timer = null;
    this.freeAt = 0;
  }

  changed(ids) {
    for (const id of ids) this.waiting.add(id);
    if (this.busy || this.waiting.size === 0) return;
    this.busy = true;
    this.timer = setTimeout(() => this.paint(), Math.max(0, this.freeAt - performance.now()));
  }

  /** Show other states from now on, at once for all streets `ids`; `oneLine` as in `featureState`. */
  use(states, oneLine, ids) {
    Object.assign(this, { states, oneLine, busy: true });
    for (const id of ids) this.waiting.add(id);
    clearTimeout(this.timer);
    this.paint();
  }

  /** Rest no longer: what waits is painted now, or as soon as what is being painted is there. */
  hurry() {
    if (this.timer) clearTimeout(this.timer);
    if (this.timer) this.paint();
    else this.hasty = this.busy;
  }

  /** Paint all that waits at once: to tell the map of 18,000 streets takes 5 ms, one repaint of them much longer. */
  paint() {
    const began = performance.now();
    this.timer = null;
    for (const id of this.waiting)
      this.map.setFeatureState(
        { source: "streets", sourceLayer: "streets", id },
        featureState(this.states.get(id), this.oneLine),
      );
    this.waiting.clear();
    this.map.once("render", () => this.rest(began));
  }

  /** Pause after a repaint. What it costs shows only in when the next frames come: others do the drawing. */
  rest(began) {
    requestAnimationFrame(() =>
      requestAnimationFrame((moment) => {
        this.freeAt = this.hasty ? 0 : moment + Math.max(this.restMs, this.rests * (moment - began));
        this.hasty = false;
        this.busy = false;
        this.changed([]);
      }),
    );
  }
}
