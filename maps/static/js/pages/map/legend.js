// What the colors of streets mean; a click hides a state on the map. Board and replay show it over their maps.
import { html } from "lit";
import { Part } from "../element.js";
import { named, t } from "../texts.js";
import { stateGroups } from "./coverage.js";

const KEPT = "map-legend";

const ROOMY_PX = 1000; // an open legend over a narrower map hides a quarter of the town

/** Whether the legend was folded when it was last used here; over a map with little room it begins so. */
function beginsFolded(map) {
  const kept = localStorage.getItem(KEPT);
  return kept === null ? map.clientWidth < ROOMY_PX : kept === "folded";
}

/** A legend of the states in `choice`, a store with the set `hidden`; `more` are entries below them. */
export class MapLegend extends Part {
  static properties = { folded: { state: true } };

  connectedCallback() {
    this.folded = beginsFolded(this.parentElement);
    super.connectedCallback();
  }

  get stores() {
    return [this.choice];
  }

  more() {
    return "";
  }

  /** What stays in sight while the legend is folded. */
  always() {
    return "";
  }

  get shut() {
    return this.folded;
  }

  fold() {
    this.folded = !this.folded;
    localStorage.setItem(KEPT, this.folded ? "folded" : "open");
  }

  toggle(name) {
    const hidden = new Set(this.choice.value.hidden);
    if (!hidden.delete(name)) hidden.add(name);
    this.choice.set({ hidden });
  }

  entry(swatch, words, pressed, order) {
    return html`<li>
      <button class="quiet" type="button" aria-pressed=${pressed} title=${t("Show or hide on the map")} @click=${order}>
        <span class="swatch ${swatch}" aria-hidden="true"></span>${words}
      </button>
    </li>`;
  }

  list() {
    const { hidden } = this.choice.value;
    return html`<ul>
      ${stateGroups().map((name) => this.entry(`state-${name}`, named("state", name), !hidden.has(name), () => this.toggle(name)))}
      ${this.more()}
    </ul>`;
  }

  render() {
    return html`<div class="legend">
      <button class="quiet" type="button" aria-expanded=${!this.shut} @click=${() => this.fold()}>
        ${t("Map legend")}<span class="icon icon-chevron-${this.shut ? "up" : "down"}" aria-hidden="true"></span>
      </button>
      ${this.always()} ${this.shut ? "" : this.list()}
    </div>`;
  }
}
