// Why a street has its class, in words.
import { named, number, streetName, t } from "../../pages/texts.js";

function slope(text) {
  const amount = Number.parseFloat(text.replace(",", "."));
  const percent = text.includes("°") ? 100 * Math.tan((Math.abs(amount) * Math.PI) / 180) : Math.abs(amount);
  return Number.isNaN(percent) ? t("Steep") : t("Steep: {value} %", { value: Math.round(percent) });
}

/** Why a street of this kind has this level ({reason, subject}; the subject is by language). */
export function why({ reason, subject }, road) {
  const name = subject[""] ?? Object.values(subject)[0] ?? "";
  switch (reason) {
    case "steep":
      return slope(name);
    case "bus":
      return t("Buses run here");
    case "near":
      return t("In front of {place}", { place: named("place", name) === name ? streetName(subject) : named("place", name) });
    case "named":
      return t("Named in the rules");
    case "zone":
      return t("In the zone {zone}", { zone: name });
    case "override":
      return name ? t("Decided by hand: {note}", { note: name }) : t("Decided by hand");
    default:
      return t("By street type: {road}", { road: named("road", road) });
  }
}

/** How often a street is due again, in words. */
export const rhythm = (cycleH) =>
  cycleH === null ? t("on request only") : t("every {hours} h", { hours: number(cycleH, 2) });
