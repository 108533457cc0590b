// The definitions once more, for paper and for whoever reads on to the end.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { t } from "../pages/texts.js";
import { answered, compared, waits, within } from "./definitions.js";
import { council } from "./state.js";

class Method extends Part {
  get stores() {
    return [council];
  }

  render() {
    const { view } = council.value;
    if (!view?.storm) return "";
    return html`<section class="method" aria-labelledby="method-title">
      <h2 id="method-title">${t("How this is measured")}</h2>
      <h3>${t("Lane-km within target")}</h3>
      ${within(view)}
      <h3>${t("Requests answered in time")}</h3>
      ${answered(view)}
      <h3>${t("How long answers take")}</h3>
      ${waits(view)}
      <h3>${t("Comparison")}</h3>
      ${compared(view) || html`<p>${t("There is no earlier storm to compare with.")}</p>`}
      <h3>${t("What is not shown")}</h3>
      <p>${t("This page shows no caller's name, number or words, and not which driver or machine worked where.")}</p>
    </section>`;
  }
}
customElements.define("council-method", Method);
