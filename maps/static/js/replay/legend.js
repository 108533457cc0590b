// What the colors mean; a click hides a state on the map. Below, what is drawn of the trucks.
import { html } from "lit";
import { boot } from "../core/boot.js";
import { Part } from "../core/element.js";
import { named, t } from "../core/texts.js";
import { shown } from "./state.js";

function toggle(name) {
  const hidden = new Set(shown.value.hidden);
  if (!hidden.delete(name)) hidden.add(name);
  shown.set({ hidden });
}

class Legend extends Part {
  static properties = { folded: { state: true } };

  constructor() {
    super();
    this.folded = matchMedia("(max-width: 720px)").matches;
  }

  get stores() {
    return [shown];
  }

  list() {
    const { hidden, trails } = shown.value;
    return html`<ul>
      ${boot.states.map(
        ({ name }) => html`<li>
          <button class="quiet" aria-pressed=${!hidden.has(name)} title=${t("Show or hide on the map")} @click=${() => toggle(name)}>
            <span class="swatch state-${name}" aria-hidden="true"></span>${named("state", name)}
          </button>
        </li>`,
      )}
      <li>
        <button class="quiet" aria-pressed=${trails} title=${t("Show or hide on the map")} @click=${() => shown.set({ trails: !trails })}>
          <span class="swatch trail" aria-hidden="true"></span>${t("The last ten minutes of each truck")}
        </button>
      </li>
    </ul>`;
  }

  render() {
    return html`<div class="legend">
      <button class="quiet" aria-expanded=${!this.folded} @click=${() => (this.folded = !this.folded)}>
        ${t("Streets")}<span class="icon icon-chevron-${this.folded ? "up" : "down"}" aria-hidden="true"></span>
      </button>
      ${this.folded ? "" : this.list()}
    </div>`;
  }
}
customElements.define("replay-legend", Legend);
