// The map of classes: every street in the color of its class, those that the search leaves out faint.
import { boot, still } from "../../pages/boot.js";
import { named, tileName } from "../../pages/texts.js";
import { color, onTheme, theme } from "../../pages/theme.js";
import { highlightSelected } from "../../pages/map/highlight.js";
import { makeMap } from "../../pages/map/map.js";
import { around, makeTooltip } from "../../pages/map/hover.js";
import { paints } from "../../pages/map/style.js";
import { choose, chosen, classes, meant, search } from "./state.js";

const COVERAGE = ["streets", "streets-dash", "forward", "backward", "forward-dash", "backward-dash"];
const FAINT = 0.12;
const STOPS = [10, 0.8, 12, 1.6, 14, 3.2, 15, 4.4, 17, 9, 19, 20];

const classOf = () => [
  "coalesce",
  ["feature-state", "class"],
  ["match", ["get", "road_class"], ...Object.entries(classes.value.roads).flat(), boot.classes.at(-1).name],
];
const reasonOf = ["coalesce", ["feature-state", "reason"], "road"];
const byClass = (pick) => [
  "match",
  classOf(),
  ...boot.classes.flatMap((style) => [style.name, pick(style)]),
  pick(boot.classes.at(-1)),
];

function width(share) {
  const stops = [];
  for (let at = 0; at < STOPS.length; at += 2)
    stops.push(STOPS[at], ["*", STOPS[at + 1] * share, byClass((style) => style.width)]);
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
}

function wanted() {
  const { service_class, reason } = search.value;
  const facts = [];
  if (service_class) facts.push(["==", classOf(), service_class]);
  if (reason) facts.push(["==", reasonOf, reason]);
  return facts.length ? ["all", ...facts] : true;
}

const shown = (value) => (wanted() === true ? value : ["case", wanted(), value, FAINT]);

const linePaint = () => ({
  "line-color": byClass((style) => style[theme()]),
  "line-width": width(1),
  "line-opacity": shown(1),
});
const dashPaint = () => ({
  "line-color": color("paper"),
  "line-width": width(0.7),
  "line-opacity": shown(byClass((style) => (style.dashed ? 1 : 0))),
  "line-dasharray": [1.6, 1.6],
});

const layer = (id, paint, cap, minzoom = 0) => ({
  id,
  type: "line",
  source: "streets",
  "source-layer": "streets",
  minzoom,
  layout: { "line-cap": cap, "line-join": "round" },
  paint,
});

function dress(map) {
  for (const [id, paint] of [
    ["class-lines", linePaint()],
    ["class-dashes", dashPaint()],
  ])
    for (const [property, value] of Object.entries(paint)) map.setPaintProperty(id, property, value);
}

/** Tell the map the streets that their kind does not decide, and forget those of before. */
function tell(map, before) {
  const { levels } = classes.value;
  const street = (id) => ({ source: "streets", sourceLayer: "streets", id });
  for (const id of before.keys()) if (!levels.has(id)) map.removeFeatureState(street(id));
  for (const [id, [its_class, reason]] of levels)
    map.setFeatureState(street(id), { class: its_class, reason });
  return levels;
}

const under = (map, point) => around(map, point, ["class-lines"])[0];

function hover(map) {
  const tip = makeTooltip(map);
  map.on("mousemove", ({ point }) => {
    const street = map.isMoving() ? undefined : under(map, point);
    map.getCanvas().style.cursor = street ? "pointer" : "";
    if (!street) return void tip(null);
    const its_class = classes.value.levels.get(street.id)?.[0] ?? classes.value.roads[street.properties.road_class];
    return void tip(`${tileName(street.properties)} · ${named("class", its_class)}`, point);
  });
  map.on("mouseout", () => tip(null));
}

function followTheme(map) {
  onTheme(() => {
    for (const [id, property, value] of paints(new Set()))
      if (map.getLayer(id)) map.setPaintProperty(id, property, value);
    dress(map);
  });
}

let shownMap = null;

/** What the chosen street's panel leaves of the map. */
function room() {
  const [top, bottom, start] = [60, 60, 60];
  const { clientWidth } = shownMap.getContainer();
  const end = clientWidth > 720 ? 440 : 60;
  return document.dir === "rtl"
    ? { top, bottom, left: end, right: start }
    : { top, bottom, left: start, right: end };
}

/** Bring a street into sight, wholly. */
export function showBounds([west, south, east, north]) {
  shownMap?.fitBounds([[west, south], [east, north]], { padding: room(), maxZoom: 16, duration: still ? 0 : 600 });
}

/** Draw the map and keep it so. */
export async function showMap() {
  const map = await makeMap(new Set());
  globalThis.boardMap = map; // for tests and for the curious at the console
  for (const id of COVERAGE) map.removeLayer(id);
  map.addLayer(layer("class-lines", linePaint(), "round"), "names");
  map.addLayer(layer("class-dashes", dashPaint(), "butt", 12), "names");
  let told = tell(map, new Map());
  classes.follow((_, changes) => {
    if ("roads" in changes) dress(map);
    if ("levels" in changes) told = tell(map, told);
  });
  search.follow((_, changes) => {
    if ("service_class" in changes || "reason" in changes) dress(map);
  });
  const hold = highlightSelected(map);
  chosen.follow(() => hold(meant()));
  map.on("click", (event) => choose(under(map, event.point)?.id ?? null));
  hover(map);
  followTheme(map);
  shownMap = map;
}
