// This storm beside the ones before it, after the same time.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { day, exact, number, t } from "../../pages/texts.js";
import { council } from "../state.js";
import { inKilometres, share, span, withinTarget } from "../words.js";

const row = ({ storm, now, worst, gini }, first) => html`<tr>
  <th scope="row">${first ? html`<strong><bdi>${storm.name}</bdi></strong>` : html`<bdi>${storm.name}</bdi>`} <span class="muted">${day(storm.started_at)}</span></th>
  <td><strong>${withinTarget(now)}</strong></td>
  <td>${inKilometres(now.late_m)}</td>
  <td>${worst === null ? "" : share(worst)}</td>
  <td>${gini === null ? "" : exact(gini, 2)}</td>
  <td>${number(now.asked)}</td>
  <td>${now.asked ? share(now.answered_within) : ""}</td>
  <td>${now.answered ? span(now.median_s) : ""}</td>
  <td>${now.answered ? span(now.p90_s) : ""}</td>
</tr>`;

class Storms extends Part {
  get stores() {
    return [council];
  }

  render() {
    const rows = council.value.view?.storm_rows ?? [];
    if (rows.length < 2) return "";
    return html`<section class="numbers" aria-labelledby="storms-title">
      <h2 id="storms-title">${t("Beside the storms before it")}</h2>
      <p class="muted">${t("The whole city, each storm as long after its first flake as this one now, or at its end if that came sooner; by its own rules where it has some, else by those of today.")}</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="storms-title"><table>
        <thead><tr>
          <th scope="col">${t("Storm")}</th><th scope="col">${t("Within target")}</th><th scope="col">${t("Late, lane-km")}</th>
          <th scope="col">${t("Worst served tenth")}</th><th scope="col">${t("Gini coefficient")}</th><th scope="col">${t("Requests")}</th>
          <th scope="col">${t("Answered in time")}</th><th scope="col">${t("Median after")}</th><th scope="col">${t("90th percentile after")}</th>
        </tr></thead>
        <tbody>${rows.map((one, place) => row(one, place === 0))}</tbody>
      </table></div>
    </section>`;
  }
}
customElements.define("council-storms", Storms);
