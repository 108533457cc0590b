// The operator's map: the guesses with their numbers, the street of the call lit up, a pin to drag, and a click that places a request.
import * as maplibregl from "maplibre-gl";
import { still } from "../../pages/boot.js";
import { number, t } from "../../pages/texts.js";
import { highlightSelected } from "../../pages/map/highlight.js";
import { followTheme, makeMap } from "../../pages/map/map.js";
import { choose, call, movePin, place } from "./state.js";

const NOTHING_HIDDEN = new Set();
const PLACE_ZOOM = 16;

function guessMark(guess) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "guess-mark";
  button.tabIndex = -1; // the list is the way for keys
  button.textContent = number(guess.id + 1);
  button.setAttribute("aria-label", `${button.textContent} ${guess.said || t("Unnamed street")}`);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    choose(guess.id);
  });
  return button;
}

function pinMark() {
  const element = document.createElement("div");
  element.className = "call-pin";
  const icon = document.createElement("span");
  icon.className = "icon icon-map-pin";
  element.append(icon);
  element.title = t("Drag the pin to the right place");
  return element;
}

class Marks {
  constructor(map) {
    this.map = map;
    this.guesses = [];
    this.pin = null;
  }

  drawGuesses({ guesses, chosen }) {
    this.guesses.forEach((marker) => marker.remove());
    this.guesses = guesses
      .filter((guess) => guess.id !== chosen)
      .map((guess) => new maplibregl.Marker({ element: guessMark(guess) }).setLngLat([guess.lon, guess.lat]).addTo(this.map));
  }

  drawPin({ place: where }) {
    if (!where) {
      this.pin?.remove();
      this.pin = null;
      return;
    }
    this.pin ??= this.newPin(where);
    this.pin.setLngLat([where.lon, where.lat]);
  }

  newPin({ lon, lat }) {
    const pin = new maplibregl.Marker({ element: pinMark(), draggable: true, anchor: "bottom" });
    pin.on("dragend", () => movePin(pin.getLngLat()));
    return pin.setLngLat([lon, lat]).addTo(this.map);
  }
}

function show(map, { place: where, guesses }) {
  const duration = still ? 0 : 600;
  if (where) {
    map.easeTo({ center: [where.lon, where.lat], zoom: Math.max(map.getZoom(), PLACE_ZOOM), duration });
  } else if (guesses.length > 0) {
    const bounds = new maplibregl.LngLatBounds();
    guesses.forEach(({ lon, lat }) => bounds.extend([lon, lat]));
    map.fitBounds(bounds, { padding: 80, maxZoom: PLACE_ZOOM, duration });
  }
}

/** Draw the map and follow what is written. */
export async function showMap() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  const marks = new Marks(map);
  const light = highlightSelected(map);
  map.on("click", ({ lngLat }) => (call.value.placing !== null ? place(lngLat) : movePin(lngLat)));
  map.getCanvas().style.cursor = "crosshair";
  call.follow((now, changes) => {
    if ("guesses" in changes || "chosen" in changes) marks.drawGuesses(now);
    if (!("place" in changes)) return;
    marks.drawPin(now);
    light(now.place?.segment_id == null ? [] : [now.place.segment_id]);
    if (!now.place?.byHand) show(map, now);
  });
}
