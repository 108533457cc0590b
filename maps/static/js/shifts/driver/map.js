// The driver's map: what is left of the route, what is to be done now, and where he is; it follows until dragged.
import { html, nothing } from "lit";
import { boot, still } from "../../pages/boot.js";
import { openedAtFirstLook } from "../../pages/app/first-look.js";
import { storedTiles } from "../../pages/app/stored-map.js";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { color, onTheme } from "../../pages/theme.js";
import { guide, shownPlace } from "./guide/state.js";
import { current, drive } from "./state.js";
import { icon, measure, stageIcon, task, where } from "./words.js";

const NOTHING_HIDDEN = new Set();
const CLOSE_ZOOM = 16.5;
const [SLIGHT_DEG, SLIGHT_ZOOM] = [15, 0.5];
const LOW_CENTRE = 0.3; // the truck stands so far below the middle, since what is ahead matters
const FIT = { maxZoom: 17, duration: still ? 0 : 600 };

let map = null;
let truck = null;
let shown = { first: null, stages: null };

const lines = (stages) => ({
  type: "FeatureCollection",
  features: stages
    .filter((stage) => stage.line.length > 1)
    .map(({ line, kind }) => ({
      type: "Feature",
      geometry: { type: "LineString", coordinates: line },
      properties: { kind },
    })),
});

function addLayers() {
  map.setPaintProperty("route", "line-width", ["case", ["==", ["get", "kind"], "work"], 5, 2]);
  map.setPaintProperty("route", "line-opacity", 0.7);
  map.addSource("now", { type: "geojson", data: lines([]) });
  map.addLayer(
    {
      id: "now",
      type: "line",
      source: "now",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": color("accent"), "line-width": 9 },
    },
    "route-arrows",
  );
  map.addSource("back", { type: "geojson", data: lines([]) });
  map.addLayer(
    {
      id: "back",
      type: "line",
      source: "back",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": color("danger"), "line-width": 6, "line-dasharray": [1, 1.6] },
    },
    "route-arrows",
  );
  guide.follow(({ back }, changes) => {
    if ("back" in changes) map.getSource("back").setData(lines(back ? [{ line: back.line, kind: "back" }] : []));
  });
  onTheme(() => {
    map.setPaintProperty("now", "line-color", color("accent"));
    map.setPaintProperty("back", "line-color", color("danger"));
  });
}

function fit(stage) {
  const [first, ...rest] = stage.line;
  if (!first) return;
  const west = Math.min(first[0], ...rest.map(([lon]) => lon));
  const east = Math.max(first[0], ...rest.map(([lon]) => lon));
  const south = Math.min(first[1], ...rest.map(([, lat]) => lat));
  const north = Math.max(first[1], ...rest.map(([, lat]) => lat));
  map.fitBounds([west, south, east, north], { ...FIT, bearing: 0, padding: { top: 64, bottom: 64, left: 64, right: 64 } });
}

function draw(stages, now) {
  if (shown.stages === stages && shown.first === now?.first) return;
  const other = shown.first !== now?.first;
  shown = { stages, first: now?.first };
  map.getSource("route").setData(lines(stages.filter((stage) => stage.state === "open")));
  map.getSource("now").setData(lines(now ? [now] : []));
  if (other && now && !followed()) fit(now);
}

/** An arrow where the truck is, which turns with the map. */
function drawPlace(place) {
  if (!place) return;
  truck.setLngLat([place.lon, place.lat]).setRotation(place.heading ?? 0).addTo(map);
}

/** Whether the phone is in the city at all: a map that follows it anywhere else shows nothing. */
function inCity({ lon, lat }) {
  const [west, south, east, north] = boot.city.bounds;
  return west <= lon && lon <= east && south <= lat && lat <= north;
}

const followed = () => drive.value.place && inCity(drive.value.place);

/** Whether the map would turn so far, or come from so far away, that an eye loses it where it jumps. */
function isLeap(zoom, bearing) {
  const turn = Math.abs(((bearing - map.getBearing() + 540) % 360) - 180);
  return turn > SLIGHT_DEG || zoom - map.getZoom() > SLIGHT_ZOOM;
}

/** Go along with the truck: in one frame on a straight way, since each frame takes of the battery, and smoothly where it turns. */
function move({ place, looked, stages, loose }) {
  const stage = stages.find((one) => one.first === looked);
  if (stage) fit(stage);
  else if (followed() && !loose) {
    const zoom = Math.max(map.getZoom(), CLOSE_ZOOM);
    const bearing = place.heading ?? map.getBearing();
    map.easeTo({
      center: [place.lon, place.lat],
      zoom,
      bearing,
      padding: { top: map.getContainer().clientHeight * LOW_CENTRE },
      duration: !still && isLeap(zoom, bearing) ? 600 : 0,
    });
  }
}

function update(value, changes) {
  if (!map || value.view !== "map") return; // nobody looks: what is not drawn takes nothing of the battery
  const now = current();
  const shown = { ...value, place: shownPlace() };
  draw(value.stages, now);
  drawPlace(shown.place);
  if ("place" in changes && value.looked == null) move(shown);
  if ("looked" in changes) move(shown);
}

/** Make the map; what draws it is only read now, since a shift begins with words. */
async function open() {
  const [{ Marker }, { followTheme, makeMap }] = await Promise.all([import("maplibre-gl"), import("../../pages/map/map.js")]);
  map = await makeMap(NOTHING_HIDDEN, { stored: await storedTiles() });
  globalThis.boardMap = map; // for tests and for the curious at the console
  const element = document.createElement("span");
  element.className = "icon icon-navigation-2 here";
  truck = new Marker({ element, rotationAlignment: "map", pitchAlignment: "map" });
  addLayers();
  followTheme(map, () => NOTHING_HIDDEN);
  map.on("dragstart", () => drive.set({ loose: true }));
  update(drive.value, { place: true, looked: true });
  if (!followed() && current()) fit(current());
}

/** Make the map when somebody first looks at it, and keep it up to date from then on. */
export function prepareMap() {
  const look = openedAtFirstLook(open);
  drive.follow((value, changes) => {
    look(value.view === "map");
    update(value, "view" in changes ? { place: true, looked: true } : changes);
  });
}

class Follow extends Part {
  get stores() {
    return [drive];
  }

  render() {
    const { place, loose, looked } = drive.value;
    const stage = current();
    const away = place && (loose || looked != null);
    return html`${
      stage
        ? html`<p class="over">${icon(stageIcon(stage))}<span class="what"><span class="muted">${task(stage)}</span> <bdi>${where(stage)}</bdi></span><span class="when">${measure(stage)[0] ?? ""}</span></p>`
        : nothing
    }
    ${away ? html`<button class="back" @click=${() => drive.set({ loose: false, looked: null, place: { ...place } })}>${icon("locate-fixed")}${t("Follow my position")}</button>` : nothing}`;
  }
}
customElements.define("drive-follow", Follow);
