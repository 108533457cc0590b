// What is wrong in a file, line by line.
import { html } from "lit";
import { number, t } from "../pages/texts.js";

/** The mistakes of a file as a table. */
export function mistakes(list) {
  return html`<p>${t("Nothing was imported from this file. Correct these lines and choose it again:")}</p>
    <div class="wide-table" tabindex="0" role="region" aria-label=${t("Mistakes in the file")}>
      <table class="mistakes">
        <thead><tr><th scope="col">${t("Line")}</th><th scope="col">${t("Field")}</th><th scope="col">${t("In the file")}</th><th scope="col">${t("It should be")}</th></tr></thead>
        <tbody>
          ${list.map((one) => html`<tr><td>${one.line ? number(one.line) : ""}</td><td><bdi>${one.field}</bdi></td><td><bdi>${one.got || t("nothing")}</bdi></td><td><bdi>${one.expected}</bdi></td></tr>`)}
        </tbody>
      </table>
    </div>`;
}
