// What is said of an order for trucks, before and after: the same on the board and on the roster.
import { isolated, t } from "../pages/texts.js";

/** Shifts whose trucks have worked are no cancelled ones: they end, and count as hours of service. */
const cancelled = (ended, all) =>
  [
    all > ended && t("cancelled:{count}", { count: all - ended }),
    ended > 0 && t("ended early:{count}", { count: ended }),
  ].filter(Boolean).join(" ");

const DONE = {
  extend: (count) => t("extended:{count}", { count }),
  cancel: (_, changed) => cancelled(changed.filter(({ state }) => state === "ended").length, changed.length),
  recall: (count) => t("recalled:{count}", { count }),
  stage: (count) => t("staged:{count}", { count }),
};

/** What an order that asks first will do. */
export const SURE = {
  cancel: (count) => t("cancel:{count}", { count }),
  recall: (count) => t("recall:{count}", { count }),
};

/** What an order has done; nothing where every truck was refused. */
export function doneWords(kind, { changed, refused }) {
  if (changed.length > 0) return DONE[kind](changed.length, changed);
  return refused.length > 0 ? "" : t("No shift was changed: each goes on as long already.");
}

/** Trucks whose drivers could not be told; nothing where all were. */
export function missedWords({ changed, unreached }) {
  const missed = changed.filter((one) => unreached.includes(one.vehicle_id)).map((one) => isolated(one.vehicle));
  return missed.length > 0 ? t("Not reached: {trucks}", { trucks: missed.join(t(", ")) }) : "";
}

/** Trucks that were refused because their drivers would be on duty too long, or rest too short: that may be meant so. */
export const tooLong = (refused) =>
  refused.filter(({ reason }) => ["roster_driver_hours", "roster_driver_rest"].includes(reason)).map((one) => one.vehicle_id);
