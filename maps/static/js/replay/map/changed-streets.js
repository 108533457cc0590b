// A picture of the map, with changed streets on it: streets whose color has changed since the map was last drawn. The map
// itself is then drawn anew only now and then, which without a graphics card takes longer than several frames. And where
// software puts sheets over each other, the map's own canvas, which lies upside down there, would take half of each frame;
// a canvas that nothing shines through spares it.
import { boot } from "../../pages/boot.js";
import { color, theme } from "../../pages/theme.js";
import { featureState } from "../../pages/map/coverage.js";
import { linesOf, screenOf, trace } from "../../pages/map/projection.js";
import { Overlay } from "../../pages/map/overlay.js";
import { DASHES_FROM_ZOOM, DIRECTIONS_FROM_ZOOM, streetWidth } from "../../pages/map/style.js";

const WIDEST = Math.max(...boot.states.map((state) => state.width));
const [DASH, DASH_SHARE] = [1.6, 0.62]; // as in the map's style

function line(pen, tone, px) {
  pen.strokeStyle = tone;
  pen.lineWidth = px;
  pen.stroke();
}

export class ChangedStreets extends Overlay {
  /** `states` has [forward, backward] by street, `waiting` those that the map does not show yet. */
  constructor(map, states, waiting, hidden) {
    super(map, "fresh", { opaque: true });
    Object.assign(this, { states, waiting, hidden, streets: new Map(), known: false });
    this.canvas.hidden = true; // until there is a map to copy
    map.on("render", () => this.copy());
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

  /** Nothing but a frame of the map is a reason to draw, and only within it can its canvas be read. */
  draw() {}

  /** Copy the map as it has just been drawn, and paint all that waits. */
  copy() {
    const pen = this.pen();
    pen.drawImage(this.map.getCanvas(), 0, 0, this.canvas.width / this.ratio, this.canvas.height / this.ratio);
    pen.lineCap = "butt";
    pen.lineJoin = "bevel";
    this.add(this.waiting);
    this.canvas.hidden = false;
  }

  /** Draw streets over what is drawn already. */
  add(ids) {
    if (ids.size === 0) return; // most frames: what colors and screen are would be asked for nothing
    const zoom = this.map.getZoom();
    const look = { zoom, theme: theme(), background: color(zoom < DASHES_FROM_ZOOM ? "paper" : "casing"), paper: color("paper") };
    const screen = screenOf(this.map);
    for (const id of ids) this.paint(id, screen, look);
  }

  paint(id, screen, { zoom, theme: shade, background, paper }) {
    const street = this.streets.get(id);
    const state = boot.states[featureState(this.states(id)).s];
    if (!street || !state) return;
    const { brush: pen } = this;
    const width = streetWidth(street.class, zoom);
    pen.beginPath();
    trace(pen, street.lines, screen);
    line(pen, background, width * WIDEST); // what it looked like before
    if (this.hidden().has(state.group)) return;
    line(pen, state[shade], width * state.width);
    if (!state.dashed || zoom < DASHES_FROM_ZOOM) return;
    pen.setLineDash([DASH * width * DASH_SHARE, DASH * width * DASH_SHARE]);
    line(pen, paper, width * DASH_SHARE);
    pen.setLineDash([]);
  }
}
