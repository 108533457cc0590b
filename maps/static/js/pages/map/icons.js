// Pictures drawn with a pen, so that they follow the theme: a truck from above, and the arrow along a route.
import { color } from "../theme.js";

const ARROW_PX = 24;
const RATIO = 2;
const WAKE_DASH_PX = [5, 3];
const WAKE_MS_PER_PX = 60;
const BADGE_PX = 6.5;

function box(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fill();
}

function curve(pen, tone, width, half, y, bend) {
  pen.strokeStyle = tone;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(-half, y);
  pen.quadraticCurveTo(0, y + bend, half, y);
  pen.stroke();
}

/** Of the pictures of a wake that follow each other the one for a moment (ms). */
export const wakeStep = (moment) => Math.floor(moment / WAKE_MS_PER_PX) % (WAKE_DASH_PX[0] + WAKE_DASH_PX[1]);

/** The street behind a truck that clears it: dashes that stay behind from step to step. */
function drawWake(pen, { halo, work }, step) {
  pen.save();
  pen.lineCap = "butt";
  for (const [tone, width, dash] of [
    [halo, 8, []],
    [work, 5, WAKE_DASH_PX],
  ]) {
    pen.strokeStyle = tone;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.lineDashOffset = -step;
    pen.beginPath();
    pen.moveTo(0, 16);
    pen.lineTo(0, 36);
    pen.stroke();
  }
  pen.restore();
}

/**
 * How the glyph of a truck shows its state, the eleven of `shifts/truck-states.js`. Moving trucks are full, standing ones
 * hollow, those that are not on duty or not heard of faded; a badge tells apart what would look alike. Pages that know
 * less of a truck use the first four.
 */
const GLYPHS = {
  working: { plows: true },
  driving: {},
  stopped: { hollow: true },
  silent: { faded: true, badge: "?" },
  off_route: { badge: "!" },
  reloading: { hollow: true, badge: "+" },
  in_yard: { hollow: true, small: true },
  broken: { tone: "danger", badge: "\u00d7" },
  out: { hollow: true, faded: true, badge: "\u2212" },
  off_duty: { hollow: true, faded: true },
  shift_over: { hollow: true, faded: true, small: true },
};

/** The glyph of a state; one without its own is a truck that drives. */
export const glyphOf = (state) => ({ plows: false, hollow: false, faded: false, small: false, tone: "body", badge: "", ...GLYPHS[state] });

/**
 * A truck about the origin that drives up the canvas; its blade is as wide as the street when it is down. One that works
 * has a wake, which moves from `step` to `step`.
 */
export function drawTruck(pen, state, tones, step) {
  const glyph = glyphOf(state);
  if (glyph.plows) drawWake(pen, tones, step);
  drawBody(pen, glyph, tones);
}

function drawBody(pen, { plows: down, hollow, tone }, tones) {
  const { halo, work, [tone]: body } = tones;
  pen.lineCap = "round";
  curve(pen, halo, down ? 8 : 6, down ? 11 : 6, -12, -5);
  pen.fillStyle = halo;
  box(pen, -8, -12, 16, 28, 5);
  curve(pen, down ? work : body, down ? 4.5 : 2.5, down ? 11 : 6, -12, -5);
  pen.fillStyle = body;
  box(pen, -6, -1, 12, 15, 2.5);
  pen.fillStyle = down ? work : body;
  box(pen, -6, -10, 12, 8, 2.5);
  pen.fillStyle = halo;
  box(pen, -4, -8.5, 8, 2.5, 1);
  if (hollow) box(pen, -4, 1, 8, 11, 1.5);
}

/** A badge about a place of the canvas, upright however its truck is turned. */
export function drawBadge(pen, { badge, tone }, tones, x, y) {
  pen.fillStyle = tones.halo;
  disc(pen, x, y, BADGE_PX + 1.5);
  pen.fillStyle = tones[tone];
  disc(pen, x, y, BADGE_PX);
  pen.fillStyle = tones.halo;
  pen.font = "600 12px Vazirmatn";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(badge, x, y + 0.5);
}

function disc(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function drawArrow(pen) {
  for (const [tone, width] of [
    [color("halo"), 5],
    [color("text"), 2.5],
  ]) {
    pen.strokeStyle = tone;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(9, 7);
    pen.lineTo(16, 12);
    pen.lineTo(9, 17);
    pen.stroke();
  }
}

/** Give the map its arrow, or a new one after the theme changed. */
export function addArrowIcon(map) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = ARROW_PX * RATIO;
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.lineJoin = pen.lineCap = "round";
  drawArrow(pen);
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
  if (map.hasImage("arrow")) map.updateImage("arrow", picture);
  else map.addImage("arrow", picture, { pixelRatio: RATIO });
}
