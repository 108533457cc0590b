// What the colors mean; a click hides a state on the map.
import { html } from "lit";
import { boot } from "../core/boot.js";
import { Part } from "../core/element.js";
import { named, t } from "../core/texts.js";
import { selection } from "./state.js";

function toggle(name) {
  const hidden = new Set(selection.value.hidden);
  if (!hidden.delete(name)) hidden.add(name);
  selection.set({ hidden });
}

class Legend extends Part {
  static properties = { folded: { state: true } };

  constructor() {
    super();
    this.folded = matchMedia("(max-width: 720px)").matches;
  }

  get stores() {
    return [selection];
  }

  render() {
    const { hidden } = selection.value;
    return html`<div class="legend">
      <button class="quiet" aria-expanded=${!this.folded} @click=${() => (this.folded = !this.folded)}>
        ${t("Streets")}<span class="icon icon-chevron-${this.folded ? "up" : "down"}" aria-hidden="true"></span>
      </button>
      ${
        this.folded
          ? ""
          : html`<ul>
            ${boot.states.map(
              ({ name }) => html`<li>
                <button class="quiet" aria-pressed=${!hidden.has(name)} title=${t("Show or hide on the map")} @click=${() => toggle(name)}>
                  <span class="swatch state-${name}" aria-hidden="true"></span>${named("state", name)}
                </button>
              </li>`,
            )}
          </ul>`
      }
    </div>`;
  }
}
customElements.define("board-legend", Legend);
