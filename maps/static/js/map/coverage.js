// Colors streets by what evidence says, a slice a frame, so that the page never freezes.
import { boot } from "../core/boot.js";

const SLICE = 1500;
const number = (name) => boot.states.findIndex((state) => state.name === name);

// What a street shows from afar when its directions differ, the most telling first.
const TELLING = ["progress", "overdue", "due", "driven", "ageing", "fresh", "not_due"].map(number);

const exists = (state) => state >= 0;

/** What the map needs to know of a street's [forward, backward] states; -1 is a direction that does not exist. */
export function featureState([forward, backward]) {
  const states = [forward, backward].filter(exists);
  return {
    f: forward,
    b: backward,
    two: states.length === 2,
    s: TELLING.find((state) => states.includes(state)) ?? number("not_due"),
  };
}

/** Keeps the map's streets equal to `states`, whose changed ids are given to `changed`. */
export class CoveragePainter {
  constructor(map, states) {
    this.map = map;
    this.states = states;
    this.waiting = new Set();
    this.drawing = false;
  }

  changed(ids) {
    for (const id of ids) this.waiting.add(id);
    if (this.drawing || this.waiting.size === 0) return;
    this.drawing = true;
    requestAnimationFrame(() => this.slice());
  }

  slice() {
    let left = SLICE;
    for (const id of this.waiting) {
      if (left-- === 0) break;
      this.waiting.delete(id);
      this.map.setFeatureState({ source: "streets", sourceLayer: "streets", id }, featureState(this.states.get(id)));
    }
    this.drawing = this.waiting.size > 0;
    if (this.drawing) requestAnimationFrame(() => this.slice());
  }
}
