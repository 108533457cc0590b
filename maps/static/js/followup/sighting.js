// What somebody saw on the spot: the photo, who, when, and how far from the street it was taken.
import { html, nothing } from "lit";
import { person } from "../accounts/people.js";
import { date, length, named, t, time } from "../pages/texts.js";

/** How much the place of a photo says. */
export function placeOf({ away_m: away, near }) {
  if (near === null) return t("It is not known whether the photo was taken at this street.");
  const far = { distance: length(away) };
  return near ? t("Photo taken {distance} from the street.", far) : t("Photo taken {distance} from the street: too far away to count as an inspection.", far);
}

/** One sighting of a list. */
export const sightingEntry = (seen, names = {}) => html`<li class="said">
  <p><strong>${seen.clear ? t("Seen clear") : t("Seen not clear")}</strong> <span class="muted small">${person(seen.author, names)}${t(", ")}<time datetime=${seen.at}>${t("{date}, {time}", { date: date(seen.at), time: time(seen.at) })}</time></span></p>
  ${seen.faults.length > 0 ? html`<p>${seen.faults.map((fault) => named("inspection", fault)).join(t(", "))}</p>` : nothing}
  ${seen.text ? html`<p dir="auto">${seen.text}</p>` : nothing}
  <p class="small ${seen.near ? "muted" : "danger"}">${placeOf(seen)}</p>
  <a href=${seen.photo} target="_blank" rel="noopener"><img src=${seen.photo} alt=${t("Photo of the street, opens large")} loading="lazy" /></a>
</li>`;
