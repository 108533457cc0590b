// Classes of hours since streets were plowed, with their colors, words, and order.
import { t } from "../pages/texts.js";

const HOUR_S = 3600;

/** Classes by number: up to so many hours. The last but one has no end, the last is for streets without a pass. */
const UNTIL_H = [1, 3, 6, 12];
const OLDER = UNTIL_H.length;
const NEVER = OLDER + 1;
const WIDTHS = [0.8, 0.95, 1.1, 1.3, 1.55];

/** What each class is called, under the name of its color. */
export const CLASSES = [
  { name: "plowed-0", words: () => t("under {hours} h", { hours: 1 }) },
  ...UNTIL_H.slice(1).map((until, i) => ({ name: `plowed-${i + 1}`, words: () => t("{from} to {until} h", { from: UNTIL_H[i], until }) })),
  { name: `plowed-${OLDER}`, words: () => t("over {hours} h", { hours: UNTIL_H.at(-1) }) },
  { name: "plowed-never", words: () => t("not in this storm") },
];

/** How the classes look on a map. */
export const PALETTE = {
  entries: [
    ...WIDTHS.map((width, i) => ({ tone: `plowed-${i}`, group: `plowed-${i}`, width })),
    { tone: "state-driven", group: "plowed-never", width: 0.7, dashed: true },
  ],
  unknown: NEVER,
};

/** The class of a direction that was plowed at a second since 1970, 0 for never. */
export function ageClass(atS, nowS) {
  if (!atS) return NEVER;
  const hours = (nowS - atS) / HOUR_S;
  const found = UNTIL_H.findIndex((until) => hours < until);
  return found === -1 ? OLDER : found;
}

/** Of the directions of a street the one that has waited longest. */
export const oldest = (classes) => Math.max(-1, ...classes);
