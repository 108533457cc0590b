// The places to inspect, the most urgent or the nearest first, and whether anybody hears us.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { now } from "../../pages/boot.js";
import { icon, Part, TickingPart } from "../../pages/element.js";
import { deadline, length, named, streetName, t, time } from "../../pages/texts.js";
import { outbox } from "./outbox.js";
import { away, inspections, shown } from "./state.js";

export const placeName = (place) => (place.names ? streetName(place.names) : place.address || place.text || place.reference);

const isLate = ({ due_at: due }) => due && Date.parse(due) < now();

/** Why somebody should look there. */
export function why(place) {
  if (place.told_at) return t("only its driver says that it is done, at {time}", { time: time(place.told_at) });
  if (place.closed_for) return t("said to be done at {time}: {how}", { time: time(place.closed_at), how: named("closing", place.closed_for) });
  return place.due_at ? deadline(place.due_at) : t("Waits for snow");
}

/** What is asked for there, or how long the street is. */
export const what = (place) => (place.names ? length(place.length_m) : named("kind", place.kind));

const tags = (place) =>
  [
    place.mine ? t("Mine") : "",
    place.escalated ? t("escalated") : "",
    ...(place.dangers ?? []).map((danger) => named("danger", danger)),
  ].filter(Boolean);

const row = (place) => html`<li>
  <button class=${place.closed_for || place.told_at ? "told" : ""} @click=${() => inspections.set({ opened: place })}>
    <span class="what"><bdi>${placeName(place)}</bdi></span>
    <span class="sub">${what(place)}${away(place) === null ? nothing : html` · ${length(away(place))}`} · <span class=${isLate(place) ? "danger" : ""}>${why(place)}</span></span>
    ${tags(place).length > 0 ? html`<span class="sub danger">${tags(place).join(" · ")}</span>` : nothing}
  </button>
</li>`;

class List extends TickingPart {
  get stores() {
    return [inspections];
  }

  render() {
    const { places, connected, looked } = inspections.value;
    if (places === null) return html`<p class="empty">${connected ? t("Loading…") : t("No network, and no list on this phone yet.")}</p>`;
    if (shown().length === 0) return html`<p class="empty">${looked ? t("There is nothing to inspect.") : t("Loading…")}</p>`;
    return html`<ol class="places">${repeat(shown(), ({ id }) => id, row)}</ol>`;
  }
}
customElements.define("inspect-list", List);

class Line extends Part {
  get stores() {
    return [inspections, outbox];
  }

  updated() {
    document.querySelector("main").dataset.view = inspections.value.onMap ? "map" : "list";
  }

  render() {
    const { connected, here, byDistance, onMap } = inspections.value;
    const { waiting } = outbox.value;
    const tab = (isShown, word, change, isStill) => html`<button class="tab" aria-pressed=${isShown} ?disabled=${isStill} @click=${() => inspections.set(change)}>${word}</button>`;
    return html`<div class="order" role="group" aria-label=${t("Order of the list")}>
        ${tab(!onMap && !byDistance, t("Urgent first"), { onMap: false, byDistance: false }, false)}
        ${tab(!onMap && byDistance, t("Near me first"), { onMap: false, byDistance: true }, !here)}
        ${tab(onMap, t("Map"), { onMap: true }, false)}
      </div>
      <div role="status">
        ${waiting > 0 ? html`<p class="line warning">${icon("wifi-off")}${t("inspections:waiting:{count}", { count: waiting })}</p>` : connected ? nothing : html`<p class="line warning">${icon("wifi-off")}${t("No network. This is the last list; what you tap is kept.")}</p>`}
      </div>`;
  }
}
customElements.define("inspect-line", Line);
