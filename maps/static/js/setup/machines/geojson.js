// The area of a yard as GeoJSON text: what somebody pastes from a drawing program, and back.
import { t } from "../../pages/texts.js";

const LEAST_CORNERS = 3;
const DIGITS = 7;

const rounded = (corner) => corner.map((degrees) => Number(degrees.toFixed(DIGITS)));

/** Corners as the text of a polygon; nothing for none. */
export const textOf = (corners) =>
  corners.length === 0
    ? ""
    : JSON.stringify({ type: "Polygon", coordinates: [[...corners, corners[0]].map(rounded)] });

function geometryOf(shape) {
  if (shape?.type === "FeatureCollection") return shape.features?.length === 1 ? geometryOf(shape.features[0]) : null;
  return shape?.type === "Feature" ? shape.geometry : shape;
}

const isPlace = (corner) =>
  Array.isArray(corner) && corner.length >= 2 && Math.abs(corner[0]) <= 180 && Math.abs(corner[1]) <= 90;

const open = (ring) => {
  const [first, last] = [ring[0], ring.at(-1)];
  return ring.length > 1 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
};

function parsed(text) {
  try {
    return geometryOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Read a text: `corners`, or in `fault` why it is no area. */
export function cornersIn(text) {
  const shape = parsed(text);
  if (shape?.type !== "Polygon") return { fault: t("Enter one GeoJSON polygon.") };
  if (shape.coordinates?.length !== 1) return { fault: t("Enter a polygon without holes.") };
  const [ring] = shape.coordinates;
  if (!Array.isArray(ring) || !ring.every(isPlace)) return { fault: t("Every corner is [longitude, latitude].") };
  const corners = open(ring).map(([lon, lat]) => [lon, lat]);
  return corners.length < LEAST_CORNERS ? { fault: t("A site area has at least three corners.") } : { corners };
}
