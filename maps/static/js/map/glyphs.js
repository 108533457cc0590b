// Pictures that the map needs, drawn on a canvas so that they follow the theme: trucks from above, and an arrow.
import { color } from "../core/theme.js";

const SIZE = 40;
const RATIO = 2;

function canvas(draw) {
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = SIZE * RATIO;
  const pen = sheet.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.lineJoin = pen.lineCap = "round";
  draw(pen);
  return pen.getImageData(0, 0, sheet.width, sheet.height);
}

function box(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fill();
}

const BLADE = {
  working: (pen) => pen.quadraticCurveTo(20, 1, 31, 7), // down: as wide as the street it clears
  other: (pen) => pen.quadraticCurveTo(20, 6, 26, 8),
};

function truck(state) {
  const working = state === "working";
  return canvas((pen) => {
    pen.globalAlpha = state === "silent" ? 0.45 : 1;
    for (const [stroke, width] of [[color("halo"), 7], [working ? color("state-progress") : color("truck"), working ? 4 : 2.5]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(working ? 9 : 14, working ? 7 : 8);
      (working ? BLADE.working : BLADE.other)(pen);
      pen.stroke();
    }
    pen.fillStyle = color("halo");
    box(pen, 12, 8, 16, 28, 5);
    pen.fillStyle = color("truck");
    box(pen, 14, 18, 12, 16, 2.5);
    pen.fillStyle = working ? color("state-progress") : color("truck");
    box(pen, 14, 10, 12, 7, 2.5);
    pen.fillStyle = color("halo");
    box(pen, 16, 11.5, 8, 2, 1);
  });
}

const arrow = () =>
  canvas((pen) => {
    for (const [stroke, width] of [[color("halo"), 5], [color("accent"), 2.5]]) {
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(16, 14);
      pen.lineTo(24, 20);
      pen.lineTo(16, 26);
      pen.stroke();
    }
  });

/** Give the map its pictures, or new ones after the theme changed. */
export function drawGlyphs(map) {
  const glyphs = { arrow: arrow() };
  for (const state of ["working", "driving", "stopped", "silent"]) glyphs[`truck-${state}`] = truck(state);
  for (const [name, picture] of Object.entries(glyphs)) {
    if (map.hasImage(name)) map.updateImage(name, picture);
    else map.addImage(name, picture, { pixelRatio: RATIO });
  }
}
