// Trucks that glide from fix to fix, on a sheet of their own: smooth on a machine without a graphics card too.
import { still } from "../core/boot.js";
import { color, onTheme } from "../core/theme.js";
import { drawBody, drawWake } from "./glyphs.js";
import { Sheet } from "./sheet.js";

const FRAME_MS = 33;
const GLIDE_MS = [300, 4000];
const NAMES_FROM_ZOOM = 13;
const REACH_PX = 16;
const SILENT_ALPHA = 0.45;
const BODY_PX = 48; // a picture of a truck, at its full size
const SHARP = 2; // so many times finer than the sheet: it is turned

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
  text: color("text"),
  ring: color("accent"),
});

export class TruckSheet extends Sheet {
  constructor(map) {
    super(map, "trucks");
    this.vehicles = [];
    this.glides = new Map();
    this.chosen = null;
    this.running = false;
    this.drawnAt = 0;
    this.tones = tonesNow();
    this.bodies = { scale: 0, pictures: new Map() };
    onTheme(() => {
      this.tones = tonesNow();
      this.bodies.pictures.clear();
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

  draw(moment) {
    const pen = this.pen();
    const zoom = this.map.getZoom();
    const [scale, half] = [size(zoom), BODY_PX / 2];
    const { tones } = this;
    for (const vehicle of this.vehicles) {
      const { lon, lat, heading } = this.place(vehicle.id, moment);
      const { x, y } = this.map.project([lon, lat]);
      pen.save();
      pen.translate(x, y);
      if (vehicle.id === this.chosen) this.drawRing(pen, tones.ring);
      if (zoom >= NAMES_FROM_ZOOM || vehicle.id === this.chosen) this.drawName(pen, vehicle.name, tones);
      pen.globalAlpha = vehicle.state === "silent" ? SILENT_ALPHA : 1;
      pen.scale(scale, scale);
      pen.rotate((heading * Math.PI) / 180);
      if (vehicle.state === "working") drawWake(pen, tones, still ? 0 : moment);
      pen.drawImage(this.body(vehicle.state, scale), -half, -half, BODY_PX, BODY_PX);
      pen.restore();
    }
    this.drawnAt = moment;
  }

  /** The picture of a truck in a state: to draw its outlines for each of a fleet would take half a frame. */
  body(state, scale) {
    const fine = (SHARP * scale * this.sheet.width) / this.map.getCanvas().clientWidth;
    if (this.bodies.scale !== fine) this.bodies = { scale: fine, pictures: new Map() };
    const { pictures } = this.bodies;
    if (!pictures.has(state)) {
      const picture = document.createElement("canvas");
      picture.width = picture.height = Math.ceil(BODY_PX * fine);
      const pen = picture.getContext("2d");
      pen.scale(picture.width / BODY_PX, picture.width / BODY_PX);
      pen.translate(BODY_PX / 2, BODY_PX / 2);
      drawBody(pen, state, this.tones);
      pictures.set(state, picture);
    }
    return pictures.get(state);
  }

  drawRing(pen, tone) {
    pen.strokeStyle = tone;
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(0, 0, 22, 0, 2 * Math.PI);
    pen.stroke();
  }

  drawName(pen, name, tones) {
    pen.font = "600 13px Vazirmatn";
    pen.textAlign = "center";
    pen.textBaseline = "top";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = tones.halo;
    pen.fillStyle = tones.text;
    pen.strokeText(name, 0, 20);
    pen.fillText(name, 0, 20);
  }
}
