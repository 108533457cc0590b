// Trucks that glide from fix to fix, on a canvas of their own: smooth on a machine without a graphics card too.
import { still } from "../boot.js";
import { t } from "../texts.js";
import { color, onTheme } from "../theme.js";
import { drawBadge, drawTruck, glyphOf, wakeStep } from "./icons.js";
import { mercatorX, mercatorY, screenOf } from "./projection.js";
import { Overlay } from "./overlay.js";
import { LabelPlacer, LINE_PX, stacked } from "./truck-labels.js";

const FRAME_MS = 33;
const GLIDE_MS = [300, 4000];
const NAMES_FROM_ZOOM = 13;
const BADGES_FROM_ZOOM = 12; // farther away a badge is as large as its truck
const REACH_PX = 16;
const FADED_ALPHA = 0.45;
const SMALL = 0.8; // of the usual size
const BADGE_AT_PX = 11; // from the middle of a truck, to both sides
const HALF_PX = 16; // of a truck, for what makes room for it
const MARGIN_PX = 64; // a truck so far out of sight shows neither wake nor name
const [LEFT_PX, TOP_PX, WIDE_PX, HIGH_PX] = [-16, -22, 32, 40]; // a picture of a truck at its full size, about its middle
const WITH_WAKE_PX = 59;
const SHARP = 2; // so many times finer than the canvas: it is turned

const shortest = (from, to) => ((to - from + 540) % 360) - 180;

const between = (from, to, share) => ({
  lon: from.lon + (to.lon - from.lon) * share,
  lat: from.lat + (to.lat - from.lat) * share,
  heading: from.heading + shortest(from.heading, to.heading) * share,
});

const placed = (vehicle) => vehicle.lon !== null && vehicle.lon !== undefined;

/** How big a truck is drawn at a zoom. */
const size = (zoom) => Math.min(1.15, Math.max(0.4, 0.55 + (zoom - 11) * 0.13));

/** The colors of the theme that is shown: asking for them at every frame would cost more than the drawing. */
const tonesNow = () => ({
  halo: color("halo"),
  body: color("truck"),
  work: color("state-progress"),
  danger: color("danger"),
  text: color("text"),
  ring: color("accent"),
});

export class TruckOverlay extends Overlay {
  constructor(map) {
    super(map, "trucks");
    this.vehicles = [];
    this.glides = new Map();
    this.chosen = null;
    this.alerted = new Set();
    this.labels = new LabelPlacer();
    this.widths = new Map();
    this.taken = []; // boxes of the screen where trucks and their names stand
    this.running = false;
    this.drawnAt = 0;
    this.tones = tonesNow();
    this.pictures = { fine: 0, known: new Map() };
    onTheme(() => {
      this.tones = tonesNow();
      this.pictures.known.clear();
      this.draw(performance.now());
    });
  }

  /** Where a truck is at a moment of `performance.now()`, or null before its first fix. */
  place(id, moment) {
    const glide = this.glides.get(id);
    if (!glide) return null;
    const share = still ? 1 : Math.min(1, Math.max(0, (moment - glide.startedAt) / glide.lasts));
    return between(glide.from, glide.to, share);
  }

  /** Take in vehicles; those with a new fix start to glide there. */
  update(vehicles) {
    const moment = performance.now();
    this.vehicles = vehicles.filter(placed);
    for (const vehicle of this.vehicles) this.steer(vehicle, moment);
    this.run();
  }

  steer(vehicle, moment) {
    const before = this.glides.get(vehicle.id);
    if (before && before.to.lon === vehicle.lon && before.to.lat === vehicle.lat) return;
    const to = {
      lon: vehicle.lon,
      lat: vehicle.lat,
      heading: vehicle.heading_deg ?? before?.to.heading ?? 0,
    };
    const waited = before ? moment - before.startedAt : 0;
    this.glides.set(vehicle.id, {
      from: this.place(vehicle.id, moment) ?? to,
      to,
      startedAt: moment,
      lasts: Math.min(GLIDE_MS[1], Math.max(GLIDE_MS[0], waited)),
    });
  }

  /** Let trucks with alerts have their names before others. */
  mark(alerted) {
    this.alerted = alerted;
    this.run();
  }

  /** Put a ring around a truck; null around none. */
  ring(id) {
    this.chosen = id;
    this.draw(performance.now());
  }

  /** The truck under a point of the screen, or null. */
  at({ x, y }) {
    const moment = performance.now();
    const far = this.vehicles.map((vehicle) => {
      const { lon, lat } = this.place(vehicle.id, moment);
      const point = this.map.project([lon, lat]);
      return { vehicle, away: Math.hypot(point.x - x, point.y - y) };
    });
    const [nearest] = far.sort((one, other) => one.away - other.away);
    return nearest && nearest.away <= REACH_PX ? nearest.vehicle : null;
  }

  run() {
    if (this.running) return;
    this.running = true;
    requestAnimationFrame((moment) => this.frame(moment));
  }

  frame(moment) {
    const gliding = [...this.glides.values()].some((glide) => moment < glide.startedAt + glide.lasts);
    if (moment - this.drawnAt >= FRAME_MS || !gliding) this.draw(moment);
    this.running = gliding && !still;
    if (this.running) requestAnimationFrame((next) => this.frame(next));
  }

  /** What a kind of overlay has to draw under the trucks. */
  under() {}

  draw(moment) {
    const pen = this.pen();
    this.under(pen);
    const zoom = this.map.getZoom();
    const fine = size(zoom) * this.ratio;
    const { alone, stacks } = stacked(this.inSight(moment), new Set([this.chosen, ...this.alerted]));
    const drawn = [...alone, ...stacks.map(([first]) => first)];
    this.taken = drawn.map(({ x, y }) => ({ left: x - HALF_PX, top: y - HALF_PX, wide: 2 * HALF_PX, high: 2 * HALF_PX }));
    for (const truck of drawn) this.drawGlyph(pen, truck, fine, moment);
    pen.globalAlpha = 1;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (zoom >= BADGES_FROM_ZOOM) this.drawBadges(pen, drawn);
    const shown = zoom < NAMES_FROM_ZOOM ? alone.filter(({ id }) => id === this.chosen) : alone;
    this.drawNames(pen, shown, stacks, drawn);
    this.drawnAt = moment;
  }

  drawGlyph(pen, { id, state, x, y, heading }, fine, moment) {
    if (id === this.chosen) this.drawRing(pen, x, y);
    const glyph = glyphOf(state);
    const scale = glyph.small ? fine * SMALL : fine;
    const turn = (heading * Math.PI) / 180;
    const [along, across] = [scale * Math.cos(turn), scale * Math.sin(turn)];
    const { picture, high } = this.picture(state, fine, moment);
    pen.setTransform(along, across, -across, along, x * this.ratio, y * this.ratio);
    pen.globalAlpha = glyph.faded ? FADED_ALPHA : 1;
    pen.drawImage(picture, LEFT_PX, TOP_PX, WIDE_PX, high);
  }

  drawBadges(pen, trucks) {
    for (const { state, x, y } of trucks) {
      const glyph = glyphOf(state);
      if (glyph.badge) drawBadge(pen, glyph, this.tones, x + BADGE_AT_PX, y - BADGE_AT_PX);
    }
  }

  /** The trucks in sight, each with its place on the canvas. */
  inSight(moment) {
    const screen = screenOf(this.map);
    const [wide, high] = [this.canvas.width / this.ratio, this.canvas.height / this.ratio];
    return this.vehicles
      .map(({ id, name, state }) => {
        const { lon, lat, heading } = this.place(id, moment);
        const x = mercatorX(lon) * screen.scaleX + screen.left;
        const y = mercatorY(lat) * screen.scaleY + screen.top;
        return { id, name, state, heading, x, y };
      })
      .filter(({ x, y }) => x >= -MARGIN_PX && y >= -MARGIN_PX && x <= wide + MARGIN_PX && y <= high + MARGIN_PX);
  }

  /** The picture of a truck in a state: to draw its outlines and its wake for each of a fleet would take half a frame. */
  picture(state, fine, moment) {
    if (this.pictures.fine !== fine) this.pictures = { fine, known: new Map() };
    const { known } = this.pictures;
    const step = glyphOf(state).plows && !still ? wakeStep(moment) : 0;
    const key = `${state} ${step}`;
    if (!known.has(key)) known.set(key, this.drawPicture(state, step));
    return known.get(key);
  }

  drawPicture(state, step) {
    const high = glyphOf(state).plows ? WITH_WAKE_PX : HIGH_PX;
    const scale = SHARP * this.pictures.fine;
    const canvas = new OffscreenCanvas(Math.ceil(WIDE_PX * scale), Math.ceil(high * scale));
    const pen = canvas.getContext("2d");
    pen.scale(canvas.width / WIDE_PX, canvas.height / high);
    pen.translate(-LEFT_PX, -TOP_PX);
    drawTruck(pen, state, this.tones, step);
    return { picture: canvas.transferToImageBitmap(), high };
  }

  drawRing(pen, x, y) {
    pen.setTransform(this.ratio, 0, 0, this.ratio, x * this.ratio, y * this.ratio);
    pen.globalAlpha = 1;
    pen.strokeStyle = this.tones.ring;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(0, 0, 22, 0, 2 * Math.PI);
    pen.stroke();
  }

  /** How early a truck's name is placed: the chosen one's, then those with alerts, then those at work. */
  rank({ id, state }) {
    if (id === this.chosen) return 0;
    if (this.alerted.has(id)) return 1;
    return state === "working" ? 3 : 4;
  }

  /** The words of a stack, and where it is. */
  named(trucks) {
    const inYard = trucks.every(({ state }) => state === "in_yard");
    const count = trucks.length;
    const words = inYard ? t("in_yard:{count}", { count }) : t("trucks_here:{count}", { count });
    const [{ id, x, y }] = trucks;
    return { id, words, x, y, rank: 2 };
  }

  drawNames(pen, alone, stacks, drawn) {
    pen.font = "600 13px Vazirmatn";
    pen.direction = document.dir; // the map's own is from left to right
    pen.textAlign = "left";
    pen.textBaseline = "top";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = this.tones.halo;
    pen.fillStyle = this.tones.text;
    const names = alone.map((truck) => ({ id: truck.id, words: truck.name, x: truck.x, y: truck.y, rank: this.rank(truck) }));
    const sorted = [...names, ...stacks.map((trucks) => this.named(trucks))].sort((one, other) => one.rank - other.rank);
    const measured = sorted.map((name) => ({ ...name, wide: this.width(pen, name.words) }));
    for (const { words, left, top, wide } of this.labels.place(measured, drawn)) {
      this.taken.push({ left, top, wide, high: LINE_PX });
      pen.strokeText(words, left, top);
      pen.fillText(words, left, top);
    }
  }

  width(pen, words) {
    if (!this.widths.has(words)) this.widths.set(words, pen.measureText(words).width);
    return this.widths.get(words);
  }
}
