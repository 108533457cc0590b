// An address to hand over, with a button that copies it; says `dismiss` when it is no longer wanted.
import { html } from "lit";
import { Part } from "./element.js";
import { t } from "./texts.js";

class Link extends Part {
  static properties = { heading: {}, address: {}, note: {}, copied: { state: true } };

  async copy() {
    this.querySelector("input").select();
    try {
      await navigator.clipboard.writeText(this.address);
      this.copied = true;
    } catch {
      // Over plain HTTP browsers do not let pages copy: the text is selected, so Ctrl+C does it.
    }
  }

  updated(changed) {
    if (changed.has("address")) this.querySelector("input").focus();
  }

  willUpdate(changed) {
    if (changed.has("address")) this.copied = false;
  }

  render() {
    return html`<section class="card copy-link">
      <h2>${this.heading}</h2>
      <div class="copy">
        <input readonly dir="ltr" .value=${this.address} aria-label=${this.heading} @focus=${(event) => event.target.select()}>
        <button class="primary" @click=${this.copy}><span class="icon icon-${this.copied ? "check" : "copy"}" aria-hidden="true"></span>${this.copied ? t("Copied") : t("Copy")}</button>
      </div>
      <p class="muted small">${this.note}</p>
      <button class="quiet close" @click=${() => this.dispatchEvent(new Event("dismiss"))} aria-label=${t("Dismiss")}><span class="icon icon-x" aria-hidden="true"></span></button>
    </section>`;
  }
}
customElements.define("setup-link", Link);
