// The report form: where the phone is, a pin on the city's own map, and a photo small enough to send.
import "../../pages/photos/field.js";
import { t } from "../../pages/texts.js";
import { smaller } from "../../pages/photos/shrink.js";

const GUESS_ZOOM = 17;
const NOTHING_HIDDEN = new Set();
const PATIENCE_MS = 20_000;

const byId = (id) => document.getElementById(id);
let map = null;

function say(text) {
  byId("placed").textContent = text;
  byId("placed").hidden = false;
}

function mark(lon, lat) {
  if (map === null) return;
  const point = { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: {} };
  map.getSource("chosen").setData({ type: "FeatureCollection", features: [point] });
}

function place(lon, lat) {
  byId("lon").value = lon.toFixed(6);
  byId("lat").value = lat.toFixed(6);
  mark(lon, lat);
}

const placed = () => (byId("lon").value ? [Number(byId("lon").value), Number(byId("lat").value)] : null);

async function showMap() {
  byId("map-box").hidden = false;
  byId("choose").setAttribute("aria-expanded", "true");
  if (map === null) {
    const { followTheme, makeMap } = await import("../../pages/map/map.js");
    map = await makeMap(NOTHING_HIDDEN);
    globalThis.boardMap = map; // for tests and for the curious at the console
    followTheme(map, () => NOTHING_HIDDEN);
    map.on("click", ({ lngLat }) => {
      place(lngLat.lng, lngLat.lat);
      say(t("Place is set. Tap the map to correct it."));
    });
  }
  if (placed() === null) return;
  mark(...placed());
  map.jumpTo({ center: placed(), zoom: Math.max(map.getZoom(), GUESS_ZOOM) });
}

function found({ coords }) {
  place(coords.longitude, coords.latitude);
  say(t("Location from your phone, accurate to {meters} m. Tap the map to correct it.", { meters: Math.ceil(coords.accuracy) }));
  showMap();
}

function lost() {
  say(t("Your phone did not give its location. Tap the place on the map."));
  showMap();
}

byId("here").addEventListener("click", () => {
  say(t("Looking for your place"));
  if (!navigator.geolocation) return lost();
  navigator.geolocation.getCurrentPosition(found, lost, { enableHighAccuracy: true, timeout: PATIENCE_MS });
});
byId("choose").addEventListener("click", showMap);

byId("photo").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  const small = await smaller(file);
  const kept = new DataTransfer();
  kept.items.add(new File([small], "photo.jpg", { type: small.type }));
  target.files = kept.files;
});

// A second tap on a slow network would send the same again.
byId("report").addEventListener("submit", () => setTimeout(() => (byId("send").disabled = true)));
addEventListener("pageshow", () => (byId("send").disabled = false));

document.querySelector(".ways").hidden = false;
if (placed() !== null) showMap();
