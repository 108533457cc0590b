// Where a request is: its map, a search for the place, and a pin that is stored once somebody says so.
import * as maplibregl from "maplibre-gl";
import { html } from "lit";
import { still } from "../../pages/boot.js";
import { followTheme, makeMap } from "../../pages/map/map.js";
import { notify } from "../../pages/notices.js";
import { streetName, t } from "../../pages/texts.js";
import { certainty, marks } from "../../requests/guesses.js";
import { mayChange, needsPlace, opened, place, seek, takeBack } from "./state.js";

const NOTHING_HIDDEN = new Set();
const PLACE_ZOOM = 15.5;
const PAUSE_MS = 250;

/** The map's box is made once and put wherever the file is drawn: a map that is drawn anew loads all its tiles again. */
const box = document.createElement("section");
box.className = "map-box";
box.setAttribute("aria-label", t("Map"));
const ground = document.createElement("div");
ground.id = "map";
box.append(ground);

function marker(className, draggable) {
  const element = document.createElement("div");
  element.className = `request-pin ${className}`;
  const icon = document.createElement("span");
  icon.className = "icon icon-map-pin";
  element.append(icon);
  return new maplibregl.Marker({ element, draggable, anchor: "bottom" });
}

class Pins {
  constructor(map) {
    this.map = map;
    this.stored = marker("stored", false);
    this.wanted = marker("wanted", true);
    this.wanted.on("dragend", () => {
      const { lng, lat } = this.wanted.getLngLat();
      opened.set({ pin: { lon: lng, lat } });
    });
  }

  set(pin, where) {
    if (where) pin.setLngLat([where.lon, where.lat]).addTo(this.map);
    else pin.remove();
  }

  draw({ file, pin }) {
    this.set(this.stored, file && file.request.lon !== null && !pin ? file.request : null);
    this.set(this.wanted, pin);
  }
}

function go(map, where) {
  map.easeTo({ center: [where.lon, where.lat], zoom: Math.max(map.getZoom(), PLACE_ZOOM), duration: still ? 0 : 500 });
}

let drawn = null;
let failedFor = null; // the request at which the map could not be drawn: it is tried again at the next one

/** Draw the map, once its box stands in the page. */
export function drawMap() {
  const { id } = opened.value;
  if (id !== failedFor) drawn ??= draw().catch((error) => failed(id, error));
}

function failed(id, error) {
  notify(t("The map cannot be drawn. It is tried again with the next request you open."), "danger", error.message);
  ground.replaceChildren();
  failedFor = id;
  drawn = null;
}

async function draw() {
  const map = await makeMap(NOTHING_HIDDEN);
  globalThis.boardMap = map; // for tests and for the curious at the console
  followTheme(map, () => NOTHING_HIDDEN);
  new ResizeObserver(() => map.resize()).observe(ground);
  const pins = new Pins(map);
  let shown = null;
  const follow = (now, changes) => {
    pins.draw(now);
    map.getCanvas().style.cursor = now.file && mayChange(now.file) ? "crosshair" : "";
    const { request } = now.file ?? {};
    const at = request && `${request.id}:${request.lon}:${request.lat}`;
    if (request && at !== shown) {
      shown = at;
      if (request.lon !== null) go(map, request);
    }
    if (changes.pin && !changes.pin.byHand) go(map, changes.pin);
  };
  map.on("click", ({ lngLat }) => {
    const { file } = opened.value;
    if (file && mayChange(file)) opened.set({ pin: { lon: lngLat.lng, lat: lngLat.lat, byHand: true } });
  });
  follow(opened.value, {});
  opened.follow(follow);
}

let pause = 0;

function later(words) {
  const { id } = opened.value;
  clearTimeout(pause);
  pause = setTimeout(() => opened.value.id === id && seek(words), PAUSE_MS);
}

const choose = ({ lon, lat, segment_id }) => opened.set({ pin: { lon, lat, segment_id } });

const guess = (one, pin) => html`<li>
  <button class="guess" aria-pressed=${pin?.lon === one.lon && pin?.lat === one.lat} @click=${() => choose(one)}>
    <span class="icon icon-map-pin" aria-hidden="true"></span>
    <span>${one.said || t("Unnamed street")}<span class="muted small">${[certainty(one), marks(one)].filter(Boolean).join(" · ")}</span></span>
  </button>
</li>`;

function search(file) {
  const { sought, guesses, pin } = opened.value;
  const words = sought ?? (file.request.address || file.request.text);
  return html`<label for="seek">${t("Search for the place")}</label>
    <input id="seek" type="search" maxlength="300" dir="auto" autocomplete="off" .value=${words} @input=${({ target }) => later(target.value)} @keydown=${(event) => event.key === "Enter" && guesses?.[0] && choose(guesses[0])} />
    ${guesses?.length === 0 && sought ? html`<p class="muted small" role="status">${t("No street is called so. Click the place on the map.")}</p>` : ""}
    ${guesses?.length ? html`<ul class="guesses" aria-label=${t("Places that it may mean")}>${guesses.map((one) => guess(one, pin))}</ul>` : ""}`;
}

const order = (file) => {
  const { pin, placing, placed } = opened.value;
  if (pin)
    return html`<div class="ends">
      <button class="primary" ?disabled=${placing} @click=${place}><span class="icon icon-map-pin-plus" aria-hidden="true"></span>${needsPlace(file) ? t("Place it here") : t("Move it here")}</button>
      <button @click=${() => opened.set({ pin: null })}>${t("Cancel")}</button>
    </div>`;
  if (placed) return html`<p class="ends" role="status">${t("Placed.")} <button class="link" @click=${takeBack}>${t("Undo")}</button></p>`;
  return html`<p class="muted small">${t("Click the map, or choose a place of the list: a pin shows it before it is stored.")}</p>`;
};

/** The map of a request, and the way to place or move it. */
export function placePart(file) {
  const { street, request } = file;
  const where = street ? streetName(street) : request.lon === null ? t("Unlocated") : t("Beside the streets");
  const { pin, placed } = opened.value;
  const asked = needsPlace(file) || pin || placed;
  return html`<section class="place ${asked ? "" : "known"}">
    <div class="column">
      <h3>${t("Place")}</h3>
      <p class=${street ? "" : "danger"}><bdi>${where}</bdi></p>
      ${mayChange(file) ? (asked ? html`${search(file)} ${order(file)}` : html`<details><summary>${t("Move it to another place")}</summary>${search(file)} ${order(file)}</details>`) : ""}
    </div>
    ${box}
  </section>`;
}
