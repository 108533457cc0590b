// The places to inspect on the map that this phone keeps, so that it is there without a signal; a pin opens its place.
import { Marker } from "maplibre-gl";
import { storedTiles } from "../../pages/app/stored-map.js";
import { followTheme, makeMap } from "../../pages/map/map.js";
import { placeName } from "./list.js";
import { inspections, shown } from "./state.js";

const NOTHING_HIDDEN = new Set();
const FIT = { padding: 64, maxZoom: 17, duration: 0 };

let map = null;
let here = null;
const pins = new Map(); // markers by the id of their place

function pin(place) {
  const element = document.createElement("button");
  element.className = `place-pin ${place.closed_for || place.told_at ? "told" : ""}`;
  element.setAttribute("aria-label", placeName(place));
  element.addEventListener("click", () => inspections.set({ opened: place }));
  return new Marker({ element }).setLngLat([place.lon, place.lat]).addTo(map);
}

function drawPins() {
  const open = new Map(shown().map((place) => [place.id, place]));
  for (const [id, marker] of pins) if (!open.has(id)) pins.delete(id) && marker.remove();
  for (const [id, place] of open) if (!pins.has(id)) pins.set(id, pin(place));
}

function drawPlace(place) {
  if (!place) return;
  if (!here) {
    const element = document.createElement("span");
    element.className = "icon icon-locate-fixed here";
    here = new Marker({ element });
  }
  here.setLngLat([place.lon, place.lat]).addTo(map);
}

function fit() {
  const places = shown();
  if (places.length === 0) return;
  const [lons, lats] = [places.map(({ lon }) => lon), places.map(({ lat }) => lat)];
  map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], FIT);
}

async function open() {
  map = await makeMap(NOTHING_HIDDEN, { stored: await storedTiles() });
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  drawPins();
  drawPlace(inspections.value.here);
  fit();
}

/** Make the map when somebody first looks at it, and keep it up to date from then on. */
export function prepareMap() {
  let opened = false;
  inspections.follow(({ onMap, here: place }, changes) => {
    if (onMap && !opened) {
      opened = true;
      requestAnimationFrame(open);
    } else if (map) {
      if (["places", "told", "waiting"].some((name) => name in changes)) drawPins();
      if ("here" in changes) drawPlace(place);
    }
  });
}
