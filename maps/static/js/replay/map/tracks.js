// Tracks of an hour as flat arrays: read from the wire, asked for a moment, put on the screen without a call a point.
import { mercatorX, mercatorY } from "../../pages/map/projection.js";

const MICRO = 1e6;
const STANDS = 1; // motions: 0 nobody knows, 1 stood, 2 drove, 3 worked
export const DRIVES = 2;
const SEEN_PX = 1.5; // between two points of a line on the screen

/** Whole numbers of which all but the first are steps from the one before. */
export function summed(steps) {
  let sum = 0;
  return Int32Array.from(steps, (step) => (sum += step));
}

/** The track of a vehicle as it came: `at` in tenths of a second, `x` and `y` in Mercator's square. */
export function trackOf({ number, at_ds: at, lon, lat, motion }) {
  const east = summed(lon);
  const north = summed(lat);
  return {
    number,
    at: summed(at),
    lon: east,
    lat: north,
    x: Float64Array.from(east, (one) => mercatorX(one / MICRO)),
    y: Float64Array.from(north, (one) => mercatorY(one / MICRO)),
    motion: Uint8Array.from(motion),
  };
}

/** The last point of a track at or before a moment (tenths of a second), or -1. */
export function pointAt(track, at) {
  let low = 0;
  let high = track.at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track.at[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The share of the way from a point to the next at a moment. */
const shareAt = (track, i, at) => (at - track.at[i]) / Math.max(1, track.at[i + 1] - track.at[i]);

function headingAt(track, i) {
  let moving = i;
  while (moving > 0 && track.motion[moving] === STANDS) moving -= 1; // who stands looks where he drove
  return (Math.atan2(track.x[moving + 1] - track.x[moving], track.y[moving] - track.y[moving + 1]) * 180) / Math.PI;
}

/** Where a track is at a moment, or null where nobody knows. */
export function placeOn(track, at) {
  const i = pointAt(track, at);
  if (i < 0 || track.motion[i] === 0 || i + 1 >= track.at.length) return null;
  const share = shareAt(track, i, at);
  return {
    lon: (track.lon[i] + (track.lon[i + 1] - track.lon[i]) * share) / MICRO,
    lat: (track.lat[i] + (track.lat[i + 1] - track.lat[i]) * share) / MICRO,
    heading: headingAt(track, i),
    motion: track.motion[i],
  };
}

/** Add to the pen's path where a track went, from point to point, up to a moment; steps too small to be seen are none. */
export function drawWay(pen, track, first, last, until, { scaleX, scaleY, left, top }) {
  let drawn = -1;
  let [penX, penY] = [0, 0];
  for (let i = first; i <= last; i += 1) {
    if (track.motion[i] < DRIVES || i + 1 >= track.at.length) continue;
    if (drawn !== i) {
      [penX, penY] = [track.x[i] * scaleX + left, track.y[i] * scaleY + top];
      pen.moveTo(penX, penY);
    }
    drawn = i + 1;
    const share = Math.min(1, shareAt(track, i, until));
    const x = (track.x[i] + (track.x[i + 1] - track.x[i]) * share) * scaleX + left;
    const y = (track.y[i] + (track.y[i + 1] - track.y[i]) * share) * scaleY + top;
    if (i < last && Math.abs(x - penX) + Math.abs(y - penY) < SEEN_PX) continue;
    pen.lineTo(x, y);
    [penX, penY] = [x, y];
  }
}
