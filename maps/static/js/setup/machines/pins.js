// Depots and places to load salt on the map: pins to choose, to drag and to place.
import * as maplibregl from "maplibre-gl";
import { t } from "../../pages/texts.js";
import { followTheme, makeMap, reveal } from "../../pages/map/map.js";
import { showAreas, takeCorner } from "./areas.js";
import { edit, fleet, orderAtOnce } from "./state.js";

const NOTHING_HIDDEN = new Set();
const ICON = { depot: "warehouse", site: "salt" };
// Both may be at one place: depots stand above it, salt hangs below.
const HANGS = { depot: { anchor: "bottom", offset: [0, -10] }, site: { anchor: "top", offset: [0, 10] } };
const PATH = { depot: "depots", site: "reload-sites" };

/** Everything that has a place, depots first. */
export const things = (view) => [
  ...view.depots.map((depot) => ({ kind: "depot", ...depot })),
  ...view.reload_sites.map((site) => ({ kind: "site", ...site })),
];

export const same = (one, other) => one && other && one.kind === other.kind && one.id === other.id;

/** What is sent to place a thing. */
export const placed = ({ kind, name, lon, lat, fill_min, materials }) =>
  kind === "depot" ? { name, lon, lat } : { name, lon, lat, fill_min, materials };

/** Where a thing is changed. */
export const pathOf = ({ kind, id }) => (id ? `${PATH[kind]}/${id}` : PATH[kind]);

function pin(thing) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `pin ${thing.kind}`;
  const icon = document.createElement("span");
  icon.className = `icon icon-${ICON[thing.kind]}`;
  const name = document.createElement("bdi");
  name.textContent = thing.name || t("New place");
  button.append(icon, name);
  button.setAttribute("aria-label", name.textContent);
  return button;
}

function dropped(thing, marker) {
  const { lng: lon, lat } = marker.getLngLat();
  const { editing } = fleet.value;
  if (same(thing, editing)) return fleet.set({ editing: { ...editing, lon, lat } });
  return orderAtOnce(pathOf(thing), placed({ ...thing, lon, lat }));
}

function shownThings({ view, editing }) {
  if (!view) return [];
  const all = things(view).map((thing) => (same(thing, editing) ? { ...thing, ...editing } : thing));
  return editing && !editing.id && editing.lon != null ? [...all, editing] : all;
}

class Pins {
  constructor(map) {
    this.map = map;
    this.showAreas = showAreas(map);
    this.markers = [];
    this.dragging = false;
  }

  /** Put every pin anew, except while one is in somebody's hand. */
  draw() {
    if (this.dragging) return;
    this.markers.forEach((marker) => marker.remove());
    const shown = shownThings(fleet.value);
    this.markers = shown.map((thing) => this.put(thing));
    this.showAreas(shown);
  }

  put(thing) {
    const element = pin(thing);
    element.classList.toggle("chosen", Boolean(same(thing, fleet.value.editing)));
    element.classList.toggle("assumed", thing.assumed === true);
    const marker = new maplibregl.Marker({ element, draggable: true, ...HANGS[thing.kind] });
    marker.setLngLat([thing.lon, thing.lat]).addTo(this.map);
    element.addEventListener("click", (event) => {
      event.stopPropagation();
      const { editing } = fleet.value; // who draws an area wants no other pin
      if (!editing?.drawn && !same(thing, editing)) edit({ ...thing, drawn: thing.polygon.length > 0 });
    });
    marker.on("dragstart", () => {
      this.dragging = true;
    });
    marker.on("dragend", async () => {
      await dropped(thing, marker);
      this.dragging = false;
      this.draw();
    });
    return marker;
  }
}

/** Draw the map and keep its pins as the fleet is. */
export async function showPins() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  const pins = new Pins(map);
  map.on("click", ({ lngLat }) => {
    const { editing } = fleet.value;
    if (takeCorner(lngLat)) return;
    if (editing) fleet.set({ editing: { ...editing, lon: lngLat.lng, lat: lngLat.lat } });
  });
  fleet.follow(({ editing }, changes) => {
    map.getCanvas().style.cursor = editing && (editing.lon == null || editing.drawn) ? "crosshair" : "";
    if ("view" in changes || "editing" in changes) pins.draw();
    if (changes.editing?.lon != null) reveal(map, [changes.editing.lon, changes.editing.lat]);
  });
  pins.draw();
}

/** Put what is being edited where the map is centred: for who has no mouse. */
export function placeInTheMiddle(map) {
  const { lng: lon, lat } = map.getCenter();
  fleet.set({ editing: { ...fleet.value.editing, lon, lat } });
}
