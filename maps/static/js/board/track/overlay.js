// The track of the chosen truck on a canvas above the map.
import { color, onTheme } from "../../pages/theme.js";
import { Overlay } from "../../pages/map/overlay.js";
import { mercatorX, mercatorY, screenOf } from "../../pages/map/projection.js";
import { piecesOf, track } from "./track.js";

const REACH_PX = 10;
const DOTS_FROM_ZOOM = 16;
const [DOT_PX, NEAR_PX] = [2.2, 5];

/** How a piece is drawn: a wide line with the blade down, dashes with it up, dots where nobody knows; with the spreader on it has an edge. */
const LINES = {
  true: { px: 4, dash: [], tone: "state-progress" },
  false: { px: 2.5, dash: [7, 5], tone: "text" },
  null: { px: 2.5, dash: [0.1, 5], tone: "muted" },
};
const [EDGE_PX, INSIDE_PX] = [9, 6.5];

const tonesNow = () => Object.fromEntries(["state-progress", "text", "muted", "halo", "accent"].map((name) => [name, color(name)]));

export class TrackOverlay extends Overlay {
  constructor(map) {
    super(map, "track");
    Object.assign(this, { pieces: [], fixes: [], near: null, tones: tonesNow() });
    track.follow(({ fixes }) => fixes !== this.fixes && this.show(fixes));
    onTheme(() => {
      this.tones = tonesNow();
      this.draw();
    });
  }

  show(fixes) {
    this.fixes = fixes;
    this.near = null;
    const place = (fix) => ({ fix, x: mercatorX(fix.lon), y: mercatorY(fix.lat) });
    this.pieces = piecesOf(fixes).map((piece) => ({ ...piece, places: piece.fixes.map(place) }));
    this.draw();
  }

  /** The fix near a point of the screen, which is drawn as a dot from now on; null where there is none. */
  at({ x, y }) {
    if (this.pieces.length === 0) return null;
    const { scaleX, scaleY, left, top } = screenOf(this.map);
    let found = null;
    let nearest = REACH_PX;
    for (const { places } of this.pieces)
      for (const place of places) {
        const away = Math.hypot(place.x * scaleX + left - x, place.y * scaleY + top - y);
        if (away <= nearest) [found, nearest] = [place, away];
      }
    if (found !== this.near) {
      this.near = found;
      this.draw();
    }
    return found?.fix ?? null;
  }

  draw() {
    const pen = this.pen();
    if (this.pieces.length === 0) return;
    const { scaleX, scaleY, left, top } = screenOf(this.map);
    const at = ({ x, y }) => [x * scaleX + left, y * scaleY + top];
    pen.lineJoin = "round";
    const ways = this.pieces.map((piece) => ({ ...piece, way: wayOf(piece.places.map(at)) }));
    for (const { way, spreader } of ways) {
      pen.lineCap = "butt";
      pen.setLineDash([]);
      this.stroke(pen, way, spreader ? "text" : "halo", spreader ? EDGE_PX : INSIDE_PX);
      if (spreader) this.stroke(pen, way, "halo", INSIDE_PX);
    }
    for (const { way, blade } of ways) {
      const { px, dash, tone } = LINES[blade];
      pen.lineCap = dash.length ? "round" : "butt";
      pen.setLineDash(dash);
      this.stroke(pen, way, tone, px);
    }
    pen.setLineDash([]);
    if (this.map.getZoom() >= DOTS_FROM_ZOOM)
      for (const { places } of this.pieces) for (const place of places) this.dot(pen, at(place), DOT_PX, "text");
    if (this.near) this.dot(pen, at(this.near), NEAR_PX, "accent");
  }

  stroke(pen, way, tone, px) {
    pen.strokeStyle = this.tones[tone];
    pen.lineWidth = px;
    pen.stroke(way);
  }

  dot(pen, [x, y], px, tone) {
    pen.beginPath();
    pen.arc(x, y, px + 1.2, 0, 2 * Math.PI);
    pen.fillStyle = this.tones.halo;
    pen.fill();
    pen.beginPath();
    pen.arc(x, y, px, 0, 2 * Math.PI);
    pen.fillStyle = this.tones[tone];
    pen.fill();
  }
}

function wayOf(points) {
  const way = new Path2D();
  points.forEach(([x, y], i) => (i ? way.lineTo(x, y) : way.moveTo(x, y)));
  return way;
}
