// Pictures drawn with a pen, so that they follow the theme: a truck from above, and the arrow along a route.
import { color } from "../theme.js";

const ARROW_PX = 24;
const RATIO = 2;
const WAKE_DASH_PX = [5, 3];
const WAKE_MS_PER_PX = 60;

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
 * A truck about the origin that drives up the canvas; its blade is as wide as the street when it is down. One that works
 * has a wake, which moves from `step` to step.
 */
export function drawTruck(pen, state, tones, step) {
  if (state === "working") drawWake(pen, tones, step);
  drawBody(pen, state, tones);
}

function drawBody(pen, state, { halo, body, work }) {
  const down = state === "working";
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
