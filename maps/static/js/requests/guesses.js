// What is told of a guess where words may mean: the desk and the page of a request say the same.
import { length, named, number, percent, t } from "../pages/texts.js";

const KNOWN_M = 20;

/** How far from the pin the place of a guess may be, where that matters. */
const uncertainty = ({ uncertain_m }) => (uncertain_m < KNOWN_M ? [] : [t("within {length}", { length: length(uncertain_m) })]);

/** How sure a guess is; a share says nothing of one of several of a name, of streets that do not meet, or of words that are still being written. */
export function certainty({ confident, confidence, reasons }) {
  if (confident) return t("a good match");
  return ["several", "begun", "apart"].some((reason) => reasons.includes(reason)) ? "" : percent(confidence);
}

/** A house number, "31-05" say, in the reader's digits. */
const houseNumber = (text) => text.replace(/\d/g, (digit) => number(digit));

/** What was matched, or not: a house number that the street lacks comes with the nearest ones that it has. */
function matched({ reasons, number: house, houses_near: near }) {
  const lacks = (reason) => near.length > 0 && ["house_unknown", "house_estimated"].includes(reason);
  const listed = near.map(houseNumber).join(" · ");
  return reasons.map((reason) => (lacks(reason) ? t("no number {number} here, but {houses}", { number: houseNumber(house), houses: listed }) : named("why", reason)));
}

const inDistrict = ({ district }) => (district ? [named("district", district)] : []);

/** Everything that tells a guess from others of its name, in one line. */
export const marks = (guess) => [...inDistrict(guess), named("place", guess.kind), ...uncertainty(guess), ...matched(guess)].join(" · ");
