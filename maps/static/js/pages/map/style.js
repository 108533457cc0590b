// The map's style: streets by class and state, routes, requests. Colors come from the server's style sheet.
import { boot } from "../boot.js";
import { color } from "../theme.js";
import { backdropPaints, labels, tiles, tilesOf, waters } from "./backdrop.js";
import { nameField } from "./labels.js";
import { aboveStreets, CLUSTERS, requestPaints, requestRings } from "./requests.js";

/**
 * What the numbers of streets' states look like: `entries` by number, each with the name of its color in the style sheet
 * (`tone`), a factor of the street's width, the `group` of the legend that shows and hides it, and perhaps `dashed` and an
 * `opacity`. A street that has no state yet looks like `unknown`.
 */
export const COVERAGE_PALETTE = {
  entries: boot.states.map((state) => ({ ...state, tone: `state-${state.name}` })),
  unknown: boot.states.findIndex((state) => state.name === "not_due"),
};
export const DIRECTIONS_FROM_ZOOM = 15;
const ROUND_FROM_ZOOM = 13; // before that, round ends cost triangles and show nothing
export const DASHES_FROM_ZOOM = 12; // on a line of one pixel nobody sees them

// Width in px of an ordinary street by zoom, and how much wider or narrower each class is.
const WIDTH_BY_ZOOM = [10, 0.7, 12, 1.5, 13, 2.2, 14, 3.4, 15, 5, 16, 8, 17, 12, 18, 18];
const WIDTH_BASE = 1.5;
const FACTORS = [
  [["motorway", "trunk"], 1.7],
  [["primary"], 1.5],
  [["secondary"], 1.3],
  [["tertiary"], 1.1],
  [["service", "alley", "living_street"], 0.55],
];
const PLAIN_FACTOR = 0.8;
const CLASS_FACTOR = ["match", ["get", "road_class"], ...FACTORS.flat(), PLAIN_FACTOR];

/** The width in px that the map gives a street of a class at a zoom, before its state. */
export function streetWidth(roadClass, zoom) {
  const factor = FACTORS.find(([classes]) => classes.includes(roadClass))?.[1] ?? PLAIN_FACTOR;
  let at = 0;
  while (at + 4 < WIDTH_BY_ZOOM.length && WIDTH_BY_ZOOM[at + 2] <= zoom) at += 2;
  const [from, thin, to, wide] = WIDTH_BY_ZOOM.slice(at, at + 4);
  const share = (WIDTH_BASE ** (zoom - from) - 1) / (WIDTH_BASE ** (to - from) - 1);
  return factor * (thin + (wide - thin) * Math.min(1, Math.max(0, share)));
}

const stateOf = (key, { unknown }) => ["coalesce", ["feature-state", key], unknown];

/** What `pick` says of the entry of a street's state; entries that it says the same of are one label. */
function byState(key, palette, pick, fallback) {
  const labels = new Map();
  palette.entries.forEach((entry, number) => {
    const picked = pick(entry);
    labels.set(picked, [...(labels.get(picked) ?? []), number]);
  });
  return ["match", stateOf(key, palette), ...[...labels].flatMap(([picked, numbers]) => [numbers, picked]), fallback];
}

function byZoom(value, scale = 1) {
  const stops = [];
  for (let at = 0; at < WIDTH_BY_ZOOM.length; at += 2)
    stops.push(WIDTH_BY_ZOOM[at], value(WIDTH_BY_ZOOM[at + 1] * scale));
  return ["interpolate", ["exponential", WIDTH_BASE], ["zoom"], ...stops];
}

const plainWidth = (extra) => byZoom((px) => ["+", ["*", px, CLASS_FACTOR], extra]);

const stateWidth = (key, palette, scale = 1) =>
  byZoom((px) => ["*", px, CLASS_FACTOR, byState(key, palette, (state) => state.width, 0.6)], scale);

const offset = (sign) =>
  byZoom((px) => [
    "case",
    ["boolean", ["feature-state", "two"], false],
    ["*", sign * px * 0.32, CLASS_FACTOR],
    0,
  ]);

const stateColor = (key, palette) => byState(key, palette, (state) => color(state.tone), color("casing"));

function opacity(key, palette, hidden, shown) {
  return [
    "case",
    ["==", ["feature-state", key], -1],
    0,
    byState(key, palette, (state) => (hidden.has(state.group) ? 0 : shown(state)), 0),
  ];
}

const full = (state) => state.opacity ?? 1;
const dashes = (state) => (state.dashed ? 1 : 0);

const ends = (cap) => ["step", ["zoom"], "butt", ROUND_FROM_ZOOM, cap];

const street = (id, paint, rest = {}) => ({
  id,
  type: "line",
  source: "streets",
  "source-layer": "streets",
  layout: { "line-cap": ends("round"), "line-join": ["step", ["zoom"], "bevel", ROUND_FROM_ZOOM, "round"] },
  paint,
  ...rest,
});

/** Layers that show coverage, with the key of the state that each reads. */
const COVERAGE_LAYERS = [
  { id: "streets", key: "s", dash: false, rest: { maxzoom: DIRECTIONS_FROM_ZOOM } },
  {
    id: "streets-dash",
    key: "s",
    dash: true,
    rest: { minzoom: DASHES_FROM_ZOOM, maxzoom: DIRECTIONS_FROM_ZOOM },
  },
  { id: "forward", key: "f", dash: false, side: 1, rest: { minzoom: DIRECTIONS_FROM_ZOOM } },
  { id: "backward", key: "b", dash: false, side: -1, rest: { minzoom: DIRECTIONS_FROM_ZOOM } },
  { id: "forward-dash", key: "f", dash: true, side: 1, rest: { minzoom: DIRECTIONS_FROM_ZOOM } },
  { id: "backward-dash", key: "b", dash: true, side: -1, rest: { minzoom: DIRECTIONS_FROM_ZOOM } },
];

function coveragePaint({ key, dash, side }, hidden, palette) {
  const scale = side ? 0.6 : 1;
  return {
    "line-color": dash ? color("paper") : stateColor(key, palette),
    "line-width": dash ? plainDashWidth(scale) : stateWidth(key, palette, scale),
    "line-opacity": opacity(key, palette, hidden, dash ? dashes : full),
    ...(side ? { "line-offset": offset(side) } : {}),
    ...(dash ? { "line-dasharray": [1.6, 1.6] } : {}),
  };
}

const plainDashWidth = (scale) => byZoom((px) => ["*", px * 0.62, CLASS_FACTOR], scale);

/** Every paint property that theme, legend or view change, as [layer, property, value]. */
export function paints(hidden, palette = COVERAGE_PALETTE) {
  const background = [
    ["background", "background-color", color("paper")],
    ["casing", "line-color", color("casing")],
    ["names", "text-color", color("text")],
    ["names", "text-halo-color", color("halo")],
    ["route-halo", "line-color", color("halo")],
    ["route", "line-color", legColor()],
    ...requestPaints(),
    ["chosen", "circle-stroke-color", color("accent")],
  ];
  const streets = COVERAGE_LAYERS.flatMap((layer) =>
    Object.entries(coveragePaint(layer, hidden, palette)).map(([property, value]) => [
      layer.id,
      property,
      value,
    ]),
  );
  return [...background, ...backdropPaints(), ...streets];
}

// What became of a leg: skipped is red and widest, not proved orange, by another truck gray; what is done is thin and fades.
const legColor = () => [
  "match",
  ["get", "state"],
  "skipped",
  color("danger"),
  "unproved",
  color("state-due"),
  ["by_other", "passed"],
  color("muted"),
  ["done", "out_of_order", "told"],
  color("accent"),
  color("text"),
];
const LEG_WIDTH = [
  "case",
  ["==", ["get", "state"], "skipped"],
  5,
  ["all", ["==", ["get", "kind"], "work"], ["!", ["in", ["get", "state"], ["literal", ["done", "by_other"]]]]],
  3,
  1.5,
];

const coverageLayers = (hidden) =>
  COVERAGE_LAYERS.map((layer) => {
    const drawn = street(layer.id, coveragePaint(layer, hidden, COVERAGE_PALETTE), layer.rest);
    if (layer.dash) drawn.layout = { "line-cap": "butt", "line-join": "round" };
    return drawn;
  });

const overlays = () => [
  {
    id: "route-halo",
    type: "line",
    source: "route",
    layout: { "line-join": "round" },
    paint: { "line-color": color("halo"), "line-width": 6, "line-opacity": 0.8 },
  },
  {
    id: "route",
    type: "line",
    source: "route",
    layout: { "line-join": "round" },
    paint: { "line-color": legColor(), "line-width": LEG_WIDTH },
  },
  {
    id: "route-arrows",
    type: "symbol",
    source: "route",
    minzoom: 13,
    layout: { "symbol-placement": "line", "symbol-spacing": 90, "icon-image": "arrow", "icon-padding": 0 },
  },
  ...aboveStreets(),
  {
    id: "chosen",
    type: "circle",
    source: "chosen",
    paint: {
      "circle-radius": 18,
      "circle-opacity": 0,
      "circle-stroke-width": 3,
      "circle-stroke-color": color("accent"),
    },
  },
];

const names = () => ({
  id: "names",
  type: "symbol",
  source: "streets",
  "source-layer": "streets",
  minzoom: 12,
  filter: [
    "step",
    ["zoom"],
    ["in", ["get", "road_class"], ["literal", ["motorway", "trunk", "primary"]]],
    13,
    ["in", ["get", "road_class"], ["literal", ["motorway", "trunk", "primary", "secondary", "tertiary"]]],
    14.5,
    true,
  ],
  layout: {
    "symbol-placement": "line",
    "text-field": nameField(),
    "text-font": ["Vazirmatn"],
    "text-size": ["interpolate", ["linear"], ["zoom"], 12, 11, 16, 14],
    "text-max-angle": 35,
    "symbol-spacing": 350,
    "text-padding": 6,
  },
  paint: { "text-color": color("text"), "text-halo-color": color("halo"), "text-halo-width": 1.8 },
});

const empty = { type: "geojson", data: { type: "FeatureCollection", features: [] } };

/** The whole style for MapLibre; near requests are one ring with their number where they are `clustered`. */
export function mapStyle(hidden, { clustered = false } = {}) {
  return {
    version: 8,
    transition: { duration: 0, delay: 0 }, // paper gets the colors of its theme at once
    sources: {
      streets: { ...tiles(boot.city.tiles), promoteId: { streets: "id" } },
      ...tilesOf(),
      route: empty,
      requests: clustered ? { ...empty, ...CLUSTERS } : empty,
      blockages: empty,
      chosen: empty,
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": color("paper") } },
      ...waters(),
      street(
        "casing",
        { "line-color": color("casing"), "line-width": plainWidth(1.6) },
        { minzoom: DASHES_FROM_ZOOM },
      ),
      ...requestRings(),
      ...coverageLayers(hidden),
      ...labels(),
      names(),
      ...overlays(),
    ],
  };
}
