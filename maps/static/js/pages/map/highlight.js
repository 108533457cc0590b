// Streets that are highlighted, on a canvas above the map: to repaint the map itself would draw every street in sight.
import { color, onTheme } from "../theme.js";
import { linesOf, screenOf, trace } from "./projection.js";
import { Overlay } from "./overlay.js";
import { streetWidth } from "./style.js";

const NEAR = { name: "near", strength: 0.25 };
const HELD = { name: "held", strength: 0.55 };
const HALO_PX = 9; // wider than the street
const EDGE_PX = 1.6; // of the street itself, on both sides together

/** The lines of pieces of streets by their class, since a class has one width. */
function byClass(pieces) {
  const classes = new Map();
  for (const { geometry, properties } of pieces) {
    const lines = classes.get(properties.road_class) ?? [];
    lines.push(...linesOf(geometry));
    classes.set(properties.road_class, lines);
  }
  return [...classes];
}

class Highlight extends Overlay {
  constructor(map, { name, strength }) {
    super(map, name);
    this.lines = [];
    this.canvas.hidden = true;
    this.canvas.style.opacity = strength; // of the whole: pieces that overlap shine no brighter
    onTheme(() => this.draw());
  }

  /** Light up pieces of streets as the map has them, and nothing else. */
  show(pieces) {
    this.lines = byClass(pieces);
    if (this.lines.length || !this.canvas.hidden) this.draw();
    this.canvas.hidden = this.lines.length === 0;
  }

  draw() {
    if (this.lines.length === 0 && this.canvas.hidden) return;
    const pen = this.pen();
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = color("accent");
    this.stroke(pen, HALO_PX);
    pen.globalCompositeOperation = "destination-out"; // the street keeps its color
    this.stroke(pen, EDGE_PX);
    pen.globalCompositeOperation = "source-over";
  }

  stroke(pen, extra) {
    const [screen, zoom] = [screenOf(this.map), this.map.getZoom()];
    for (const [roadClass, lines] of this.lines) {
      pen.beginPath();
      trace(pen, lines, screen);
      pen.lineWidth = streetWidth(roadClass, zoom) + extra;
      pen.stroke();
    }
  }
}

/** The street under the pointer: call what this returns with its piece, or with none. */
export function highlightHovered(map) {
  const highlight = new Highlight(map, NEAR);
  return (piece) => highlight.show(piece ? [piece] : []);
}

/** Streets that stay lit up wherever the map is moved: call what this returns with their ids. */
export function highlightSelected(map) {
  const highlight = new Highlight(map, HELD);
  let held = [];
  const find = () => {
    const filter = ["in", ["get", "id"], ["literal", held]];
    highlight.show(held.length ? map.querySourceFeatures("streets", { sourceLayer: "streets", filter }) : []);
  };
  for (const event of ["moveend", "idle"]) map.on(event, find); // where the map went, streets may come after it
  return (ids) => {
    held = ids;
    find();
  };
}
