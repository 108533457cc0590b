// Trucks at a moment of the past, each with the way it came, drawn on a sheet above the map.
import { color } from "../core/theme.js";
import { TruckSheet } from "../map/trucks.js";

const MOTIONS = ["silent", "stopped", "driving", "working"];
const MICRO = 1e6;
const TRAIL_DS = 6000; // ten minutes
const TRAIL_PX = 2;

/** The last point of a track at or before a moment (tenths of a second), or -1. */
function pointAt(track, at) {
  let low = 0;
  let high = track.at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track.at[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const heading = (track, i) => {
  const lat = (track.lat[i] / MICRO) * (Math.PI / 180);
  const east = (track.lon[i + 1] - track.lon[i]) * Math.cos(lat);
  return (Math.atan2(east, track.lat[i + 1] - track.lat[i]) * 180) / Math.PI;
};

/** Where a track is at a moment, or null where nobody knows. */
function placeOn(track, at) {
  const i = pointAt(track, at);
  if (i < 0 || track.motion[i] === 0 || i + 1 >= track.at.length) return null;
  const share = (at - track.at[i]) / Math.max(1, track.at[i + 1] - track.at[i]);
  let moving = i;
  while (moving > 0 && track.motion[moving] === 1) moving -= 1; // who stands looks where he drove
  return {
    lon: (track.lon[i] + (track.lon[i + 1] - track.lon[i]) * share) / MICRO,
    lat: (track.lat[i] + (track.lat[i + 1] - track.lat[i]) * share) / MICRO,
    heading: heading(track, moving),
    state: MOTIONS[track.motion[i]],
  };
}

export class PastTrucks extends TruckSheet {
  constructor(map) {
    super(map);
    this.places = new Map();
    this.trails = [];
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
      this.vehicles.push({ id: track.number, name: vehicles[track.number]?.name ?? "", state: place.state });
    }
    this.trails = trails ? [...(before?.tracks ?? []), ...(hour?.tracks ?? [])] : [];
    this.now = now;
    this.draw(performance.now());
  }

  draw(moment) {
    super.draw(moment);
    if (!this.trails?.length) return;
    const pen = this.sheet.getContext("2d");
    pen.save();
    pen.globalCompositeOperation = "destination-over"; // under the trucks that are drawn already
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = TRAIL_PX;
    for (const track of this.trails) this.drawTrail(pen, track);
    pen.restore();
  }

  drawTrail(pen, track) {
    const tone = color("truck"); // no color of a street: it must not be taken for one
    const last = pointAt(track, this.now);
    const place = placeOn(track, this.now);
    for (let i = Math.max(0, pointAt(track, this.now - TRAIL_DS)); i <= last && i + 1 < track.at.length; i += 1) {
      if (track.motion[i] < 2) continue;
      const age = (this.now - track.at[i]) / TRAIL_DS;
      pen.globalAlpha = Math.max(0.1, 0.8 * (1 - age));
      pen.strokeStyle = tone;
      const from = this.map.project([track.lon[i] / MICRO, track.lat[i] / MICRO]);
      const end = i === last && place ? [place.lon, place.lat] : [track.lon[i + 1] / MICRO, track.lat[i + 1] / MICRO];
      const to = this.map.project(end);
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(to.x, to.y);
      pen.stroke();
    }
  }
}
