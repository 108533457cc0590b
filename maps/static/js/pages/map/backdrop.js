// What people know their way by, under and between the streets: waters, quarters, public buildings.
import { boot } from "../boot.js";
import { color } from "../theme.js";
import { nameField } from "./labels.js";

const { water, places } = boot.city;
const QUARTERS_UNTIL_ZOOM = 16;

const FIRST = ["hospital", "ambulance_station", "fire_station", "townhall", "bus_station", "university"];
const MORE = ["clinic", "police", "school", "mosque", "church", "market", "park", "station"];

/** A source of vector tiles on our own server. */
export const tiles = (path) => ({ type: "vector", url: `pmtiles://${location.origin}${path}` });

/** The sources of this city: a file without a river or a school has none of them. */
export const tilesOf = () => ({
  ...(water ? { water: tiles(water) } : {}),
  ...(places ? { places: tiles(places) } : {}),
});

// A river is as wide as it is where its area is drawn too; a stream is a hair.
const waterWidth = [
  "interpolate",
  ["exponential", 1.5],
  ["zoom"],
  11,
  ["match", ["get", "kind"], "river", 2, 0.8],
  17,
  ["match", ["get", "kind"], "river", 12, 3],
];

const waterLayer = (id, type, filter, rest) => ({
  id,
  type,
  source: "water",
  "source-layer": "water",
  filter,
  ...rest,
});

/** Rivers and lakes, to be drawn under everything else. */
export const waters = () =>
  water
    ? [
        waterLayer("water-lines", "line", ["!=", ["get", "kind"], "area"], {
          layout: { "line-cap": "round", "line-join": "round" },
          paint: { "line-color": color("water"), "line-width": waterWidth },
        }),
        waterLayer("water-areas", "fill", ["==", ["get", "kind"], "area"], {
          paint: { "fill-color": color("water") },
        }),
      ]
    : [];

const waterNames = () =>
  waterLayer("water-names", "symbol", ["==", ["get", "kind"], "river"], {
    minzoom: 12,
    layout: {
      "symbol-placement": "line",
      "text-field": nameField(),
      "text-font": ["Vazirmatn"],
      "text-size": 12,
      "text-max-angle": 30,
      "symbol-spacing": 500,
    },
    paint: { "text-color": color("muted"), "text-halo-color": color("water"), "text-halo-width": 1.2 },
  });

const placeLayer = (id, filter, zooms, layout) => ({
  id,
  type: "symbol",
  source: "places",
  "source-layer": "places",
  filter,
  ...zooms,
  layout: { "text-field": nameField(), "text-font": ["Vazirmatn"], "text-max-width": 9, ...layout },
  paint: { "text-color": color("muted"), "text-halo-color": color("halo"), "text-halo-width": 1.4 },
});

const quarters = () =>
  placeLayer(
    "quarters",
    ["==", ["get", "kind"], "neighbourhood"],
    { minzoom: 14, maxzoom: QUARTERS_UNTIL_ZOOM },
    { "text-size": 13, "text-padding": 12 },
  );

const among = (kinds) => ["in", ["get", "kind"], ["literal", kinds]];

const buildings = () =>
  placeLayer(
    "places",
    ["step", ["zoom"], among(FIRST), 16, among([...FIRST, ...MORE])],
    { minzoom: 14.5 },
    {
      "text-size": 11.5,
      "text-padding": 6,
      "symbol-sort-key": ["match", ["get", "kind"], FIRST, 0, 1],
    },
  );

/** Names of waters, quarters and public buildings; names of streets go before them. */
export const labels = () => [
  ...(places ? [quarters(), buildings()] : []),
  ...(water ? [waterNames()] : []),
];

/** What the theme changes, as [layer, property, value]. */
export const backdropPaints = () => [
  ...(water
    ? [
        ["water-lines", "line-color", color("water")],
        ["water-areas", "fill-color", color("water")],
        ["water-names", "text-color", color("muted")],
        ["water-names", "text-halo-color", color("water")],
      ]
    : []),
  ...(places
    ? ["quarters", "places"].flatMap((layer) => [
        [layer, "text-color", color("muted")],
        [layer, "text-halo-color", color("halo")],
      ])
    : []),
];
