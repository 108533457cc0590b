// Draws rows of bars: above what was planned, below what was done, and between them the line of now.
import { color } from "../../pages/theme.js";
import { time } from "../../pages/texts.js";
import { legAt, stateOf } from "./lanes.js";
import { marks } from "./scale.js";
import { lateWords } from "./words.js";

export const ROW = 26;
export const HEAD = 24;
const PLAN = { top: 4, high: 9 };
const DONE = { top: 15, high: 6 };
const THIN = 3;
const FONT = "Vazirmatn, sans-serif";
const TAIL = 3; // letters of a name that are never cut
const MINUTE_MS = 60000;
const LATE_MS = 10 * MINUTE_MS;

const SERVED = new Set(["done", "out_of_order", "by_other", "told"]);
const DRAWN = { drive: THIN, work: PLAN.high, reload: PLAN.high, rest: PLAN.high };

/** The colors of the theme that is shown. */
export const tonesNow = () =>
  Object.fromEntries(
    ["panel", "raised", "line", "text", "muted", "accent", "danger", "state-fresh", "state-due", "state-driven", "state-progress", "halo"].map(
      (name) => [name, color(name)],
    ),
  );

const DONE_TONE = {
  done: "state-fresh",
  out_of_order: "state-fresh",
  told: "state-fresh",
  by_other: "state-driven",
  unproved: "state-due",
  skipped: "danger",
  begun: "state-progress",
};

const PLAN_TONE = { work: "muted", drive: "muted", reload: "accent", rest: "line" };

/** Rectangles gathered by color, so that thousands of bars are a handful of strokes of the pen. */
class Bars {
  constructor() {
    this.tones = new Map();
    this.last = new Map();
  }

  /** Add a bar; what falls into the same pixel as the one before of its color is drawn already. */
  add(tone, x, y, width, height) {
    const wide = Math.max(width, 1);
    const key = `${tone} ${y} ${height}`;
    const end = this.last.get(key);
    if (end !== undefined && x + wide <= end) return;
    const from = end === undefined ? x : Math.max(x, end);
    this.last.set(key, x + wide);
    if (!this.tones.has(tone)) this.tones.set(tone, new Path2D());
    this.tones.get(tone).rect(from, y, x + wide - from, height);
  }

  draw(pen, tones) {
    for (const [tone, path] of this.tones) {
      pen.fillStyle = tones[tone];
      pen.fill(path);
    }
  }
}

function planned(bars, lane, first, last, scale, y) {
  for (let leg = first; leg < last; leg += 1) {
    const kind = lane.kinds[leg];
    const high = DRAWN[kind] ?? THIN;
    const x = scale.x(lane.starts[leg]);
    const gap = kind === "work" && scale.span < 7200000 ? 1 : 0; // bars of a near view stand apart
    bars.add(PLAN_TONE[kind] ?? "muted", x, y + PLAN.top + (PLAN.high - high) / 2, scale.x(lane.ends[leg]) - x - gap, high);
  }
}

/** Bars of what is over: each from the end of the one before it, or as long as planned. */
function done(bars, lane, scale, y) {
  let before = lane.begins;
  for (const [leg, at] of lane.became.done) {
    const state = stateOf(lane, leg);
    const tone = DONE_TONE[state];
    const length = lane.ends[leg] - lane.starts[leg];
    const from = Math.max(at - length, SERVED.has(state) ? Math.min(before, at) : at - length);
    if (tone && at >= scale.from && from <= scale.to) {
      const x = scale.x(from);
      bars.add(tone, x, y + DONE.top, Math.max(scale.x(at) - x, 2), DONE.high);
    }
    before = Math.max(before, at);
  }
  lane.kinds.forEach((kind, leg) => {
    if (stateOf(lane, leg) !== "skipped" || lane.became.done.has(leg)) return;
    bars.add("danger", scale.x(lane.starts[leg]), y + DONE.top, 2, DONE.high);
  });
}

/** How far the expected end is from the planned one: a line that ends in a hook. */
function drift(pen, lane, scale, y, tones) {
  const planned = lane.ends.at(-1);
  const expected = lane.became.ends_at;
  if (expected === null || Math.abs(expected - planned) < MINUTE_MS) return;
  const [from, to] = [scale.x(planned), scale.x(expected)];
  pen.strokeStyle = expected - planned >= LATE_MS ? tones.danger : tones.muted;
  pen.lineWidth = 1.5;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(from, y + ROW / 2);
  pen.lineTo(to, y + ROW / 2);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(to, y + 4);
  pen.lineTo(to, y + ROW - 4);
  pen.stroke();
}

function axis(pen, { scale, rtl, height, offset }, left, tones) {
  pen.font = `400 12px ${FONT}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  pen.direction = "ltr";
  for (const moment of marks(scale, offset)) {
    const x = Math.round(left + (rtl ? scale.width - scale.x(moment) : scale.x(moment))) + 0.5;
    pen.strokeStyle = tones.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, HEAD);
    pen.lineTo(x, height);
    pen.stroke();
    pen.fillStyle = tones.muted;
    pen.fillText(time(moment), x, HEAD / 2);
  }
}

/** A name that fits: cut in its middle, since what tells machines apart is the number at the end. */
function fitted(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  const tail = text.slice(-TAIL);
  let head = text.slice(0, -TAIL);
  while (head.length > 1 && pen.measureText(`${head}…${tail}`).width > width) head = head.slice(0, -1);
  return `${head.trimEnd()}…${tail}`;
}

function names(pen, chart, tones) {
  const { lanes, labels, rtl, width, top, first, last, chosen } = chart;
  const start = rtl ? width - labels : 0;
  pen.fillStyle = tones.panel;
  pen.fillRect(start, 0, labels, chart.height);
  for (let row = first; row < last; row += 1) {
    const lane = lanes[row];
    const y = HEAD + row * ROW - top;
    if (lane.vehicle === chosen) {
      pen.fillStyle = tones.raised;
      pen.fillRect(start, y, labels, ROW);
    }
    const late = lane.became.late_s * 1000;
    const words = Math.abs(late) >= MINUTE_MS ? lateWords(lane) : "";
    pen.textBaseline = "middle";
    pen.direction = rtl ? "rtl" : "ltr";
    pen.font = `400 12px ${FONT}`;
    const taken = words ? pen.measureText(words).width + 8 : 0;
    pen.textAlign = "end";
    pen.fillStyle = late >= LATE_MS ? tones.danger : tones.muted;
    if (words) pen.fillText(words, rtl ? start + 8 : start + labels - 8, y + ROW / 2);
    pen.textAlign = "start";
    pen.font = `${lane.vehicle === chosen ? 600 : 400} 13px ${FONT}`;
    pen.fillStyle = tones.text;
    pen.fillText(fitted(pen, lane.name, labels - 24 - taken), rtl ? start + labels - 12 : start + 12, y + ROW / 2);
  }
  pen.fillStyle = tones.panel;
  pen.fillRect(start, 0, labels, HEAD);
  pen.strokeStyle = tones.line;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo((rtl ? start : labels) + 0.5, 0);
  pen.lineTo((rtl ? start : labels) + 0.5, chart.height);
  pen.stroke();
}

function marked(pen, chart, tones) {
  const { lanes, scale, top, first, last, marked: pairs } = chart;
  pen.strokeStyle = tones.accent;
  pen.lineWidth = 2;
  for (const [row, leg] of pairs) {
    if (row < first || row >= last) continue;
    const x = scale.x(lanes[row].starts[leg]);
    const wide = Math.max(4, scale.x(lanes[row].ends[leg]) - x);
    pen.strokeRect(x - 1, HEAD + row * ROW - top + 2, wide + 2, ROW - 4);
  }
}

function nowLine(pen, { scale, height, now }, tones) {
  const x = Math.round(scale.x(now)) + 0.5;
  if (x < 0 || x > scale.width) return;
  pen.strokeStyle = tones.accent;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(x, HEAD - 6);
  pen.lineTo(x, height);
  pen.stroke();
}

function rows(pen, chart, tones) {
  const { lanes, scale, top, first, last, chosen } = chart;
  const bars = new Bars();
  for (let row = first; row < last; row += 1) {
    const lane = lanes[row];
    const y = HEAD + row * ROW - top;
    if (lane.vehicle === chosen) {
      pen.fillStyle = tones.raised;
      pen.fillRect(0, y, scale.width, ROW);
    }
    pen.strokeStyle = tones.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(0, y + ROW - 0.5);
    pen.lineTo(scale.width, y + ROW - 0.5);
    pen.stroke();
    planned(bars, lane, legAt(lane, scale.from), Math.min(lane.kinds.length, legAt(lane, scale.to) + 1), scale, y);
    done(bars, lane, scale, y);
  }
  bars.draw(pen, tones);
  for (let row = first; row < last; row += 1) drift(pen, lanes[row], scale, HEAD + row * ROW - top, tones);
}

/** Draw a chart: `lanes` from row `first` to `last`, `top` px scrolled, names on the side where one begins to read. */
export function draw(pen, chart, tones) {
  const left = chart.rtl ? 0 : chart.labels;
  pen.clearRect(0, 0, chart.width, chart.height);
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, chart.scale.width, chart.height);
  pen.clip();
  axis(pen, chart, left, tones);
  pen.beginPath();
  pen.rect(left, HEAD, chart.scale.width, chart.height - HEAD);
  pen.clip();
  if (chart.rtl) pen.transform(-1, 0, 0, 1, chart.scale.width, 0); // time runs as one reads
  else pen.translate(left, 0);
  rows(pen, chart, tones);
  marked(pen, chart, tones);
  nowLine(pen, chart, tones);
  pen.restore();
  names(pen, chart, tones);
}
