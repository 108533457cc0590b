// Names of trucks at their sections of the plan, on a canvas below the trucks.
import { color, onTheme } from "../../pages/theme.js";
import { Overlay } from "../../pages/map/overlay.js";
import { mercatorX, mercatorY, screenOf } from "../../pages/map/projection.js";
import { toneOf } from "./routes.js";

const HIGH_PX = 20;
const PAD_PX = 6;
const GAP_PX = 4; // between two names
const AGAIN_PX = 200; // from one name of a truck to its next
const TRUCKS_EVERY_MS = 3000; // names make room for trucks that drive by

const meet = (one, other) =>
  one.left < other.left + other.wide + GAP_PX &&
  other.left < one.left + one.wide + GAP_PX &&
  one.top < other.top + other.high + GAP_PX &&
  other.top < one.top + one.high + GAP_PX;

const near = (one, other) => Math.hypot(one.left - other.left, one.top - other.top) < AGAIN_PX;

/**
 * Place the names of trucks `{name, wide, spots}`, with spots as [x, y] on the screen, the best first: each truck's first
 * where there is room, then more of each far enough from its others. No two meet, nor any with boxes that are `taken`.
 */
export function placeNames(trucks, taken = []) {
  const placed = [];
  const free = (box) => ![...taken, ...placed].some((other) => meet(box, other));
  const rounds = Math.max(0, ...trucks.map(({ spots }) => spots.length));
  for (let round = 0; round < rounds; round += 1)
    for (const truck of trucks) {
      const spot = truck.spots[round];
      if (!spot) continue;
      const box = { truck, left: spot[0] - truck.wide / 2, top: spot[1] - HIGH_PX / 2, wide: truck.wide, high: HIGH_PX };
      const again = placed.some((other) => other.truck === truck && near(box, other));
      if (!again && free(box)) placed.push(box);
    }
  return placed;
}

export class SectionNames extends Overlay {
  /** `taken` returns boxes of the screen where others stand: trucks and their names. */
  constructor(map, taken) {
    super(map, "section-names");
    this.taken = taken;
    this.trucks = [];
    this.placed = [];
    this.tones = new Map();
    map.on("moveend", () => this.draw()); // trucks are drawn after us while the map moves
    setInterval(() => this.trucks.length > 0 && this.draw(), TRUCKS_EVERY_MS);
    onTheme(() => {
      this.mix();
      this.draw();
    });
  }

  /** Ask for the colors once: at every move it would cost more than the drawing. */
  mix() {
    this.tones = new Map(["panel", "text", ...this.trucks.map(({ tone }) => tone)].map((name) => [name, color(name)]));
  }

  /** Show the names of the trucks of a plan's rows, or of the `chosen` one alone; none without rows. */
  show(lanes, chosen) {
    const shown = lanes.filter(({ vehicle }) => chosen === null || vehicle === chosen);
    this.trucks = shown.map((lane) => ({
      name: lane.name,
      tone: toneOf(lane),
      marks: lane.marks.map(([lon, lat]) => [mercatorX(lon), mercatorY(lat)]),
    }));
    this.mix();
    this.draw();
  }

  /** Trucks with those of their spots where the whole name is in sight. */
  inSight(pen) {
    const { scaleX, scaleY, left, top } = screenOf(this.map);
    const [right, bottom] = [this.canvas.width / this.ratio, this.canvas.height / this.ratio - HIGH_PX];
    return this.trucks.map((truck) => {
      const wide = (truck.wide ??= pen.measureText(truck.name).width + 2 * PAD_PX);
      const spots = truck.marks
        .map(([x, y]) => [x * scaleX + left, y * scaleY + top])
        .filter(([x, y]) => x > wide / 2 && y > HIGH_PX && x < right - wide / 2 && y < bottom);
      return { ...truck, wide, spots };
    });
  }

  draw() {
    const pen = this.pen();
    this.placed = [];
    if (this.trucks.length === 0) return;
    pen.font = "600 12px Vazirmatn";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 2;
    this.placed = placeNames(this.inSight(pen), this.taken());
    for (const { truck, left, top, wide } of this.placed) {
      pen.beginPath();
      pen.roundRect(left, top, wide, HIGH_PX, HIGH_PX / 2);
      pen.fillStyle = this.tones.get("panel");
      pen.fill();
      pen.strokeStyle = this.tones.get(truck.tone);
      pen.stroke();
      pen.fillStyle = this.tones.get("text");
      pen.fillText(truck.name, left + wide / 2, top + HIGH_PX / 2 + 1);
    }
  }
}
