// How long ago the streets of each class were cleared, as it is, beside the rule that they are measured by.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { named, t } from "../../pages/texts.js";
import { council, over } from "../state.js";
import { ruleOf, share, span } from "../words.js";

const row = (view, one) => html`<tr>
  <th scope="row">${named("class", one.service_class)}</th>
  <td>${span(one.median_s)}</td>
  <td>${span(one.worst_s)}</td>
  ${one.older.map((older) => html`<td>${share(older)}</td>`)}
  <td>${share(one.never)}</td>
  <td class="words">${ruleOf(view, one.service_class)}</td>
</tr>`;

class Ages extends Part {
  get stores() {
    return [council];
  }

  render() {
    const { view } = council.value;
    if (!view?.ages.length) return "";
    return html`<section class="numbers" aria-labelledby="ages-title">
      <h2 id="ages-title">${t("Time since streets were last cleared")}</h2>
      <p>${
        over(view)
          ? t("As it was at the end of the storm, whatever the rule. Shares are of the lane-kilometres of a class; a street that was not cleared in this storm counts from its first flake.")
          : t("As it is, whatever the rule. Shares are of the lane-kilometres of a class; a street that was not cleared in this storm counts from its first flake.")
      }</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="ages-title">
        <table>
          <thead><tr>
            <th scope="col">${t("Class")}</th>
            <th scope="col">${t("Half of it cleared within the last")}</th>
            <th scope="col">${t("Longest ago")}</th>
            ${view.age_steps_h.map((hours) => html`<th scope="col">${t("Longer ago than {count} h", { count: hours })}</th>`)}
            <th scope="col">${t("Not cleared in this storm")}</th>
            <th scope="col" class="words">${t("Rule of this storm")}</th>
          </tr></thead>
          <tbody>${view.ages.map((one) => row(view, one))}</tbody>
        </table>
      </div>
    </section>`;
  }
}
customElements.define("council-ages", Ages);
