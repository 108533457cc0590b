// How evenly the service was shared out: all streets, or only those that nobody asked for.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { exact, named, number, t } from "../../pages/texts.js";
import { council, districtName, over } from "../state.js";
import { few, inKilometres, share } from "../words.js";

const KINDS = ["district", "class", "width", "slope"];

const title = (kind) =>
  ({ district: t("Districts"), class: t("Classes"), width: t("Width of the street"), slope: t("Slope") })[kind];

/** A band of widths or slopes, as "5-8", "-5" or "12-", in words. */
function band(kind, name) {
  if (name === "unknown") return t("not measured");
  const [low, high] = name.split("-").map((end) => (end === "" ? null : number(Number(end))));
  if (kind === "width") {
    if (low === null) return t("under {high} m", { high });
    return high === null ? t("{low} m and more", { low }) : t("{low} to under {high} m", { low, high });
  }
  if (low === null) return t("under {high} %", { high });
  return high === null ? t("{low} % and more", { low }) : t("{low} to under {high} %", { low, high });
}

function nameOf({ kind, name }) {
  if (kind === "district") return districtName(name);
  return kind === "class" ? named("class", name) : band(kind, name);
}

const bar = (value) => html`<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
  <rect class="waiting" width="100" height="12"></rect><rect class="clear" width=${100 * value} height="12"></rect>
</svg>`;

function row(name, one, more) {
  return html`<tr class=${one.small ? "muted" : ""}>
    <th scope="row"><bdi>${name}</bdi> ${one.small ? few() : ""}</th>
    <td>${inKilometres(one.lane_m)}</td>
    <td class="barred">${share(one.mean)}${bar(one.mean)}</td>
    <td>${share(one.worst)}</td>
    <td>${exact(one.gini, 2)}</td>
    ${more}
  </tr>`;
}

class Fairness extends Part {
  static properties = { unasked: { state: true } };

  constructor() {
    super();
    this.unasked = false;
  }

  get stores() {
    return [council];
  }

  of(one) {
    return this.unasked ? one.unasked : one.whole;
  }

  /** The lines to remember: all, the districts, who calls and who does not. */
  summary(fair) {
    const city = this.unasked ? fair.unasked : fair.city;
    const gap = (this.unasked ? fair.unasked_gaps : fair.gaps).find((one) => one.kind === "district");
    return html`<ul class="said">
      <li>${t("On average a lane-kilometre was within its rule {share} of the time; the tenth that was served worst, {worst}.", { share: share(city.mean), worst: share(city.worst) })}</li>
      ${gap ? html`<li>${this.gapLine(gap)}</li>` : ""}
      ${fair.asked && fair.unasked ? html`<li>${t("Streets that somebody asked for: {asked} of the time. All others: {unasked}.", { asked: share(fair.asked.mean), unasked: share(fair.unasked.mean) })}</li>` : ""}
    </ul>`;
  }

  gapLine(gap) {
    const points = Math.round(gap.gap * 100);
    if (points === 0) return t("Districts with enough streets to compare differ by less than one point.");
    return t("Between the best served district ({best}) and the worst ({worst}) lie {count} points.", {
      best: districtName(gap.best),
      worst: districtName(gap.worst),
      count: points,
    });
  }

  choice() {
    const one = (unasked, words) =>
      html`<button type="button" class="chip one-of" aria-pressed=${this.unasked === unasked} @click=${() => (this.unasked = unasked)}>${words}</button>`;
    return html`<div class="chips" role="group" aria-label=${t("Which streets are compared")}>
      ${one(false, t("All streets"))}${one(true, t("Only streets that nobody asked for"))}
    </div>`;
  }

  body(fair, kind, people) {
    const rows = fair.groups.filter((one) => one.kind === kind && this.of(one));
    if (rows.length === 0 || (rows.length === 1 && rows[0].name === "unknown")) return "";
    const each = (one) =>
      people ? html`<td>${one.cleared_m_per_1000 === null ? "" : inKilometres(one.cleared_m_per_1000)}</td>` : "";
    return html`<tbody>
      <tr class="group"><th scope="rowgroup" colspan=${people ? 6 : 5}>${title(kind)}</th></tr>
      ${rows.map((one) => row(nameOf(one), this.of(one), each(one)))}
    </tbody>`;
  }

  render() {
    const { view } = council.value;
    const fair = view?.fairness;
    if (!fair) return "";
    if (fair.city.mean === 1)
      return html`<section class="fairness" aria-labelledby="fairness-title">
        <h2 id="fairness-title">${t("Was it fair?")}</h2>
        <p>${over(view) ? t("No street was late in this storm: all were served alike.") : t("No street has been late in this storm so far: all were served alike.")}</p>
      </section>`;
    if (!fair.unasked) this.unasked = false;
    const people = !this.unasked && fair.groups.some((one) => one.cleared_m_per_1000 !== null);
    return html`<section class="numbers fairness" aria-labelledby="fairness-title">
      <h2 id="fairness-title">${t("Was it fair?")}</h2>
      ${this.summary(fair)}
      ${fair.asked && fair.unasked ? this.choice() : ""}
      <div class="scroll" tabindex="0" role="region" aria-labelledby="fairness-title">
        <table>
          <thead><tr>
            <th scope="col">${t("Part of the city")}</th>
            <th scope="col">${t("Lane-km")}</th>
            <th scope="col">${t("Time within the rule")}</th>
            <th scope="col">${t("Worst served tenth")}</th>
            <th scope="col">${t("Gini coefficient")}</th>
            ${people ? html`<th scope="col">${t("Lane-km cleared for 1000 inhabitants")}</th>` : ""}
          </tr></thead>
          <tbody>${row(t("Whole city"), this.unasked ? fair.unasked : fair.city, people ? html`<td></td>` : "")}</tbody>
          ${KINDS.map((kind) => this.body(fair, kind, people))}
        </table>
      </div>
      <details class="definition"><summary>${t("How fairness is measured")}</summary>
        <p>${t("For every lane-kilometre is counted in which share of the storm's time it was within the rule of its class, so that a lane and an avenue are each measured by what they were promised. The worst served tenth follows Rawls (A Theory of Justice, 1971): a service is as fair as it is to those who get least of it. The Gini coefficient (Gini 1912, by the curve of Lorenz 1905) is 0 where all are served alike and comes near 1 where few get nearly everything.")}</p>
        <p>${t("Who calls often is often served first. Without the streets that somebody asked for, one sees whether quiet streets were served as well. Parts with few streets are marked and left out of the gap between best and worst.")}</p>
      </details>
    </section>`;
  }
}
customElements.define("council-fairness", Fairness);
