// The map beside the queue: every request that fits as a ring, those of this page to click, and a pin to place.
import { now } from "../../pages/boot.js";
import { get } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { followTheme, makeMap, reveal } from "../../pages/map/map.js";
import { around } from "../../pages/map/hover.js";
import { mark, order, query, queue } from "./state.js";

const NOTHING_HIDDEN = new Set();
const FULL_AGE_S = 12 * 3600; // a ring is full after a shift
const NEAR_PX = 8;

/** A ring is red for danger to people and for what is late. */
const point = ([id, lon, lat, kind, danger, received, due]) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties: { id, kind, danger: Boolean(danger) || (due !== null && due * 1000 < now()), age: Math.min(1, (now() / 1000 - received) / FULL_AGE_S) },
});

const collection = (features) => ({ type: "FeatureCollection", features });

const chosen = ({ view, marked, focus }) =>
  collection(
    (view?.rows ?? [])
      .filter((row) => row.lon != null && (marked.has(row.id) || row.id === focus))
      .map((row) => ({ type: "Feature", geometry: { type: "Point", coordinates: [row.lon, row.lat] }, properties: {} })),
  );

let asked = "";

async function showSpots(map) {
  const wanted = query();
  asked = wanted;
  const answer = await attempt(() => get(`/api/queue/map?${wanted}`));
  if (answer && asked === wanted) map.getSource("requests").setData(collection(answer.spots.map(point)));
}

async function place({ lng: lon, lat }) {
  if (await order("place", { lon, lat })) queue.set({ placing: false });
}

function click(map, { point: at, lngLat }) {
  if (queue.value.placing) return void place(lngLat);
  const [found] = around(map, at, ["request-rings"], NEAR_PX);
  if (!found) return undefined;
  const { id } = found.properties;
  mark([id], !queue.value.marked.has(id));
  queue.set({ focus: id });
  return document.getElementById(`request-${id}`)?.scrollIntoView({ block: "nearest" });
}

/** Draw the map and follow the queue. */
export async function showMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  map.on("click", (event) => click(map, event));
  if (queue.value.view) showSpots(map);
  queue.follow((value, changes) => {
    map.getCanvas().style.cursor = value.placing ? "crosshair" : "";
    if ("view" in changes) showSpots(map);
    if ("view" in changes || "marked" in changes || "focus" in changes) map.getSource("chosen").setData(chosen(value));
    const row = "focus" in changes && value.view?.rows.find(({ id }) => id === value.focus);
    if (row && row.lon != null) reveal(map, [row.lon, row.lat]);
    if (changes.tab === "requests") map.resize();
  });
}
