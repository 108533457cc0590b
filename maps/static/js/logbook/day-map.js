// The track of a vehicle on a map: where its blade was down and its spreader on, where it stood, and where it was when.
import { still } from "../pages/boot.js";
import { color, onTheme } from "../pages/theme.js";
import { around, put } from "../pages/map/hover.js";
import { followTheme, makeMap, printable, reveal } from "../pages/map/map.js";

const NOTHING_HIDDEN = new Set();
const SILENT_S = 120; // between two positions farther apart nobody knows the way
const REACH_PX = 10;
const FIT = { padding: 48, maxZoom: 16, duration: still ? 0 : 600 };
const STANDS = new Set(["stop", "yard", "reload"]);
const ON = 1;

const LINES = [
  { id: "way-drive", tone: "state-ageing", width: 2, of: ({ work }) => !work },
  { id: "way-blade", tone: "state-fresh", width: 4.5, of: ({ blade }) => blade },
  { id: "way-spreader", tone: "halo", width: 1.6, dash: [2, 2], edge: "state-progress", of: ({ spreader }) => spreader },
];

const feature = (coordinates, properties = {}) => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties });
const point = (coordinates, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties });

const kindOf = (track, i) => {
  const [blade, spreader] = [track.blade[i] === ON, track.spreader[i] === ON];
  return { blade, spreader, work: blade || spreader };
};

/** The pieces of a track between two seconds on which something is so, from position to position. */
function pieces(track, holds, from = -Infinity, to = Infinity) {
  const found = [];
  let piece = null;
  for (let i = 0; i + 1 < track.at_s.length; i += 1) {
    const known = track.at_s[i + 1] - track.at_s[i] <= SILENT_S && track.at_s[i] >= from && track.at_s[i + 1] <= to;
    if (!known || !holds(kindOf(track, i))) {
      piece = null;
      continue;
    }
    if (!piece) found.push((piece = [[track.lon[i], track.lat[i]]]));
    piece.push([track.lon[i + 1], track.lat[i + 1]]);
  }
  return found;
}

const width = (px) => ["interpolate", ["linear"], ["zoom"], 11, px * 0.7, 16, px * 1.6];

function addLayers(map) {
  const below = map.getStyle().layers.find(({ type }) => type === "symbol")?.id;
  const empty = { type: "geojson", data: { type: "FeatureCollection", features: [] } };
  for (const name of ["span", ...LINES.map(({ id }) => id), "stands", "moment"]) map.addSource(name, empty);
  const line = (id, source, paint) => map.addLayer({ id, type: "line", source, layout: { "line-join": "round", "line-cap": "butt" }, paint }, below);
  line("span", "span", { "line-color": color("accent"), "line-width": 13, "line-opacity": 0.45 });
  for (const { id, tone, width: px, dash, edge } of LINES) {
    if (edge) line(`${id}-edge`, id, { "line-color": color(edge), "line-width": width(px * 2) });
    line(id, id, { "line-color": color(tone), "line-width": width(px), ...(dash ? { "line-dasharray": dash } : {}) });
  }
  map.addLayer({ id: "stands", type: "circle", source: "stands", paint: { "circle-radius": 6, "circle-color": color("panel"), "circle-stroke-width": 3, "circle-stroke-color": color("state-due") } });
  map.addLayer({ id: "moment", type: "circle", source: "moment", paint: { "circle-radius": 9, "circle-color": color("accent"), "circle-stroke-width": 3, "circle-stroke-color": color("halo") } });
  onTheme(() => {
    map.setPaintProperty("span", "line-color", color("accent"));
    for (const { id, tone, edge } of LINES) {
      map.setPaintProperty(id, "line-color", color(tone));
      if (edge) map.setPaintProperty(`${id}-edge`, "line-color", color(edge));
    }
    map.setPaintProperty("stands", "circle-color", color("panel"));
    map.setPaintProperty("stands", "circle-stroke-color", color("state-due"));
    map.setPaintProperty("moment", "circle-color", color("accent"));
    map.setPaintProperty("moment", "circle-stroke-color", color("halo"));
  });
}

function fit(map, places) {
  if (places.length === 0) return;
  const edge = (axis, pick) => places.reduce((found, place) => pick(found, place[axis]), places[0][axis]);
  map.fitBounds([edge(0, Math.min), edge(1, Math.min), edge(0, Math.max), edge(1, Math.max)], FIT);
}

/** The last position at or before a second, or -1. */
export function indexAt(track, second) {
  let [low, high] = [0, track.at_s.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (track.at_s[middle] <= second) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Draw the map; it returns what the bar and the table ask of it. */
export async function showDayMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  map.cooperativeGestures.enable(); // the page itself scrolls
  followTheme(map, () => NOTHING_HIDDEN);
  addLayers(map);
  printable(map);
  let track = null;
  return {
    show(shown) {
      track = shown;
      for (const { id, of } of LINES) put(map, id, pieces(track, of).map((piece) => feature(piece)));
      put(map, "stands", track.entries.filter(({ doing }) => STANDS.has(doing)).map(({ lon, lat, from_s: from }) => point([lon, lat], { from })));
      fit(map, pieces(track, () => true).flat());
    },
    /** Show where the vehicle was at a second. */
    moment(second) {
      const i = Math.max(indexAt(track, second), 0);
      const place = [track.lon[i], track.lat[i]];
      put(map, "moment", [point(place, {})]);
      reveal(map, place);
    },
    /** Light up the way between two seconds; `look` goes there. */
    span([from, to], look) {
      const way = pieces(track, () => true, from, to);
      put(map, "span", way.map((piece) => feature(piece)));
      if (look) fit(map, way.flat());
    },
    /** Call back with the second at which the vehicle was where somebody clicks, the nearest position there. */
    onClick(told) {
      map.on("click", ({ point: at, lngLat }) => {
        const stood = around(map, at, ["stands"], REACH_PX)[0];
        if (stood) return void told(stood.properties.from);
        if (around(map, at, LINES.map(({ id }) => id), REACH_PX).length === 0) return;
        const far = track.at_s.map((_, i) => Math.hypot(track.lon[i] - lngLat.lng, track.lat[i] - lngLat.lat));
        told(track.at_s[far.indexOf(far.reduce((a, b) => Math.min(a, b)))]);
      });
    },
  };
}
