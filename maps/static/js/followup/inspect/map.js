// The places to inspect on the map that this phone keeps, so that it is there without a signal; a pin opens its place.
import { Marker } from "maplibre-gl";
import { openedAtFirstLook } from "../../pages/app/first-look.js";
import { fitPlaces, hereMarker, makeKeptMap } from "../../pages/app/kept-map.js";
import { placeName } from "./list.js";
import { inspections, shown } from "./state.js";

let map = null;
let drawPlace = () => {}; // until the map is there
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

async function open() {
  map = await makeKeptMap();
  drawPins();
  drawPlace = hereMarker(map);
  drawPlace(inspections.value.here);
  fitPlaces(map, shown());
}

/** Make the map when somebody first looks at it, and keep it up to date from then on. */
export function prepareMap() {
  const look = openedAtFirstLook(open);
  inspections.follow(({ onMap, here: place }, changes) => {
    look(onMap);
    if (map) {
      if (["places", "told", "waiting"].some((name) => name in changes)) drawPins();
      if ("here" in changes) drawPlace(place);
    }
  });
}
