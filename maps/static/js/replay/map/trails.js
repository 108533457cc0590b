// The way that each truck came, on a canvas below the trucks. To draw it all costs more than a frame has, so that a
// picture of it does for some frames; the trucks' own canvas adds what has been driven since.
import { color, onTheme } from "../../pages/theme.js";
import { screenOf } from "../../pages/map/projection.js";
import { Overlay } from "../../pages/map/overlay.js";
import { drawWay, pointAt } from "./tracks.js";

const TRAIL_DS = 6000; // ten minutes
const FADES = [0.1, 0.25, 0.45, 0.65, 0.8]; // of five parts of a trail, the oldest first
const WIDTH_PX = 2;
const FRESH_MS = 500; // so long a picture is good enough while the storm is played

/** Stroke where tracks went in a time, all at once: a stroke for each of their points would be thousands. */
function stroke(pen, tracks, since, until, screen) {
  pen.beginPath();
  for (const track of tracks) {
    const last = pointAt(track, until);
    if (last >= 0) drawWay(pen, track, Math.max(0, pointAt(track, since)), last, until, screen);
  }
  pen.stroke();
}

export class TrailOverlay extends Overlay {
  constructor(map) {
    super(map, "trails");
    this.hour = null;
    this.tracks = [];
    this.until = 0;
    this.drawnAt = 0;
    this.dress();
    onTheme(() => {
      this.dress();
      this.draw(performance.now());
    });
  }

  /** No color of a street: a trail must not be taken for one. */
  dress() {
    this.tone = color("truck");
  }

  /** Show the trails of an hour at a moment (tenths of a second); none for `null`. */
  show(hour, before, now, { running }) {
    const moment = performance.now();
    const fresh = running && hour === this.hour && now >= this.until && moment - this.drawnAt < FRESH_MS;
    this.tracks = hour ? [...(before?.tracks ?? []), ...hour.tracks] : [];
    this.hour = hour;
    if (fresh) return;
    this.until = now;
    this.draw(moment);
  }

  draw(moment) {
    const pen = this.pen();
    this.drawnAt = moment;
    if (!this.tracks.length) return;
    const screen = screenOf(this.map);
    this.take(pen);
    FADES.forEach((alpha, part) => {
      const since = this.until - TRAIL_DS * (1 - part / FADES.length);
      pen.globalAlpha = alpha;
      stroke(pen, this.tracks, since, since + TRAIL_DS / FADES.length, screen);
    });
    pen.globalAlpha = 1;
  }

  /** Add with another canvas's pen what has been driven since the picture was drawn. */
  drawNewest(pen, now) {
    if (now <= this.until) return;
    this.take(pen);
    pen.globalAlpha = FADES.at(-1);
    stroke(pen, this.tracks, this.until, now, screenOf(this.map));
    pen.globalAlpha = 1;
  }

  take(pen) {
    pen.lineJoin = "bevel"; // at this width nobody sees a round one, and it costs three times as much
    pen.lineWidth = WIDTH_PX;
    pen.strokeStyle = this.tone;
  }
}
