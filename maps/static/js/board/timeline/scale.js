// The time axis: which moment is where, what a zoom or a pan makes of it, and where its marks stand. Pure.

const MINUTE = 60000;
const NARROWEST = 5 * MINUTE;
const MARGIN = 0.02; // of the whole, on both sides
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);
const MARK_PX = 84;

/** The part of time that is in sight: from `from` to `to` in ms, over `width` px. */
export class Scale {
  constructor(from, to, width) {
    this.from = from;
    this.to = to;
    this.width = Math.max(1, width);
  }

  x(moment) {
    return ((moment - this.from) / (this.to - this.from)) * this.width;
  }

  moment(x) {
    return this.from + (x / this.width) * (this.to - this.from);
  }

  get span() {
    return this.to - this.from;
  }
}

/** All of a time, with a little room beside it. */
export function whole(from, to) {
  const room = Math.max(MINUTE, (to - from) * MARGIN);
  return [from - room, to + room];
}

/** `view` moved by a share of itself, held within `all`. */
export function panned([from, to], share, all) {
  const span = to - from;
  const wanted = from + span * share;
  const first = Math.min(Math.max(wanted, all[0]), Math.max(all[0], all[1] - span));
  return [first, first + span];
}

/** `view` zoomed by a factor around a moment that stays where it is. */
export function zoomed([from, to], factor, around, all) {
  const span = Math.min(Math.max((to - from) * factor, NARROWEST), all[1] - all[0]);
  const share = (around - from) / (to - from);
  return panned([around - span * share, around - span * share + span], 0, all);
}

/** `view` moved so that a moment is in its middle, if it is out of sight. */
export function showing([from, to], moment, all) {
  if (moment >= from && moment <= to) return [from, to];
  const half = (to - from) / 2;
  return panned([moment - half, moment + half], 0, all);
}

/** Where the axis has marks: moments at whole minutes or hours of the city's clock, `offset` ms ahead of UTC. */
export function marks(scale, offset) {
  const most = Math.max(1, Math.floor(scale.width / MARK_PX));
  const step = STEPS.find((one) => scale.span / one <= most) ?? STEPS.at(-1);
  const found = [];
  const first = Math.ceil((scale.from + offset) / step) * step - offset;
  for (let moment = first; moment <= scale.to; moment += step) found.push(moment);
  return found;
}
