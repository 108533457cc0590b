// The map of the set-up: streets beyond reach, or those that a newer file takes and adds; and the depots.
import { html } from "lit";
import { still } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { color, onTheme } from "../../pages/theme.js";
import { t } from "../../pages/texts.js";
import { followTheme, makeMap } from "../../pages/map/map.js";
import { streets } from "./streets-state.js";

const NOTHING_HIDDEN = new Set();
const CLOSE_ZOOM = 16;
const EMPTY = { type: "FeatureCollection", features: [] };
const LINES = ["unreached", "gone", "new"];
const TONE = { unreached: "danger", gone: "danger", new: "accent" };

let map = null;

const width = ["interpolate", ["linear"], ["zoom"], 10, 1.5, 14, 4, 18, 12];

const line = (kind) => ({
  id: `set-up-${kind}`,
  type: "line",
  source: "set-up",
  filter: ["==", ["get", "kind"], kind],
  layout: { "line-cap": kind === "gone" ? "butt" : "round", "line-join": "round" },
  paint: {
    "line-color": color(TONE[kind]),
    "line-width": width,
    ...(kind === "gone" ? { "line-dasharray": [2, 1.2] } : {}),
  },
});

const depots = () => [
  {
    id: "set-up-depots",
    type: "circle",
    source: "set-up",
    filter: ["==", ["get", "kind"], "depot"],
    paint: {
      "circle-radius": 7,
      "circle-color": color("text"),
      "circle-stroke-width": 3,
      "circle-stroke-color": color("halo"),
    },
  },
  {
    id: "set-up-depot-names",
    type: "symbol",
    source: "set-up",
    filter: ["==", ["get", "kind"], "depot"],
    layout: {
      "text-field": ["get", "name"],
      "text-font": ["Vazirmatn"],
      "text-size": 13,
      "text-anchor": "top",
      "text-offset": [0, 0.8],
    },
    paint: { "text-color": color("text"), "text-halo-color": color("halo"), "text-halo-width": 2 },
  },
];

function paint() {
  for (const kind of LINES) map.setPaintProperty(`set-up-${kind}`, "line-color", color(TONE[kind]));
  map.setPaintProperty("set-up-depots", "circle-color", color("text"));
  map.setPaintProperty("set-up-depots", "circle-stroke-color", color("halo"));
  map.setPaintProperty("set-up-depot-names", "text-color", color("text"));
  map.setPaintProperty("set-up-depot-names", "text-halo-color", color("halo"));
}

/** What to draw: a comparison while there is one, else what is beyond reach. */
export function drawn({ reimport, unreached }) {
  const points = unreached?.drawn.features.filter(({ properties }) => properties.kind === "depot") ?? [];
  if (reimport?.difference) return { ...EMPTY, features: [...reimport.difference.drawn.features, ...points] };
  return unreached?.drawn ?? EMPTY;
}

/** Draw the map and what the page knows over it. */
export async function showMap() {
  map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  map.addSource("set-up", { type: "geojson", data: drawn(streets.value) });
  for (const layer of [...LINES.map(line), ...depots()]) map.addLayer(layer);
  onTheme(paint);
  streets.follow((value, changes) => {
    if ("unreached" in changes || "reimport" in changes) map.getSource("set-up").setData(drawn(value));
  });
}

/** Go to a street and ring it. */
export function showStreet({ lon, lat }) {
  if (!map) return;
  const point = { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: {} };
  map.getSource("chosen").setData({ ...EMPTY, features: [point] });
  map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), CLOSE_ZOOM), duration: still ? 0 : 600 });
  document.getElementById("map").scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

class Key extends Part {
  get stores() {
    return [streets];
  }

  render() {
    const features = drawn(streets.value).features;
    const kinds = [...LINES, "depot"].filter((kind) => features.some(({ properties }) => properties.kind === kind));
    if (kinds.length === 0) return "";
    return html`<ul class="legend key" aria-label=${t("What the colors mean")}>${kinds.map((kind) => html`<li><span class="mark ${kind}" aria-hidden="true"></span>${t(`drawn:${kind}`)}</li>`)}</ul>`;
  }
}
customElements.define("setup-key", Key);
