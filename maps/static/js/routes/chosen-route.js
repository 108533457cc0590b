// The chosen truck's route with what became of each leg, on a canvas above the map: to draw the streets below anew for it
// takes longer than anybody waits.
import { color, onTheme } from "../pages/theme.js";
import { linesOf, screenOf, trace } from "../pages/map/projection.js";
import { Overlay } from "../pages/map/overlay.js";

const ARROWS_FROM_ZOOM = 13;
const ARROWS_PX = 90;
const ARROW_PX = 5;
const TICKS = [2, 5]; // across a skipped leg, so that it is no overdue street
const TICK_PX = 11;
const MARGIN_PX = 20;
const FADED = new Set(["done", "by_other"]);
const TONES = {
  skipped: "danger",
  unproved: "state-due",
  by_other: "muted",
  passed: "muted",
  done: "accent",
  out_of_order: "accent",
  told: "accent",
};
const LAST = "skipped"; // drawn over all others

const tonesNow = () =>
  Object.fromEntries([...new Set([...Object.values(TONES), "text", "halo"])].map((name) => [name, color(name)]));

/** How wide a leg is drawn: what is skipped the widest, work that is to do wider than what is done or only driven. */
function width({ state, kind }) {
  if (state === "skipped") return 4;
  return kind === "work" && !FADED.has(state) ? 3 : 1.5;
}

function grouped(features) {
  const groups = new Map();
  for (const { geometry, properties } of features) {
    if (geometry?.type !== "LineString") continue; // who reloads or rests stands still
    const px = width(properties);
    const key = `${properties.state} ${px}`;
    const group = groups.get(key) ?? { state: properties.state, px, lines: [] };
    group.lines.push(...linesOf(geometry));
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => (one.state === LAST) - (other.state === LAST) || one.px - other.px);
}

export class RouteOverlay extends Overlay {
  constructor(map) {
    super(map, "route");
    this.groups = [];
    this.tones = tonesNow();
    onTheme(() => {
      this.tones = tonesNow();
      this.draw();
    });
  }

  /** Show legs, none for `null`. */
  show(collection) {
    if (!collection && this.groups.length === 0) return;
    this.groups = grouped(collection?.features ?? []);
    this.draw();
  }

  draw() {
    const pen = this.pen();
    if (this.groups.length === 0) return;
    const screen = screenOf(this.map);
    pen.lineJoin = "round";
    pen.beginPath();
    for (const { lines } of this.groups) trace(pen, lines, screen);
    this.stroke(pen, "halo", 6);
    for (const { state, px, lines } of this.groups) {
      pen.beginPath();
      trace(pen, lines, screen);
      this.stroke(pen, TONES[state] ?? "text", px);
      if (state === LAST) this.drawTicks(pen);
    }
    if (this.map.getZoom() >= ARROWS_FROM_ZOOM) this.drawArrows(pen, screen);
  }

  stroke(pen, tone, px) {
    pen.strokeStyle = this.tones[tone];
    pen.lineWidth = px;
    pen.stroke();
  }

  drawTicks(pen) {
    pen.setLineDash(TICKS);
    this.stroke(pen, TONES[LAST], TICK_PX);
    pen.setLineDash([]);
  }

  drawArrows(pen, screen) {
    const { clientWidth: right, clientHeight: bottom } = this.map.getCanvas();
    const inSight = (x, y) => x > -MARGIN_PX && y > -MARGIN_PX && x < right + MARGIN_PX && y < bottom + MARGIN_PX;
    pen.beginPath();
    for (const { lines } of this.groups)
      for (const line of lines)
        for (const [x, y, angle] of spots(line, screen)) if (inSight(x, y)) arrow(pen, x, y, angle);
    pen.lineCap = "round";
    this.stroke(pen, "halo", 5);
    this.stroke(pen, "text", 2.5);
    pen.lineCap = "butt";
  }
}

/** Where arrows are due along a line, the first half a step from its start, as x, y and the way it goes there. */
function* spots(line, { scaleX, scaleY, left, top }) {
  let ahead = ARROWS_PX / 2;
  for (let at = 0; at + 3 < line.length; at += 2) {
    const [x, y] = [line[at] * scaleX + left, line[at + 1] * scaleY + top];
    const [dx, dy] = [line[at + 2] * scaleX + left - x, line[at + 3] * scaleY + top - y];
    const length = Math.hypot(dx, dy);
    for (; ahead <= length; ahead += ARROWS_PX) yield [x + (dx * ahead) / length, y + (dy * ahead) / length, Math.atan2(dy, dx)];
    ahead -= length;
  }
}

function arrow(pen, x, y, angle) {
  const wing = (turn) => [x - ARROW_PX * Math.cos(angle + turn) * 1.4, y - ARROW_PX * Math.sin(angle + turn) * 1.4];
  pen.moveTo(...wing(0.7));
  pen.lineTo(x, y);
  pen.lineTo(...wing(-0.7));
}
