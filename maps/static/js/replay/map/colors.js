// The color of every street at a moment, from the first of its hour and the changes since.

/** Follows time forward and back; `states` has [forward, backward] by street id, as the painter wants it. */
export class StreetColors {
  constructor(ids) {
    this.ids = ids;
    this.codes = new Uint8Array(ids.length);
    this.states = new Map(ids.map((id) => [id, [-1, -1]]));
    this.hour = null;
    this.place = 0;
    this.at = -1;
  }

  /** Go to a moment of an hour; returns the ids of streets that look different. */
  go(hour, at) {
    const changed = new Set();
    if (hour !== this.hour || at < this.at) this.begin(hour, at, changed);
    else this.follow(hour, at, changed);
    this.at = at;
    return changed;
  }

  follow(hour, at, changed) {
    while (this.place < hour.at.length && hour.at[this.place] <= at) {
      this.set(hour.street[this.place], hour.color[this.place], changed);
      this.place += 1;
    }
  }

  begin(hour, at, changed) {
    const codes = hour.first.slice();
    this.place = 0;
    while (this.place < hour.at.length && hour.at[this.place] <= at) {
      codes[hour.street[this.place]] = hour.color[this.place];
      this.place += 1;
    }
    for (let street = 0; street < codes.length; street += 1) this.set(street, codes[street], changed);
    this.hour = hour;
  }

  set(street, code, changed) {
    if (this.codes[street] === code) return;
    this.codes[street] = code;
    const id = this.ids[street];
    this.states.set(id, [(code >> 4) - 1, (code & 15) - 1]);
    changed.add(id);
  }
}
