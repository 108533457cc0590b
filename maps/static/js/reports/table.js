// All figures in one table: the city, its classes, its districts.
import { html } from "lit";
import { Part } from "../pages/element.js";
import { named, number, t } from "../pages/texts.js";
import { council, districtName } from "./state.js";
import { inKilometres, share, shareChange, span, withinTarget } from "./words.js";

const heads = () => [
  t("Lane-km"),
  t("Cleared in time, km"),
  t("Still in time, km"),
  t("Late, km"),
  t("Within target"),
  t("Change"),
  t("Requests"),
  t("Answered in time"),
  t("Median after"),
  t("90th percentile after"),
];

const answers = (now) => html`<td>${number(now.asked)}</td>
  <td>${now.asked ? share(now.answered_within) : ""}</td>
  <td>${now.answered ? span(now.median_s) : ""}</td>
  <td>${now.answered ? span(now.p90_s) : ""}</td>`;

function row(name, part) {
  const { now, earlier } = part;
  const change = shareChange(now.within, earlier?.within);
  const promised = now.lane_m > 0;
  const metres = (value) => (promised ? inKilometres(value) : t("on request"));
  const tone = change ? ["worse", "same", "better"][change.tone + 1] : "";
  return html`<tr>
    <th scope="row"><bdi>${name}</bdi></th>
    <td>${metres(now.lane_m)}</td>
    <td>${promised ? metres(now.clear_m) : ""}</td>
    <td>${promised ? metres(now.waiting_m) : ""}</td>
    <td>${promised ? metres(now.late_m) : ""}</td>
    <td><strong>${promised ? withinTarget(now) : ""}</strong></td>
    <td class=${tone}>${change ? html`<span dir="ltr">${change.short}</span>` : ""}</td>
    ${answers(now)}
  </tr>`;
}

/** Requests that are part of the city and of no class or district. */
const unplaced = ({ unplaced: now }) => html`<tr>
  <th scope="row">${t("Street not known yet")}</th>
  ${Array.from({ length: 6 }, () => html`<td></td>`)}
  ${answers(now)}
</tr>`;

const body = (title, rows) =>
  rows.length
    ? html`<tbody><tr class="group"><th scope="rowgroup" colspan="11">${title}</th></tr>${rows}</tbody>`
    : "";

class Table extends Part {
  get stores() {
    return [council];
  }

  render() {
    const { view } = council.value;
    if (!view?.storm) return "";
    const districts = view.districts.some((part) => part.name) ? view.districts : [];
    return html`<section class="numbers" aria-labelledby="table-title">
      <h2 id="table-title">${t("All figures")}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="table-title">
        <table>
          <thead><tr><td></td>${heads().map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
          <tbody>${row(t("The city"), view.city)}${view.unplaced.asked ? unplaced(view) : ""}</tbody>
          ${body(t("By class"), view.classes.map((part) => row(named("class", part.name), part)))}
          ${body(t("By district"), districts.map((part) => row(districtName(part.name), part)))}
        </table>
      </div>
    </section>`;
  }
}
customElements.define("council-table", Table);
