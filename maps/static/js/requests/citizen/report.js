// The report form: where the phone is, a pin on the city's own map, and a photo small enough to send.
import "../../pages/photos/field.js";
import { t } from "../../pages/texts.js";
import { smaller } from "../../pages/photos/shrink.js";

const GUESS_ZOOM = 17;
const EXACT_FROM_ZOOM = 14; // farther away a finger covers several streets
const NOTHING_HIDDEN = new Set();
const PATIENCE_MS = 20_000;

const byId = (id) => document.getElementById(id);
let map = null;
let pin = null;
let asking = null;

function say(text) {
  byId("placed").textContent = text;
  byId("placed").hidden = false;
}

function newPin(Marker) {
  const element = document.createElement("div");
  element.className = "call-pin";
  const icon = document.createElement("span");
  icon.className = "icon icon-map-pin";
  element.append(icon);
  const made = new Marker({ element, draggable: true, anchor: "bottom" });
  made.on("dragend", () => choose(made.getLngLat()));
  return made;
}

function mark(lon, lat) {
  pin?.setLngLat([lon, lat]).addTo(map);
}

function place(lon, lat) {
  byId("lon").value = lon.toFixed(6);
  byId("lat").value = lat.toFixed(6);
  mark(lon, lat);
  readBack();
}

// Without scripts its button sends the form; here a key must not press it in place of "Send".
function follow({ target }) {
  const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: target.name, value: target.value });
  byId("report").append(chosen);
  byId("report").requestSubmit();
  chosen.remove();
}

function armFollowing() {
  for (const button of byId("understood").querySelectorAll("button")) {
    button.type = "button";
    button.addEventListener("click", follow);
  }
}

/** Show what an answer says of the place, in the node whose changes are read aloud: what was understood, or why it was refused. */
function showUnderstood(page) {
  const fresh = page.getElementById("understood");
  const why = page.getElementById("mistake");
  const shown = byId("understood");
  for (const name of ["lon", "lat"]) delete shown.dataset[name];
  Object.assign(shown.dataset, fresh?.dataset);
  shown.replaceChildren(...(fresh?.childNodes ?? []));
  armFollowing();
  if (!why) return;
  for (const name of ["id", "role"]) why.removeAttribute(name);
  shown.append(why);
}

/** Ask what place the server understands; without an answer the report can be sent all the same. */
async function readBack() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const body = new FormData(byId("report"));
  for (const name of ["photo", "phone", "email"]) body.delete(name);
  try {
    const answer = await fetch(byId("report").action.replace("/report", "/report/place"), { method: "POST", body, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === asking) showUnderstood(page);
  } catch {
    if (mine === asking) byId("understood").replaceChildren();
  }
}

function choose({ lng, lat }) {
  place(lng, lat);
  say(t("Place is set. Tap the map to correct it."));
}

function tapped({ lngLat }) {
  if (map.getZoom() >= EXACT_FROM_ZOOM) return choose(lngLat);
  map.easeTo({ center: lngLat, zoom: GUESS_ZOOM });
  say(t("Now tap the exact place."));
}

const placed = () => (byId("lon").value ? [Number(byId("lon").value), Number(byId("lat").value)] : null);

function shownPlace() {
  const { lon, lat } = byId("understood").dataset;
  return placed() ?? (lon ? [Number(lon), Number(lat)] : null);
}

async function showMap() {
  byId("map-box").hidden = false;
  byId("choose").setAttribute("aria-expanded", "true");
  if (map === null) {
    const { followTheme, makeMap } = await import("../../pages/map/map.js");
    map = await makeMap(NOTHING_HIDDEN);
    globalThis.boardMap = map; // for tests and for the curious at the console
    followTheme(map, () => NOTHING_HIDDEN);
    pin = newPin((await import("maplibre-gl")).Marker);
    map.on("click", tapped);
  }
  const shown = shownPlace();
  if (shown === null) return;
  mark(...shown);
  map.jumpTo({ center: shown, zoom: Math.max(map.getZoom(), GUESS_ZOOM) });
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

for (const id of ["address", "text"]) byId(id).addEventListener("change", () => placed() === null && readBack());

document.querySelector(".ways").hidden = false;
document.querySelector(".check").remove();
armFollowing();
if (placed() !== null) showMap();
if (placed() !== null || byId("address").value) readBack();
