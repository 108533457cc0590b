// What was corrected of a storm later: by positions that came late, or by computing it anew.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { date, named, number, t, time } from "../../pages/texts.js";
import { council } from "../state.js";
import { inKilometres } from "../words.js";

const row = (one) => html`<tr>
  <th scope="row">${number(one.number)}</th>
  <td>${date(one.made_at)} ${time(one.made_at)}</td>
  <td>${named("revision", one.cause)}</td>
  <td>${number(one.streets)}</td>
  <td>${inKilometres(one.gained_m)}</td>
  <td>${inKilometres(one.lost_m)}</td>
</tr>`;

class Revisions extends Part {
  get stores() {
    return [council];
  }

  render() {
    const { view } = council.value;
    if (!view?.revisions.length) return "";
    return html`<section class="numbers" aria-labelledby="revisions-title">
      <h2 id="revisions-title">${t("Corrections of this storm")}</h2>
      <p class="small muted">${t("The figures above are those of the last correction.")}</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="revisions-title">
        <table>
          <thead><tr>
            <th scope="col">${t("Number")}</th>
            <th scope="col">${t("When")}</th>
            <th scope="col">${t("Why")}</th>
            <th scope="col">${t("Streets")}</th>
            <th scope="col">${t("More passes, lane-km")}</th>
            <th scope="col">${t("Fewer passes, lane-km")}</th>
          </tr></thead>
          <tbody>${view.revisions.map(row)}</tbody>
        </table>
      </div>
    </section>`;
  }
}
customElements.define("council-revisions", Revisions);
