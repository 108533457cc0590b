// Routes on the map by what became of their runs; what is chosen in the table stands out here, and the other way round.
import { still } from "../pages/boot.js";
import { get } from "../pages/net.js";
import { Store } from "../pages/store.js";
import { color, onTheme } from "../pages/theme.js";
import { around, makeTooltip } from "../pages/map/hover.js";
import { followTheme, makeMap, printable } from "../pages/map/map.js";

const NOTHING_HIDDEN = new Set();
const SOURCE = "outcomes";
const REACH_PX = 8;
const FIT = { padding: 48, maxZoom: 16, duration: still ? 0 : 600 };

/** How each outcome is drawn, those that matter most above the others; dashes and widths repeat what colors say. */
const STYLES = [
  { state: "left", tone: "text", width: 1.6 },
  { state: "done", tone: "state-fresh", width: 3 },
  { state: "extra", tone: "truck", width: 2, dash: [1, 1.5] },
  { state: "unproved", tone: "state-due", width: 4.5, dash: [2, 0.8] },
  { state: "missed", tone: "danger", width: 5.5 },
];
const LAYERS = STYLES.map(({ state }) => `${SOURCE}-${state}`);

/** The shift and the run that are chosen, and the shifts that the table shows; none and all for `null`. */
export const chosen = new Store({ shift: null, run: null, listed: null });

/** What the server says of all lines: features, and metres off the route by shift. */
export const outcomes = new Store({ features: [], extra: {} });

const box = () => document.getElementById("check-map");

/** Ask the server for the lines anew. */
export async function loadOutcomes() {
  const { plan, shift } = box().dataset;
  const { features, extra_m: extra } = await get(`/api/plans/${plan}/check-map${shift ? `?shift_id=${shift}` : ""}`);
  outcomes.set({ features, extra });
}

const isShift = (shift) => ["==", ["get", "shift_id"], shift];
const isRun = ({ shift, run }) => ["all", isShift(shift ?? -1), ["==", ["get", "run"], run ?? -2]];

/** What is chosen stands out among all lines, else what is listed. */
function strength({ shift, listed }) {
  if (shift !== null) return ["case", isShift(shift), 1, 0.2];
  return listed === null ? 1 : ["case", ["in", ["get", "shift_id"], ["literal", listed]], 1, 0.1];
}

const line = { "line-join": "round", "line-cap": "butt" };

const firstNames = (map) => map.getStyle().layers.find(({ type }) => type === "symbol")?.id;

function addLayers(map) {
  const below = firstNames(map);
  map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  map.addLayer({ id: "chosen-run", type: "line", source: SOURCE, filter: isRun(chosen.value), layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": color("accent"), "line-width": 13, "line-opacity": 0.5 } }, below);
  for (const { state, tone, width, dash } of STYLES)
    map.addLayer(
      {
        id: `${SOURCE}-${state}`,
        type: "line",
        source: SOURCE,
        filter: ["==", ["get", "state"], state],
        layout: line,
        paint: { "line-color": color(tone), "line-width": ["interpolate", ["linear"], ["zoom"], 11, width * 0.6, 16, width * 1.5], ...(dash ? { "line-dasharray": dash } : {}) },
      },
      below,
    );
  onTheme(() => {
    map.setPaintProperty("chosen-run", "line-color", color("accent"));
    for (const { state, tone } of STYLES) map.setPaintProperty(`${SOURCE}-${state}`, "line-color", color(tone));
  });
}

const mine = ({ shift, run }) =>
  outcomes.value.features.filter(({ properties }) => properties.shift_id === shift && (run === null || properties.run === run));

/** Show all of what is chosen. */
function fit(map, wanted) {
  const places = (wanted.shift === null ? outcomes.value.features : mine(wanted)).flatMap(({ geometry }) => geometry.coordinates.flat());
  if (places.length === 0) return;
  const [lons, lats] = [0, 1].map((axis) => places.map((place) => place[axis]));
  const least = (numbers) => numbers.reduce((a, b) => Math.min(a, b));
  const most = (numbers) => numbers.reduce((a, b) => Math.max(a, b));
  map.fitBounds([least(lons), least(lats), most(lons), most(lats)], FIT);
}

function show(map, wanted) {
  for (const layer of LAYERS) map.setPaintProperty(layer, "line-opacity", strength(wanted));
  map.setFilter("chosen-run", isRun(wanted));
}

/** The truck and the street of a line under the pointer. */
const wordsOf = ({ shift_id: shift, street }) =>
  [document.querySelector(`tbody[data-shift="${shift}"] th a`)?.textContent, street].filter(Boolean).join(" · ");

/** Draw the map and keep it so. */
export async function showCheckMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  map.cooperativeGestures.enable(); // the page itself scrolls
  followTheme(map, () => NOTHING_HIDDEN);
  addLayers(map);
  const own = Number(box().dataset.shift) || null; // the page of one truck has only its lines
  let fitted = false;
  const put = () => {
    map.getSource(SOURCE).setData({ type: "FeatureCollection", features: outcomes.value.features });
    if (!fitted && outcomes.value.features.length) fit(map, chosen.value);
    fitted ||= outcomes.value.features.length > 0;
  };
  outcomes.follow(put);
  put();
  chosen.follow((wanted, { reveal }) => {
    show(map, wanted);
    if (reveal) fit(map, wanted);
  });
  show(map, chosen.value);
  const tip = makeTooltip(map);
  const at = (point) => around(map, point, LAYERS, REACH_PX)[0]?.properties;
  map.on("mousemove", ({ point }) => {
    const found = map.isMoving() ? undefined : at(point);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    tip(found && wordsOf(found), point);
  });
  map.on("mouseout", () => tip(null));
  map.on("click", ({ point }) => {
    const found = at(point);
    chosen.set({ shift: found?.shift_id ?? own, run: found && found.run >= 0 ? found.run : null, fromMap: true });
  });
  printable(map);
}
