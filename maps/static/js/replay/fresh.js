// Fresh paint: streets whose color has changed since the map was last drawn, on a sheet above it. The map itself is
// then drawn anew only now and then, which without a graphics card takes longer than several frames.
import { boot } from "../core/boot.js";
import { color, theme } from "../core/theme.js";
import { featureState } from "../map/coverage.js";
import { linesOf, screenOf, trace } from "../map/screen.js";
import { Sheet } from "../map/sheet.js";
import { DASHES_FROM_ZOOM, DIRECTIONS_FROM_ZOOM, streetWidth } from "../map/style.js";

const WIDEST = Math.max(...boot.states.map((state) => state.width));
const [DASH, DASH_SHARE] = [1.6, 0.62]; // as in the map's style

function line(pen, tone, px) {
  pen.strokeStyle = tone;
  pen.lineWidth = px;
  pen.stroke();
}

export class FreshPaint extends Sheet {
  /** `states` has [forward, backward] by street, `waiting` those that the map does not show yet. */
  constructor(map, states, waiting, hidden) {
    super(map, "fresh");
    Object.assign(this, { states, waiting, hidden, streets: new Map(), known: false });
    map.on("moveend", () => (this.known = false));
    map.on("idle", () => this.learn());
  }

  /** Learn where streets lie, once for each part of the city that comes into sight. */
  learn() {
    if (this.known) return;
    this.known = true;
    this.streets = new Map();
    if (this.map.getZoom() >= DIRECTIONS_FROM_ZOOM) return; // there so few are in sight that the map itself is fast
    for (const { id, geometry, properties } of this.map.querySourceFeatures("streets", { sourceLayer: "streets" })) {
      const street = this.streets.get(id) ?? { class: properties.road_class, lines: [] };
      street.lines.push(...linesOf(geometry));
      this.streets.set(id, street);
    }
  }

  /** Draw everything that waits: the map has moved, or has been drawn anew. */
  draw() {
    const pen = this.pen();
    this.dress(pen);
    this.add(this.waiting, pen);
  }

  /** Draw streets over what is drawn already. */
  add(ids, pen = this.sheet.getContext("2d")) {
    if (ids.size === 0) return; // most frames: what colors and screen are would be asked for nothing
    const zoom = this.map.getZoom();
    const look = { zoom, theme: theme(), ground: color(zoom < DASHES_FROM_ZOOM ? "paper" : "casing"), paper: color("paper") };
    const screen = screenOf(this.map);
    for (const id of ids) this.paint(pen, id, screen, look);
  }

  dress(pen) {
    pen.lineCap = "butt";
    pen.lineJoin = "bevel";
  }

  paint(pen, id, screen, { zoom, theme: shade, ground, paper }) {
    const street = this.streets.get(id);
    const state = boot.states[featureState(this.states(id)).s];
    if (!street || !state) return;
    const width = streetWidth(street.class, zoom);
    pen.beginPath();
    trace(pen, street.lines, screen);
    line(pen, ground, width * WIDEST); // what it looked like before
    if (this.hidden().has(state.name)) return;
    line(pen, state[shade], width * state.width);
    if (!state.dashed || zoom < DASHES_FROM_ZOOM) return;
    pen.setLineDash([DASH * width * DASH_SHARE, DASH * width * DASH_SHARE]);
    line(pen, paper, width * DASH_SHARE);
    pen.setLineDash([]);
  }
}
