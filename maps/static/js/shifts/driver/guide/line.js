// The line of a whole route on a plane in metres, with where its runs and maneuvers stand on it. Knows no page.
import { DEGREE_M } from "../../../pages/map/distance.js";

const GAP_M = 2; // runs whose ends are farther apart do not meet

/** A plane about a place: from degrees to metres east and north, and back. */
export function planeAt([lon0, lat0]) {
  const east = DEGREE_M * Math.cos((lat0 * Math.PI) / 180);
  return {
    metres: ([lon, lat]) => [(lon - lon0) * east, (lat - lat0) * DEGREE_M],
    degrees: ([x, y]) => [lon0 + x / east, lat0 + y / DEGREE_M],
  };
}

/** The heading from a point to another in degrees, 0 to 360. */
export const bearing = ([ax, ay], [bx, by]) => ((Math.atan2(bx - ax, by - ay) * 180) / Math.PI + 360) % 360;

/** How far a heading turns to another: degrees, to the right above 0. */
export const turned = (from, to) => ((to - from + 540) % 360) - 180;

/** The nearest place of the piece between two points: which share of it lies before, and how far off it is. */
export function nearestOn([ax, ay], [bx, by], [x, y]) {
  const along = (x - ax) * (bx - ax) + (y - ay) * (by - ay);
  const share = Math.min(Math.max(along / ((bx - ax) ** 2 + (by - ay) ** 2 || 1), 0), 1);
  return { share, off: Math.hypot(x - ax - (bx - ax) * share, y - ay - (by - ay) * share) };
}

/** How far a route's points lie along it; a piece between two that do not meet has no length. */
function measured(points, isGap) {
  const at = [0];
  const heading = [];
  for (let i = 1; i < points.length; i += 1) {
    const x = points[i][0] - points[i - 1][0];
    const y = points[i][1] - points[i - 1][1];
    at.push(at[i - 1] + (isGap.has(i) ? 0 : Math.hypot(x, y)));
    heading.push(bearing(points[i - 1], points[i]));
  }
  return { at, heading };
}

/**
 * The line of stages in order. `at` are metres along it of each point, `runs` where each stage begins, where its work
 * begins and where it ends, `maneuvers` all that is told, in order, `yards` where it stops: no line leads through them.
 */
export function routeLine(stages) {
  const origin = stages.find((stage) => stage.line.length > 0)?.line[0] ?? [0, 0];
  const plane = planeAt(origin);
  const points = [];
  const isGap = new Set();
  const spans = stages.map((stage) => {
    const own = stage.line.map(plane.metres);
    const last = points.at(-1);
    if (own.length > 0 && last && Math.hypot(own[0][0] - last[0], own[0][1] - last[1]) > GAP_M) isGap.add(points.length);
    const first = own.length > 0 ? points.length : Math.max(points.length - 1, 0);
    points.push(...own);
    return { first, last: Math.max(points.length - 1, first) };
  });
  const { at, heading } = measured(points, isGap);
  const runs = stages.map(({ work_from: work = 0 }, i) => {
    const { first, last } = spans[i];
    return { from: at[first] ?? 0, work: at[Math.min(first + work, last)] ?? 0, to: at[last] ?? 0 };
  });
  const maneuvers = stages.flatMap((stage, i) =>
    (stage.maneuvers ?? []).map((one) => ({ ...one, run: i, metre: at[Math.min(spans[i].first + one.at, spans[i].last)] ?? 0 })),
  );
  const yards = stages.flatMap((stage, i) => {
    const [x, y] = points[spans[i].last] ?? [];
    const isYard = stage.line.length === 0 || (stage.place && i === stages.length - 1);
    return isYard && x !== undefined ? [{ metre: runs[i].to, x, y }] : [];
  });
  return { plane, points, isGap, at, heading, runs, maneuvers, yards, length: at.at(-1) ?? 0 };
}

/** The place on the line so many metres along it, with the heading there. */
export function placeAt(line, metre) {
  const { at, points, heading } = line;
  let i = at.findIndex((each) => each >= metre);
  if (i < 0) i = at.length - 1;
  i = Math.max(i, 1);
  const length = at[i] - at[i - 1];
  const share = length > 0 ? Math.min(Math.max((metre - at[i - 1]) / length, 0), 1) : 1;
  const [ax, ay] = points[i - 1];
  const [bx, by] = points[i];
  return { x: ax + (bx - ax) * share, y: ay + (by - ay) * share, heading: heading[i - 1] };
}
