// Light while the sun is up, dark while it is not: a shift goes through both, and nobody on the road looks for a switch.
import { boot, now } from "../boot.js";
import { suggest } from "../theme.js";

const LOOK_MS = 60000;

const spells = boot.daylight.map((spell) => spell.map(Date.parse));

function look() {
  const isDay = spells.some(([rise, fall]) => rise <= now() && now() < fall);
  suggest(isDay ? "light" : "dark");
}

/** Follow the sun from now on. */
export function followSun() {
  look();
  setInterval(look, LOOK_MS);
}
