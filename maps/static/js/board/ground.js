// Ties the map to the board: what is known is drawn, what is clicked is selected, and the other way round.
import { now } from "../core/boot.js";
import { get } from "../core/net.js";
import { attempt } from "../core/notices.js";
import { streetName } from "../core/texts.js";
import { CoveragePainter } from "../map/coverage.js";
import { followTheme, makeMap, repaint, reveal } from "../map/ground.js";
import { TruckLayer } from "../map/trucks.js";
import { place } from "./request.js";
import { requestPlace } from "./rows.js";
import { openSheet } from "./sheets.js";
import { board, choose, coverage, openRequests, selection } from "./state.js";
import { routeOf } from "./truck.js";

const STREETS = ["streets", "forward", "backward", "casing"];
const REACH_PX = 6;
const FILL_MS = 4 * 3600000; // a ring without a deadline is full after four hours

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (lon, lat, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });

function ring(request) {
  const received = Date.parse(request.received_at);
  const due = request.due_at ? Date.parse(request.due_at) : received + FILL_MS;
  const age = Math.min(1, Math.max(0.04, (now() - received) / Math.max(1, due - received)));
  return point(request.lon, request.lat, { id: request.id, age, danger: age === 1 || request.kind === "blocked" });
}

/** What is under a point of the screen: trucks before requests before streets. */
function under(map, { x, y }) {
  const around = [[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]];
  for (const [kind, layers] of [["truck", ["trucks"]], ["request", ["request-rings"]], ["street", STREETS]]) {
    const [found] = map.queryRenderedFeatures(around, { layers });
    if (found) return { kind, id: kind === "street" ? found.id : found.properties.id, properties: found.properties };
  }
  return null;
}

function label(found) {
  if (found.kind === "street") return streetName(found.properties);
  if (found.kind === "truck") return found.properties.name;
  const request = board.value.requests.get(found.id);
  return request ? requestPlace(request) : "";
}

/** Feature-state flag of at most one street at a time. */
function flag(map, name) {
  let held = null;
  return (id) => {
    const target = (street) => ({ source: "streets", sourceLayer: "streets", id: street });
    if (held !== null) map.setFeatureState(target(held), { [name]: false });
    held = id ?? null;
    if (held !== null) map.setFeatureState(target(held), { [name]: true });
  };
}

function hover(map) {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.dir = "auto";
  map.getContainer().append(tip);
  const near = flag(map, "near");
  let waiting = false;
  const show = (event) => {
    waiting = false;
    const found = map.isMoving() ? null : under(map, event.point);
    near(found?.kind === "street" ? found.id : null);
    tip.hidden = !found;
    map.getCanvas().style.cursor = selection.value.placing !== null ? "crosshair" : found ? "pointer" : "";
    if (!found) return;
    tip.textContent = label(found);
    tip.style.transform = `translate(${event.point.x + 12}px, ${event.point.y + 12}px)`;
  };
  map.on("mousemove", (event) => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => show(event));
  });
  map.on("mouseout", () => {
    tip.hidden = true;
    near(null);
  });
}

function click(map) {
  map.on("click", async (event) => {
    const { placing } = selection.value;
    if (placing !== null) return void (await place(placing, event.lngLat));
    const found = under(map, event.point);
    choose(found?.kind ?? null, found?.id);
    if (found && matchMedia("(max-width: 720px)").matches) openSheet("side");
    return undefined;
  });
}

async function showRoute(map, chosen) {
  const route = chosen?.kind === "truck" ? routeOf(chosen.id) : null;
  const lines = route ? await attempt(() => get(`/api/plans/${board.value.plan.id}/routes/${route.shift_id}`)) : null;
  if (selection.value.chosen !== chosen) return;
  map.getSource("route").setData(lines ?? collection([]));
}

function chosenPlace(trucks, moment) {
  const { chosen } = selection.value;
  if (chosen?.kind === "truck") {
    const at = trucks.place(chosen.id, moment);
    return at ? [at.lon, at.lat] : null;
  }
  const request = chosen?.kind === "request" ? board.value.requests.get(chosen.id) : null;
  return request && request.lon != null ? [request.lon, request.lat] : null;
}

function followSelection(map, trucks) {
  const held = flag(map, "held");
  const mark = (moment) => {
    const at = chosenPlace(trucks, moment);
    map.getSource("chosen").setData(collection(at ? [point(...at, {})] : []));
    return at;
  };
  trucks.onDraw = (moment) => {
    if (selection.value.chosen?.kind === "truck") mark(moment);
  };
  selection.follow(({ chosen, hidden }, changes) => {
    if ("hidden" in changes) repaint(map, hidden);
    if (!("chosen" in changes)) return;
    held(chosen?.kind === "street" ? chosen.id : null);
    const at = mark(performance.now());
    if (at) reveal(map, at);
    showRoute(map, chosen);
  });
}

/** Draw the board's map and keep it so. */
export async function showMap() {
  const map = await makeMap(selection.value.hidden);
  globalThis.boardMap = map; // for tests and for the curious at the console
  const painter = new CoveragePainter(map, coverage.states);
  const trucks = new TruckLayer(map);
  const requests = () => map.getSource("requests").setData(collection(openRequests().filter((one) => one.lon != null).map(ring)));
  coverage.followers.add((ids) => painter.changed(ids));
  painter.changed(coverage.states.keys());
  board.follow((value, changes) => {
    if (changes.vehicles) trucks.update([...value.vehicles.values()]);
    if (changes.requests) requests();
  });
  trucks.update([...board.value.vehicles.values()]);
  requests();
  setInterval(requests, 30000); // rings fill with time
  followTheme(map, () => selection.value.hidden);
  followSelection(map, trucks);
  hover(map);
  click(map);
}
