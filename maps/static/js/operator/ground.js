// The operator's map: streets and names, the guess, and a click that places a request.
import { still } from "../core/boot.js";
import { followTheme, makeMap } from "../map/ground.js";
import { desk, place } from "./state.js";

const NOTHING_HIDDEN = new Set();
const GUESS_ZOOM = 16;

const marks = (guess) => ({
  type: "FeatureCollection",
  features: guess
    ? [{ type: "Feature", geometry: { type: "Point", coordinates: [guess.lon, guess.lat] }, properties: {} }]
    : [],
});

/** Draw the map and follow what is written. */
export async function showMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  map.on("click", (event) => {
    if (desk.value.placing !== null) place(event.lngLat);
  });
  desk.follow(({ guess, guesses, placing }, changes) => {
    map.getCanvas().style.cursor = placing === null ? "" : "crosshair";
    if (!("guesses" in changes) && !("guess" in changes)) return;
    const shown = guess ?? guesses.find((one) => one.confident) ?? null;
    map.getSource("chosen").setData(marks(shown));
    if (shown)
      map.easeTo({
        center: [shown.lon, shown.lat],
        zoom: Math.max(map.getZoom(), GUESS_ZOOM),
        duration: still ? 0 : 600,
      });
  });
}
