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

function spot(tracker, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `spot ${tracker.state}`;
  button.classList.toggle("chosen", chosen);
  button.setAttribute("aria-pressed", chosen);
  const name = document.createElement("bdi");
  name.textContent = tracker.vehicle || tracker.name;
  button.title = name.textContent;
  button.append(name);
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    trackers.set({ chosen: tracker.id });
  });
  return button;
}

class PositionsMap extends Part {
  async firstUpdated() {
    this.map = await makeMap(NOTHING_HIDDEN);
    globalThis.boardMap = this.map; // for tests and for the curious at the console
    followTheme(this.map, () => NOTHING_HIDDEN);
    this.markers = [];
    this.unfollow = trackers.follow((value, changes) => {
      if ("page" in changes || "chosen" in changes) this.draw(value);
      if ("chosen" in changes) this.go(value);
    });
    this.draw(trackers.value);
    this.go(trackers.value);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  draw({ page, chosen }) {
    this.markers.forEach((marker) => marker.remove());
    this.markers = placed(page).map((one) =>
      new maplibregl.Marker({ element: spot(one, one.id === chosen) })
        .setLngLat(one.location)
        .addTo(this.map),
    );
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
