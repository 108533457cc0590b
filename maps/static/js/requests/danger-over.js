// That nobody's life is in danger any more for which a request came: asked once more, with the dangers that it ends.
import { html } from "lit";
import { Part, icon } from "../pages/element.js";
import { dangerousChoice } from "../pages/form-parts.js";
import { named, t } from "../pages/texts.js";

/** Ends the `dangers` to life of the request `of` by `end`, which is told the request and the dangers that were shown when it was asked. */
class DangerOver extends Part {
  static properties = { of: { attribute: false }, dangers: { attribute: false }, end: { attribute: false }, asked: { state: true } };

  willUpdate(changed) {
    if (changed.has("of")) this.asked = null;
  }

  keep() {
    this.asked = null;
  }

  async act() {
    const { asked } = this;
    this.keep();
    await this.end(this.of, asked);
  }

  render() {
    if (!this.asked) return html`<button type="button" class="wide" @click=${() => (this.asked = this.dangers)}>${icon("check")}${t("The danger is over")}</button>`;
    const told = this.asked.map((danger) => named("danger", danger)).join(t(", "));
    return html`<div class="column" role="alertdialog" aria-label=${t("The danger is over")}>
      <p>${t("{dangers}: is nobody in danger any more? This cannot be taken back.", { dangers: told })}</p>
      ${dangerousChoice({ act: () => this.act(), acts: t("The danger is over"), keep: () => this.keep() })}
    </div>`;
  }
}
customElements.define("danger-over", DangerOver);
