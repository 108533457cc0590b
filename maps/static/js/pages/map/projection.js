// From places to pixels of a canvas above the map, without a call to the map for each point.

export const mercatorX = (lon) => (180 + lon) / 360;
export const mercatorY = (lat) => (180 - (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360))) / 360;

/** What makes pixels of Mercator's square as the map lies now; the map is never turned. */
export function screenOf(map) {
  const bounds = map.getBounds();
  const [sw, ne] = [bounds.getSouthWest(), bounds.getNorthEast()];
  const from = map.project(sw);
  const to = map.project(ne);
  const [x0, y0] = [mercatorX(sw.lng), mercatorY(sw.lat)];
  const scaleX = (to.x - from.x) / (mercatorX(ne.lng) - x0);
  const scaleY = (to.y - from.y) / (mercatorY(ne.lat) - y0);
  return { scaleX, scaleY, left: from.x - x0 * scaleX, top: from.y - y0 * scaleY };
}

/** The lines of a feature in Mercator's square, each as x, y, x, y and so on. */
export function linesOf({ type, coordinates }) {
  const lines = type === "MultiLineString" ? coordinates : [coordinates];
  return lines.map((line) => Float64Array.from(line.flatMap(([lon, lat]) => [mercatorX(lon), mercatorY(lat)])));
}

/** Add lines to a pen's way, or to a `Path2D`. */
export function trace(pen, lines, { scaleX, scaleY, left, top }) {
  for (const line of lines)
    for (let at = 0; at < line.length; at += 2) {
      const [x, y] = [line[at] * scaleX + left, line[at + 1] * scaleY + top];
      if (at) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    }
}
