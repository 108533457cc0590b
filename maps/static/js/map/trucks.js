// Trucks that glide from fix to fix; between fixes the map does nothing.
import { still } from "../core/boot.js";

const FRAME_MS = 66;
const GLIDE_MS = [300, 4000];

const shortest = (from, to) => ((to - from + 540) % 360) - 180;

const between = (from, to, share) => ({
  lon: from.lon + (to.lon - from.lon) * share,
  lat: from.lat + (to.lat - from.lat) * share,
  heading: from.heading + shortest(from.heading, to.heading) * share,
});

export class TruckLayer {
  constructor(map) {
    this.map = map;
    this.glides = new Map();
    this.running = false;
    this.drawnAt = 0;
    this.frameMs = FRAME_MS;
  }

  /** Where a truck is drawn at a moment of `performance.now()`. */
  place(id, moment) {
    const glide = this.glides.get(id);
    if (!glide) return null;
    const share = Math.min(1, (moment - glide.startedAt) / glide.lasts);
    return between(glide.from, glide.to, share);
  }

  /** Take in vehicles; those with a new fix start to glide there. */
  update(vehicles) {
    const moment = performance.now();
    this.vehicles = vehicles.filter((vehicle) => vehicle.lon !== null && vehicle.lon !== undefined);
    for (const vehicle of this.vehicles) this.steer(vehicle, moment);
    this.run();
  }

  steer(vehicle, moment) {
    const before = this.glides.get(vehicle.id);
    if (before && before.fixedAt === vehicle.fixed_at && before.to.lon === vehicle.lon && before.to.lat === vehicle.lat) return;
    const to = { lon: vehicle.lon, lat: vehicle.lat, heading: vehicle.heading_deg ?? before?.to.heading ?? 0 };
    const waited = before ? moment - before.startedAt : 0;
    this.glides.set(vehicle.id, {
      from: before && !still ? this.place(vehicle.id, moment) : to,
      to,
      startedAt: moment,
      lasts: Math.min(GLIDE_MS[1], Math.max(GLIDE_MS[0], waited)),
      fixedAt: vehicle.fixed_at,
    });
  }

  run() {
    if (this.running) return;
    this.running = true;
    requestAnimationFrame((moment) => this.frame(moment));
  }

  frame(moment) {
    const gliding = [...this.glides.values()].some((glide) => moment < glide.startedAt + glide.lasts);
    if (moment - this.drawnAt >= this.frameMs || !gliding) this.draw(moment);
    this.running = gliding && !still;
    if (this.running) requestAnimationFrame((next) => this.frame(next));
  }

  draw(moment) {
    const began = performance.now();
    this.map.getSource("trucks").setData({
      type: "FeatureCollection",
      features: this.vehicles.map((vehicle) => {
        const { lon, lat, heading } = this.place(vehicle.id, still ? Infinity : moment);
        return {
          type: "Feature",
          geometry: { type: "Point", coordinates: [lon, lat] },
          properties: { id: vehicle.id, name: vehicle.name, state: vehicle.state, heading },
        };
      }),
    });
    this.onDraw?.(moment);
    this.map.once("render", () => {
      this.frameMs = Math.max(FRAME_MS, 3 * (performance.now() - began)); // a slow machine gets fewer frames, not a hot fan
    });
    this.drawnAt = moment;
  }
}
