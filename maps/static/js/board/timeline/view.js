// What of the timeline is in sight, and what keys, wheel and pointer make of it.
import { HEAD, ROW } from "./draw.js";
import { panned, Scale, showing, whole, zoomed } from "./scale.js";

const STEP = 0.15; // of the span in sight, per arrow key
const ZOOM = 1.5;
const WHEEL_ZOOM = 0.0015;
const AROUND_NOW = 3 * 3600000;

/** 1 where time runs to the right, as one reads; -1 where to the left. */
export const FORWARD = document.dir === "rtl" ? -1 : 1;

/** The part of a timeline that is in sight: its time, and how far its rows are scrolled. */
export class View {
  constructor() {
    this.time = null;
    this.top = 0;
    this.all = [0, 1];
    this.width = 1;
    this.height = 1;
    this.rows = 0;
  }

  /** Take in what there is to see; at first that is all of it. */
  cover(from, to, rows) {
    const before = this.all;
    this.all = whole(from, to);
    this.rows = rows;
    const sawAll = this.time && this.time[0] === before[0] && this.time[1] === before[1];
    this.time = this.time && !sawAll ? panned(this.time, 0, this.all) : [...this.all];
    this.scroll(0);
  }

  size(width, height) {
    this.width = width;
    this.height = height;
    this.scroll(0);
  }

  get scale() {
    return new Scale(this.time[0], this.time[1], this.width);
  }

  get first() {
    return Math.max(0, Math.floor(this.top / ROW));
  }

  get last() {
    return Math.min(this.rows, Math.ceil((this.top + this.height - HEAD) / ROW) + 1);
  }

  /** The row at a height on the canvas, or -1. */
  rowAt(y) {
    const row = Math.floor((y - HEAD + this.top) / ROW);
    return y >= HEAD && row < this.rows ? row : -1;
  }

  scroll(px) {
    const most = Math.max(0, this.rows * ROW - (this.height - HEAD));
    this.top = Math.min(Math.max(0, this.top + px), most);
  }

  pan(share) {
    this.time = panned(this.time, share, this.all);
  }

  zoom(factor, around = (this.time[0] + this.time[1]) / 2) {
    this.time = zoomed(this.time, factor, around, this.all);
  }

  /** Show the hours around a moment. */
  goTo(moment) {
    const span = Math.min(this.time[1] - this.time[0], AROUND_NOW);
    this.time = panned([moment - span / 2, moment + span / 2], 0, this.all);
  }

  /** Bring a row, and a moment where given, into sight. */
  reveal(row, moment) {
    const y = row * ROW;
    if (y < this.top) this.top = y;
    if (y + ROW > this.top + this.height - HEAD) this.top = y + ROW - (this.height - HEAD);
    this.scroll(0);
    if (moment !== undefined) this.time = showing(this.time, moment, this.all);
  }

  /** What a wheel does: with Ctrl it zooms around the pointer, else it scrolls rows, or time sideways. */
  wheel(event, x) {
    if (event.ctrlKey || event.metaKey) return this.zoom(Math.exp(event.deltaY * WHEEL_ZOOM), this.scale.moment(x));
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (sideways) this.pan((sideways / this.width) * FORWARD);
    if (!event.shiftKey) this.scroll(event.deltaY);
    return undefined;
  }
}

/** What a key asks of the timeline: a new row or leg to choose, or another part of time; null is not ours. */
export function keyed(event, view, lanes, at) {
  const row = Math.max(0, at.row);
  const step = at.row < 0 ? 0 : 1; // the first arrow chooses the first row
  const lane = lanes[row];
  const next = lane.became.next_leg;
  const moves = {
    ArrowUp: () => ({ row: Math.max(0, row - step) }),
    ArrowDown: () => ({ row: Math.min(lanes.length - 1, row + step) }),
    PageUp: () => ({ row: Math.max(0, row - 10) }),
    PageDown: () => ({ row: Math.min(lanes.length - 1, row + 10) }),
    ArrowLeft: () => view.pan(-STEP * FORWARD),
    ArrowRight: () => view.pan(STEP * FORWARD),
    Home: () => view.pan(-1e6),
    End: () => view.pan(1e6),
    Comma: () => ({ row, leg: Math.max(0, (at.leg ?? next) - 1) }),
    Period: () => ({ row, leg: Math.min(lane.kinds.length - 1, (at.leg ?? next - 1) + 1) }),
    Equal: () => view.zoom(1 / ZOOM),
    NumpadAdd: () => view.zoom(1 / ZOOM),
    Minus: () => view.zoom(ZOOM),
    NumpadSubtract: () => view.zoom(ZOOM),
    Digit0: () => view.zoom(1e6),
    Enter: () => ({ row, leg: at.leg ?? Math.min(lane.kinds.length - 1, next) }),
  };
  const move = moves[event.code];
  if (!move || event.ctrlKey || event.altKey || event.metaKey) return null;
  return move() ?? {};
}

