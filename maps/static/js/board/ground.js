// Ties the map to the board: what is known is drawn, what is clicked is selected, and the other way round.
import { now } from "../core/boot.js";
import { get } from "../core/net.js";
import { attempt } from "../core/notices.js";
import { streetName } from "../core/texts.js";
import { CoveragePainter } from "../map/coverage.js";
import { followTheme, makeMap, repaint, reveal } from "../map/ground.js";
import { around, hold, light, makeTip } from "../map/pointer.js";
import { ringPaints } from "../map/style.js";
import { TruckSheet } from "../map/trucks.js";
import { blockedName, openBlockages } from "./blockage.js";
import { drawClosures } from "./closures.js";
import { letDrag } from "./edit-drag.js";
import { place } from "./request.js";
import { requestPlace } from "./rows.js";
import { openSheet } from "./sheets.js";
import { board, choose, coverage, openRequests, selection } from "./state.js";
import { routeOf } from "./truck.js";
import { withStates } from "./watch.js";

const FILL_MS = 4 * 3600000; // a ring without a deadline is full after four hours

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (lon, lat, properties) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties,
});

function ring(request) {
  const received = Date.parse(request.received_at);
  const due = request.due_at ? Date.parse(request.due_at) : received + FILL_MS;
  const age = Math.min(1, Math.max(0.04, (now() - received) / Math.max(1, due - received)));
  return point(request.lon, request.lat, {
    id: request.id,
    age,
    danger: age === 1 || request.kind === "blocked",
  });
}

const barrier = (blockage) => point(blockage.lon, blockage.lat, { blockage: blockage.id, age: 1, danger: true });

/** A request or a blockage by its ring on the map, or null where it is gone. */
function ringed({ id, blockage }) {
  const request = board.value.requests.get(id);
  if (request) return { kind: "request", id, label: requestPlace(request) };
  const blocked = board.value.blockages.get(blockage);
  return blocked ? { kind: "blockage", id: blockage, label: blockedName(blocked) } : null;
}

/** What is under a point of the screen: trucks before requests and blockages before streets. */
function under(map, trucks, point) {
  const truck = trucks.at(point);
  if (truck) return { kind: "truck", id: truck.id, label: truck.name };
  const [ring] = around(map, point, ["request-rings"]);
  const waiting = ring && ringed(ring.properties);
  if (waiting) return waiting;
  const [street] = around(map, point);
  return street ? { kind: "street", id: street.id, label: streetName(street.properties), street } : null;
}

function hover(map, trucks) {
  const tip = makeTip(map);
  let near = null;
  let waiting = false;
  const showNear = (found) => {
    const id = found?.kind === "street" ? found.id : null;
    if (id === near) return;
    near = id;
    light(map, "near", id === null ? [] : [found.street]);
  };
  const show = ({ point }) => {
    waiting = false;
    const found = map.isMoving() ? null : under(map, trucks, point);
    showNear(found);
    map.getCanvas().style.cursor = selection.value.placing !== null ? "crosshair" : found ? "pointer" : "";
    tip(found?.label, point);
  };
  map.on("mousemove", (event) => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => show(event));
  });
  map.on("mouseout", () => {
    tip(null);
    showNear(null);
  });
}

function click(map, trucks) {
  map.on("click", async (event) => {
    const { placing } = selection.value;
    if (placing !== null) return void (await place(placing, event.lngLat));
    const found = under(map, trucks, event.point);
    choose(found?.kind ?? null, found?.id);
    if (found && matchMedia("(max-width: 720px)").matches) openSheet("side");
    return undefined;
  });
}

async function showRoute(map, chosen) {
  const route = chosen?.kind === "truck" ? routeOf(chosen.id) : null;
  const lines = route
    ? await attempt(async () =>
        withStates(await get(`/api/plans/${board.value.plan.id}/routes/${route.shift_id}`), route.shift_id),
      )
    : null;
  if (selection.value.chosen !== chosen) return;
  map.getSource("route").setData(lines ?? collection([]));
}

/** Where the chosen truck, request or blockage is, or null. */
function chosenPlace(trucks, chosen) {
  if (chosen?.kind === "truck") {
    const at = trucks.place(chosen.id, performance.now());
    return at ? [at.lon, at.lat] : null;
  }
  const waiting = { request: board.value.requests, blockage: board.value.blockages }[chosen?.kind];
  const one = waiting?.get(chosen.id);
  return one?.lon == null ? null : [one.lon, one.lat];
}

function mark(map, trucks, chosen) {
  const at = chosenPlace(trucks, chosen);
  trucks.ring(chosen?.kind === "truck" ? chosen.id : null);
  map.getSource("chosen").setData(collection(at && chosen.kind !== "truck" ? [point(...at, {})] : []));
  hold(map, chosen?.kind === "street" ? [chosen.id] : []);
  if (at) reveal(map, at);
}

function followSelection(map, trucks) {
  selection.follow(({ chosen, hidden, placing }, changes) => {
    if ("hidden" in changes) repaint(map, hidden);
    if ("placing" in changes) map.getCanvas().style.cursor = placing === null ? "" : "crosshair";
    if (!("chosen" in changes)) return;
    mark(map, trucks, chosen);
    showRoute(map, chosen);
  });
  map.on("moveend", () => {
    const { chosen } = selection.value;
    if (chosen?.kind === "street") hold(map, [chosen.id]);
  });
}

/** Draw the board's map and keep it so. */
export async function showMap() {
  const map = await makeMap(selection.value.hidden);
  globalThis.boardMap = map; // for tests and for the curious at the console
  const painter = new CoveragePainter(map, coverage.states);
  const trucks = new TruckSheet(map);
  const requests = () => {
    const shown = openRequests().filter((one) => one.lon != null && (selection.value.listed?.has(one.id) ?? true));
    map.getSource("requests").setData(collection([...shown.map(ring), ...openBlockages().map(barrier)]));
    for (const [layer, property, value] of ringPaints(shown.length)) map.setPaintProperty(layer, property, value);
  };
  coverage.followers.add((ids) => painter.changed(ids));
  painter.changed(coverage.states.keys());
  board.follow((value, changes) => {
    if (changes.vehicles) trucks.update([...value.vehicles.values()]);
    if (changes.requests || changes.blockages) requests();
    const { chosen } = selection.value;
    if (changes.checks && chosen?.kind === "truck") showRoute(map, chosen);
  });
  selection.follow((_, changes) => {
    if ("listed" in changes) requests();
  });
  trucks.update([...board.value.vehicles.values()]);
  drawClosures(map);
  requests();
  setInterval(requests, 30000); // rings fill with time
  followTheme(map, () => selection.value.hidden);
  followSelection(map, trucks);
  hover(map, trucks);
  click(map, trucks);
  letDrag(map, trucks);
}
