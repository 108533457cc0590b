// A map of places that is kept on the phone: made once, with where the phone is, and all places in sight.
import { Marker } from "maplibre-gl";
import { followTheme, makeMap } from "../map/map.js";
import { storedTiles } from "./stored-map.js";

const NOTHING_HIDDEN = new Set();
const FIT = { padding: 64, maxZoom: 17, duration: 0 };

/** Make the map in `#map` of the tiles that are stored on this phone. */
export async function makeKeptMap() {
  const map = await makeMap(NOTHING_HIDDEN, { stored: await storedTiles() });
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  return map;
}

/** What marks where the phone is on a map, each time it is called with a place. */
export function hereMarker(map) {
  const element = document.createElement("span");
  element.className = "icon icon-locate-fixed here";
  const marker = new Marker({ element });
  return (place) => place && marker.setLngLat([place.lon, place.lat]).addTo(map);
}

/** Show all of these places, where there are any. */
export function fitPlaces(map, places) {
  if (places.length === 0) return;
  const [lons, lats] = [places.map(({ lon }) => lon), places.map(({ lat }) => lat)];
  map.fitBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], FIT);
}
