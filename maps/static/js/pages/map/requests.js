// Requests and blockages on the map: rings that fill with age. Requests lie behind the streets, and near ones are one
// ring with their number.
import { boot } from "../boot.js";
import { color } from "../theme.js";

/** What makes a source of requests put near ones together until a zoom at which every house can be seen. */
export const CLUSTERS = {
  cluster: true,
  clusterRadius: 40,
  clusterMaxZoom: 14,
  clusterProperties: { age: ["max", ["get", "age"]], late: ["+", ["case", ["get", "danger"], 1, 0]] },
};

const AGE = ["sqrt", ["get", "age"]];
const WORN = ["any", ["boolean", ["get", "danger"], false], [">", ["number", ["get", "late"], 0], 0]];
const requestColor = () => ["case", WORN, color("danger"), color("text")];

const ringRadius = (share, many = false) => {
  const single = (px) => ["case", ["has", "point_count"], ["*", ["min", 2, ["+", 1, ["log10", ["get", "point_count"]]]], 7], px];
  return [
    "interpolate",
    ["linear"],
    ["zoom"],
    10,
    ["*", single(many ? 1.5 : 4.5), share],
    13,
    ["*", single(many ? 4 : 7), share],
    16,
    ["*", single(10), share],
  ];
};

/** Paint properties of rings, smaller where many would hide the streets of a city, as [layer, property, value]. */
export function ringPaints(many) {
  const stroke = ["interpolate", ["linear"], ["zoom"], 11, many ? 0.7 : 2, 15, 2];
  return [
    ["request-rings", "circle-radius", ringRadius(1, many)],
    ["request-rings", "circle-stroke-width", stroke],
    ["request-ages", "circle-radius", ringRadius(AGE, many)],
  ];
}

const ring = (id, source) => ({
  id,
  type: "circle",
  source,
  paint: {
    "circle-radius": ringRadius(1),
    "circle-color": color("halo"),
    "circle-stroke-width": 2,
    "circle-stroke-color": requestColor(),
  },
});

/** Rings of requests, to be drawn under the streets. */
export const requestRings = () => [
  ring("request-rings", "requests"),
  {
    id: "request-ages",
    type: "circle",
    source: "requests",
    filter: ["!", ["has", "point_count"]],
    paint: { "circle-radius": ringRadius(AGE), "circle-color": requestColor() },
  },
];

/** Blockages, and the numbers of requests that are one ring: above the streets. */
export const aboveStreets = () => [
  {
    ...ring("blockage-rings", "blockages"),
    paint: { "circle-radius": ringRadius(1), "circle-color": color("danger"), "circle-stroke-width": 2, "circle-stroke-color": color("halo") },
  },
  {
    id: "request-counts",
    type: "symbol",
    source: "requests",
    filter: ["has", "point_count"],
    layout: {
      "text-field": ["number-format", ["get", "point_count"], { locale: boot.language }],
      "text-font": ["Vazirmatn"],
      "text-size": 13,
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": requestColor(), "text-halo-color": color("halo"), "text-halo-width": 2 },
  },
];

/** What the theme changes, as [layer, property, value]. */
export const requestPaints = () => [
  ["request-rings", "circle-stroke-color", requestColor()],
  ["request-rings", "circle-color", color("halo")],
  ["request-ages", "circle-color", requestColor()],
  ["blockage-rings", "circle-color", color("danger")],
  ["blockage-rings", "circle-stroke-color", color("halo")],
  ["request-counts", "text-color", requestColor()],
  ["request-counts", "text-halo-color", color("halo")],
];
