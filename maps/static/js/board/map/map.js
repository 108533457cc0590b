// Ties the map to the board: what is known is drawn, what is clicked is selected, and the other way round.
import { get } from "../../pages/net.js";
import { attempt } from "../../pages/notices.js";
import { still } from "../../pages/boot.js";
import { isolated, named, t, tileName } from "../../pages/texts.js";
import { CoveragePainter } from "../../pages/map/coverage.js";
import { highlightHovered, highlightSelected } from "../../pages/map/highlight.js";
import { followTheme, makeMap, repaint, reveal } from "../../pages/map/map.js";
import { around, makeTooltip, put } from "../../pages/map/hover.js";
import { TruckOverlay } from "../../pages/map/trucks.js";
import { shiftOf, stateOf } from "../../shifts/truck-states.js";
import { blockedName } from "../../shifts/blockage.js";
import { drawClosures } from "../../storms/closures.js";
import { crews, drawCrews, signed } from "../../crews/jobs.js";
import { draftState } from "../../edits/draft.js";
import { enableDrag } from "../../edits/drag.js";
import { place } from "../../requests/request.js";
import { STAGING, stageAt, staging } from "../../shifts/staging.js";
import { drawRings } from "./rings.js";
import { RouteOverlay } from "../../routes/chosen-route.js";
import { requestPlace } from "../rows.js";
import { openSheet } from "../bottom-sheets.js";
import { board, choose, coverage, selection } from "../state.js";
import { TrackOverlay } from "../track/overlay.js";
import { fixWords } from "../track/track.js";
import { SectionNames } from "../views/section-names.js";
import { followView, view } from "../views/shown.js";
import { shownView, views } from "../views/views.js";
import { routeOf } from "../truck.js";
import { lasting, withStates } from "../../alerts/server-alerts.js";

const PART_MS = 400;
const FINGERS = matchMedia("(hover: none)"); // without a pointer, a tap asks what a pointer would show

const point = (lon, lat, properties) => ({
  type: "Feature",
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties,
});

/** A request or a blockage by its ring on the map, or null where it is gone. */
function ringed({ id, blockage }) {
  const request = board.value.requests.get(id);
  if (request) return { kind: "request", id, label: requestPlace(request) };
  const blocked = board.value.blockages.get(blockage);
  return blocked ? { kind: "blockage", id: blockage, label: blockedName(blocked) } : null;
}

/** Requests that are one ring together. */
const clusterOf = ({ geometry, properties: { cluster_id: id, point_count: count } }) => ({
  kind: "cluster",
  id,
  at: geometry.coordinates,
  label: t("requests_here:{count}", { count }),
});

/** Go so near to a cluster that its requests part. */
async function part(map, { id, at }) {
  const zoom = await map.getSource("requests").getClusterExpansionZoom(id);
  map.easeTo({ center: at, zoom, duration: still ? 0 : PART_MS });
}

/** What is under a point of the screen: trucks, requests and blockages, crew jobs, streets. */
function under(map, trucks, point) {
  const truck = trucks.at(point);
  if (truck) return { kind: "truck", id: truck.id, label: `${isolated(truck.name)} · ${named("truck", truck.state)}` };
  const [ring] = around(map, point, ["blockage-rings", "request-rings"]);
  if (ring?.properties.cluster) return clusterOf(ring);
  const waiting = ring && ringed(ring.properties);
  if (waiting) return waiting;
  const [sign] = around(map, point, ["crew-jobs"]);
  const crewJob = sign && signed(sign.properties);
  if (crewJob) return crewJob;
  const [street] = around(map, point);
  if (!street) return null;
  const label = [tileName(street.properties), view().words(street.id)].filter(Boolean).join(" · ");
  return { kind: "street", id: street.id, label, street };
}

/** Name what is under the pointer; over the chosen truck's track what it did there. */
function hover(map, trucks, track, light) {
  const tip = makeTooltip(map);
  let near = null;
  let waiting = false;
  const showNear = (found) => {
    const id = found?.kind === "street" ? found.id : null;
    if (id === near) return;
    near = id;
    light(id === null ? null : found.street);
  };
  const show = ({ point }) => {
    waiting = false;
    const found = map.isMoving() ? null : under(map, trucks, point);
    showNear(found);
    map.getCanvas().style.cursor = selection.value.placing !== null ? "crosshair" : found ? "pointer" : "";
    const fix = found?.kind === "truck" || map.isMoving() ? null : track.at(point);
    tip(fix ? fixWords(fix) : found?.label, point);
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
  map.on("movestart", () => tip(null));
  map.on("click", ({ point }) => {
    const fix = FINGERS.matches ? track.at(point) : null;
    if (fix) tip(fixWords(fix), point);
  });
}

/** Put what is being placed at a point: a request, or where trucks wait. */
const placeAt = (placing, lngLat) => (placing === STAGING ? stageAt(lngLat) : place(placing, lngLat));

/** By keys, what is being placed goes to the middle of the map, at the cross. */
function placeByKeys(map) {
  map.getCanvas().addEventListener("keydown", ({ key }) => {
    const { placing } = selection.value;
    if (key === "Enter" && placing !== null) placeAt(placing, map.getCenter());
  });
}

function click(map, trucks, track) {
  map.on("click", async (event) => {
    const { placing } = selection.value;
    if (placing !== null) return void (await placeAt(placing, event.lngLat));
    const found = under(map, trucks, event.point);
    if (FINGERS.matches && found?.kind !== "truck" && track.at(event.point)) return undefined; // it is told what the truck did
    if (found?.kind === "cluster") return void (await part(map, found));
    choose(found?.kind ?? null, found?.id);
    if (found && matchMedia("(max-width: 720px)").matches) openSheet("side");
    return undefined;
  });
}

/** The legs of a truck: those of the draft in hand, else those of the driven plan with what became of each. */
async function legsOf(vehicle) {
  const { draft } = draftState.value;
  const shift = draft ? shiftOf(vehicle)?.id : routeOf(vehicle)?.shift_id;
  if (shift === undefined) return null;
  if (draft) return get(`/api/plans/${draft.plan_id}/routes/${shift}`).catch(() => null); // who has nothing to do has no route
  return withStates(await get(`/api/plans/${board.value.plan.id}/routes/${shift}`), shift);
}

/** Show the chosen truck's route; where the map shows all routes, that of the chosen one stands out by itself. */
async function showRoute(sheet, chosen) {
  const lines = chosen?.kind === "truck" && shownView() !== "routes" ? await attempt(() => legsOf(chosen.id)) : null;
  if (selection.value.chosen !== chosen) return;
  sheet.show(lines);
}

/** Where the chosen truck, request, blockage or crew job is, or null. */
function chosenPlace(trucks, chosen) {
  if (chosen?.kind === "truck") {
    const at = trucks.place(chosen.id, performance.now());
    return at ? [at.lon, at.lat] : null;
  }
  const waiting = { request: board.value.requests, blockage: board.value.blockages, crew_job: crews.value.known }[chosen?.kind];
  const one = waiting?.get(chosen.id);
  return one?.lon == null ? null : [one.lon, one.lat];
}

function mark(map, trucks, hold, chosen) {
  const at = chosenPlace(trucks, chosen);
  trucks.ring(chosen?.kind === "truck" ? chosen.id : null);
  put(map, "chosen", at && chosen.kind !== "truck" ? [point(...at, {})] : []);
  hold(chosen?.kind === "street" ? [chosen.id] : []);
  if (at) reveal(map, at);
}

function followSelection(map, trucks, route, hold) {
  selection.follow(({ chosen, hidden, placing }, changes) => {
    if ("hidden" in changes) repaint(map, hidden, view().palette());
    if ("placing" in changes) {
      map.getCanvas().style.cursor = placing === null ? "" : "crosshair";
      map.getContainer().classList.toggle("placing", placing !== null);
    }
    if (!("chosen" in changes)) return;
    mark(map, trucks, hold, chosen);
    showRoute(route, chosen);
  });
  staging.follow(({ place: at }, changes) => {
    if ("place" in changes) put(map, "chosen", at?.kind === "point" ? [point(at.lon, at.lat, {})] : []);
  });
  draftState.follow((_, changes) => "draft" in changes && showRoute(route, selection.value.chosen));
  views.follow(() => showRoute(route, selection.value.chosen));
}

/** Trucks as lists and panels show them: each in its state by evidence. */
const trucksNow = () => [...board.value.vehicles.values()].map((vehicle) => ({ ...vehicle, state: stateOf(vehicle) }));

/** Tell the map which trucks have alerts that nobody has acknowledged. */
function markTrucks(trucks) {
  const alerted = lasting().filter((alert) => alert.vehicle_id !== null && !alert.acknowledged_at);
  trucks.mark(new Set(alerted.map((alert) => alert.vehicle_id)));
}

/** Draw the board's map and keep it so. */
export async function showMap() {
  const map = await makeMap(selection.value.hidden, { clustered: true });
  globalThis.boardMap = map; // for tests and for the curious at the console
  const painter = new CoveragePainter(map, coverage.states);
  const light = highlightHovered(map);
  const hold = highlightSelected(map);
  const route = new RouteOverlay(map);
  const track = new TrackOverlay(map);
  const names = new SectionNames(map, () => trucks.taken);
  const trucks = new TruckOverlay(map); // above the route of the chosen one
  followView(map, painter, names);
  let checked = null;
  board.follow((value, changes) => {
    if (changes.vehicles || changes.trucks) trucks.update(trucksNow());
    if (changes.alerts) markTrucks(trucks);
    const { chosen } = selection.value;
    const check = chosen?.kind === "truck" ? value.checks.get(chosen.id) : null;
    if (check && check !== checked) showRoute(route, chosen);
    checked = check;
  });
  trucks.update(trucksNow());
  markTrucks(trucks);
  drawClosures(map);
  drawRings(map);
  drawCrews(map);
  followTheme(map, () => selection.value.hidden, () => view().palette());
  followSelection(map, trucks, route, hold);
  hover(map, trucks, track, light);
  click(map, trucks, track);
  placeByKeys(map);
  enableDrag(map, trucks);
}
