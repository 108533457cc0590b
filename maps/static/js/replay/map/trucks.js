// Trucks at a moment of the past, drawn on a canvas above the trails of the way they came.
import { TruckOverlay } from "../../pages/map/trucks.js";
import { placeOn } from "./tracks.js";
import { TrailOverlay } from "./trails.js";

const STATES = ["silent", "stopped", "driving", "working"];

export class PastTrucks extends TruckOverlay {
  constructor(map) {
    const trails = new TrailOverlay(map);
    super(map);
    this.trails = trails;
    this.places = new Map();
    this.now = 0;
  }

  place(id) {
    return this.places.get(id) ?? null;
  }

  /** Show the trucks of an hour at a moment in seconds; `before` is the hour before it, for trails. */
  show(vehicles, hour, before, at, { trails, running }) {
    const now = at * 10;
    this.places = new Map();
    this.vehicles = [];
    for (const track of hour?.tracks ?? []) {
      const place = placeOn(track, now);
      if (!place) continue;
      this.places.set(track.number, place);
      this.vehicles.push({ id: track.number, name: vehicles[track.number]?.name ?? "", state: STATES[place.motion] });
    }
    this.trails.show(trails ? hour : null, before, now, { running });
    this.now = now;
    this.draw(performance.now());
  }

  under(pen) {
    this.trails.drawNewest(pen, this.now);
  }
}
