// Where trackers were last: a dot for each, with the name of the chosen one on the map of the city.
import * as maplibregl from "maplibre-gl";
import { html } from "lit";
import { still } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { followTheme, makeMap } from "../pages/map/map.js";
import { number, t } from "../pages/texts.js";
import { trackers } from "./state.js";

const NOTHING_HIDDEN = new Set();
const CLOSE_ZOOM = 16;

/** The trackers whose last position is known. */
export const placed = (page) => (page?.trackers ?? []).filter((one) => one.location);

/** Show on the map where a tracker was last. */
export function choose(tracker) {
  trackers.set({ chosen: tracker.id });
  document.getElementById("map")?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
}

function spot(id) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "spot";
  button.append(document.createElement("bdi"));
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    trackers.set({ chosen: id });
  });
  return button;
}

function paint(button, tracker, chosen) {
  button.classList.toggle("silent", tracker.state === "silent");
  button.classList.toggle("chosen", chosen);
  button.setAttribute("aria-pressed", chosen);
  button.title = tracker.vehicle || tracker.name;
  button.firstChild.textContent = button.title;
}

class PositionsMap extends Part {
  async firstUpdated() {
    const map = await makeMap(NOTHING_HIDDEN);
    if (!this.isConnected) return map.remove();
    this.map = map;
    globalThis.boardMap = map; // for tests and for the curious at the console
    this.markers = new Map();
    const unfollow = trackers.follow((value, changes) => {
      if ("page" in changes || "chosen" in changes) this.draw(value);
      if ("chosen" in changes) this.go(value);
    });
    this.stops = [followTheme(map, () => NOTHING_HIDDEN), unfollow];
    this.draw(trackers.value);
    this.go(trackers.value);
    return undefined;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stops?.forEach((stop) => stop());
    this.map?.remove();
  }

  /** Move the dots that are there, so that the keyboard stays on its one. */
  draw({ page, chosen }) {
    const known = new Map(placed(page).map((one) => [one.id, one]));
    for (const [id, marker] of this.markers)
      if (!known.has(id)) {
        marker.remove();
        this.markers.delete(id);
      }
    for (const [id, one] of known) paint(this.markerOf(one).setLngLat(one.location).getElement(), one, id === chosen);
  }

  markerOf({ id, location }) {
    if (!this.markers.has(id))
      this.markers.set(id, new maplibregl.Marker({ element: spot(id) }).setLngLat(location).addTo(this.map));
    return this.markers.get(id);
  }

  go({ page, chosen }) {
    const one = placed(page).find(({ id }) => id === chosen);
    if (one) this.map.easeTo({ center: one.location, zoom: Math.max(this.map.getZoom(), CLOSE_ZOOM), duration: still ? 0 : 600 });
  }

  render() {
    return html`<section class="column gap" aria-labelledby="positions">
      <h2 id="positions">${t("Last positions")} <span class="count">${number(placed(trackers.value.page).length)}</span></h2>
      <div class="map-box" role="group" aria-label=${t("Map")}><div id="map"></div></div>
    </section>`;
  }
}
customElements.define("tracker-positions", PositionsMap);
