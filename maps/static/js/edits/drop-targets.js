// The routes that the chosen street may be dropped on, on a canvas above the map while a draft is edited.
import { color, onTheme } from "../pages/theme.js";
import { linesOf, screenOf, trace } from "../pages/map/projection.js";
import { Overlay } from "../pages/map/overlay.js";
import { draftState } from "./draft.js";
import { drafted, offered } from "./routes.js";
import { selection } from "../board/state.js";

const REACH_PX = 14; // wide enough for a gloved finger
const NAME_PX = 13;
const APART_PX = 28; // between two names

const tonesNow = () => ({ line: color("truck"), halo: color("halo"), text: color("text"), held: color("accent") });

export class DropTargets extends Overlay {
  constructor(map) {
    super(map, "offers");
    this.routes = [];
    this.over = null;
    this.tones = tonesNow();
    const take = () => this.take();
    draftState.follow((_, changes) => ("takers" in changes || "draft" in changes) && take());
    drafted.follow((_, changes) => "routes" in changes && take());
    selection.follow((_, changes) => "chosen" in changes && take());
    onTheme(() => {
      this.tones = tonesNow();
      this.draw();
    });
  }

  take() {
    const routes = offered();
    if (routes.length === 0 && this.routes.length === 0) return;
    this.routes = routes.map(({ vehicle, name, lines }) => ({ vehicle, name, lines: lines.flatMap(linesOf) }));
    this.draw();
  }

  /** The truck whose line is under a point of the map, or null. */
  at({ x, y }) {
    const pen = this.canvas.getContext("2d");
    const ratio = this.canvas.width / this.map.getCanvas().clientWidth;
    pen.lineWidth = REACH_PX;
    const found = this.routes.find(({ way }) => way && pen.isPointInStroke(way, x * ratio, y * ratio));
    return found?.vehicle ?? null;
  }

  /** Show which line a street would be dropped on. */
  hold(vehicle) {
    if (vehicle === this.over) return;
    this.over = vehicle;
    this.draw();
  }

  draw() {
    const pen = this.pen();
    if (this.routes.length === 0) return;
    const screen = screenOf(this.map);
    for (const route of this.routes) {
      route.way = new Path2D();
      trace(route.way, route.lines, screen);
    }
    const { line, halo, held } = this.tones;
    for (const { way, vehicle } of this.routes) {
      stroke(pen, way, halo, vehicle === this.over ? 9 : 6);
      stroke(pen, way, vehicle === this.over ? held : line, vehicle === this.over ? 6 : 3);
    }
    this.drawNames(pen, screen);
  }

  /** Write the name of each truck where its route comes nearest to the middle of the map, none over another. */
  drawNames(pen, screen) {
    pen.font = `600 ${NAME_PX}px Vazirmatn`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 4;
    pen.strokeStyle = this.tones.halo;
    pen.fillStyle = this.tones.text;
    const written = [];
    const { clientWidth: width, clientHeight: height } = this.map.getCanvas();
    for (const { name, lines } of this.routes) {
      const free = ([x, y]) => written.every(([a, b]) => Math.hypot(x - a, y - b) > APART_PX);
      const far = ([x, y]) => Math.hypot(x - width / 2, y - height / 2);
      const spots = lines.map((one) => [one[0] * screen.scaleX + screen.left, one[1] * screen.scaleY + screen.top]).filter(free);
      if (spots.length === 0) continue;
      const [x, y] = spots.reduce((best, spot) => (far(spot) < far(best) ? spot : best));
      written.push([x, y]);
      pen.strokeText(name, x, y);
      pen.fillText(name, x, y);
    }
  }
}

function stroke(pen, way, tone, width) {
  pen.lineJoin = "round";
  pen.strokeStyle = tone;
  pen.lineWidth = width;
  pen.stroke(way);
}
