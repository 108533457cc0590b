// The part of a truck's panel that says how much of its track the map shows, and what its lines mean.
import { html } from "lit";
import { now } from "../../pages/boot.js";
import { t, times } from "../../pages/texts.js";
import { chooseSpan, SPANS, track } from "./track.js";

const WORDS = {
  off: () => t("Off"),
  hour: () => t("{hours} h", { hours: 1 }),
  three_hours: () => t("{hours} h", { hours: 3 }),
  shift: () => t("Whole shift"),
};

const KEY = [
  ["down", () => t("blade down")],
  ["up", () => t("blade up")],
  ["unknown", () => t("no sensor")],
  ["spreads", () => t("spreader on")],
];

const sample = ([name, words]) => html`<li><span class="track-line ${name}" aria-hidden="true"></span>${words()}</li>`;

function found(id) {
  const { of, fixes, loading } = track.value;
  if (loading) return t("Looking for positions…");
  if (of !== id || fixes.length === 0) return t("No positions in this time.");
  const [first, last] = [fixes[0].at * 1000, fixes.at(-1).at * 1000];
  return html`<bdi>${times(first, Math.min(last, now()))}</bdi> · ${t("positions:{count}", { count: fixes.length })}`;
}

/** The track of a truck: how much of it, and its key. */
export function trackPart(id) {
  const { span } = track.value;
  return html`<section class="track-part" aria-labelledby="track-head">
    <h3 id="track-head">${t("Track on the map")}</h3>
    <div class="spans" role="group" aria-labelledby="track-head">
      ${SPANS.map((one) => html`<button type="button" aria-pressed=${one === span} @click=${() => chooseSpan(one)}>${WORDS[one]()}</button>`)}
    </div>
    ${span === "off" ? "" : html`<p class="muted small">${found(id)}</p><ul class="track-key">${KEY.map(sample)}</ul>`}
  </section>`;
}
