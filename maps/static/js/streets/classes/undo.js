// What was just changed, and a button that takes it back; it stays until the next change.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { t } from "../../pages/texts.js";
import { takeBack, undo } from "./state.js";

class Undo extends Part {
  get stores() {
    return [undo];
  }

  render() {
    const { text, order } = undo.value;
    const bar = html`<div class="undone">
      <span>${text}</span>
      ${order ? html`<button @click=${takeBack}><span class="icon icon-undo mirrored" aria-hidden="true"></span>${t("Undo")}</button>` : ""}
      <button class="quiet" aria-label=${t("Dismiss")} title=${t("Dismiss")} @click=${() => undo.set({ text: "", order: null })}><span class="icon icon-x" aria-hidden="true"></span></button>
    </div>`;
    return html`<div role="status" aria-live="polite">${text ? bar : ""}</div>`;
  }
}
customElements.define("classes-undo", Undo);
