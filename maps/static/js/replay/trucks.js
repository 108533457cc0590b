// Trucks at a moment of the past, each with the way it came, drawn on a sheet above the map.
import { TruckSheet } from "../map/trucks.js";
import { drawWay, placeOn, pointAt, screenOf } from "./tracks.js";

const STATES = ["silent", "stopped", "driving", "working"];
const TRAIL_DS = 6000; // ten minutes
const TRAIL_PX = 2;
const FADES = [0.1, 0.25, 0.45, 0.65, 0.8]; // of five parts of a trail, the oldest first

export class PastTrucks extends TruckSheet {
  constructor(map) {
    super(map);
    this.places = new Map();
    this.trails = [];
    this.now = 0;
  }

  place(id) {
    return this.places.get(id) ?? null;
  }

  /** Show the trucks of an hour at a moment in seconds; `before` is the hour before it, for trails. */
  show(vehicles, hour, before, at, trails) {
    const now = at * 10;
    this.places = new Map();
    this.vehicles = [];
    for (const track of hour?.tracks ?? []) {
      const place = placeOn(track, now);
      if (!place) continue;
      this.places.set(track.number, place);
      this.vehicles.push({ id: track.number, name: vehicles[track.number]?.name ?? "", state: STATES[place.motion] });
    }
    this.trails = trails ? [...(before?.tracks ?? []), ...(hour?.tracks ?? [])] : [];
    this.now = now;
    this.draw(performance.now());
  }

  draw(moment) {
    super.draw(moment);
    if (!this.trails?.length) return;
    const pen = this.sheet.getContext("2d");
    const screen = screenOf(this.map);
    pen.save();
    pen.globalCompositeOperation = "destination-over"; // under the trucks that are drawn already
    pen.lineJoin = "round";
    pen.lineWidth = TRAIL_PX;
    pen.strokeStyle = this.tones.body; // no color of a street: it must not be taken for one
    FADES.forEach((alpha, part) => this.drawPart(pen, screen, alpha, part));
    pen.restore();
  }

  /** One stroke for a part of all trails: a stroke for each of their points would be thousands. */
  drawPart(pen, screen, alpha, part) {
    const since = this.now - TRAIL_DS * (1 - part / FADES.length);
    const until = since + TRAIL_DS / FADES.length;
    pen.globalAlpha = alpha;
    pen.beginPath();
    for (const track of this.trails) {
      const last = pointAt(track, until);
      if (last >= 0) drawWay(pen, track, Math.max(0, pointAt(track, since)), last, until, screen);
    }
    pen.stroke();
  }
}
