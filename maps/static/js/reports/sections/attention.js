// What to look at first: the worst streets and the places that must be reached, of the chosen district or the city.
import { html } from "lit";
import { Part } from "../../pages/element.js";
import { named, number, streetName, t } from "../../pages/texts.js";
import { choice, council, districtName, goTo, inDistrict, over } from "../state.js";
import { kilometres, span } from "../words.js";

const NAMED = 10;

/** Show a street on the map, and bring the map into view. */
function show(street) {
  goTo(street);
  document.getElementById("place-title").scrollIntoView({ block: "start" });
}

const streetButton = (one, names) =>
  html`<button type="button" class="link" @click=${() => show(one.street)} title=${t("Show this street on the map")}><bdi>${streetName(names)}</bdi></button>`;

const ended = () => over(council.value.view);

const cleared = (one) => {
  if (one.never) return t("not in this storm");
  return ended() ? t("{span} before the end", { span: span(one.age_s) }) : t("{span} ago", { span: span(one.age_s) });
};

/** How much of the streets that buses use is late. */
function busLanes(one, values) {
  if (one.late_m > 0) return ended() ? t("{late} of {whole} of lanes that buses use were late at the end of the storm.", values) : t("{late} of {whole} of lanes that buses use are late.", values);
  return ended() ? t("All {whole} of lanes that buses use were within their rule at the end of the storm.", values) : t("All {whole} of lanes that buses use are within their rule.", values);
}

/** Which of the streets that buses use waits longest. */
function busWorst(one, values) {
  if (one.late_s > 0) return t("Late longest, for {span}:", values);
  if (one.never) return ended() ? t("Not cleared in this storm, {span} until its end:", values) : t("Cleared longest ago: not in this storm, {span} so far:", values);
  return ended() ? t("Cleared longest before the end, {span} before it:", values) : t("Cleared longest ago, {span} ago:", values);
}

const place = (one) => (choice.value.district === null ? html` <span class="muted"><bdi>${districtName(one.district)}</bdi></span>` : "");

function siteName(one) {
  const names = Object.keys(one.names).length ? html`<bdi>${streetName(one.names)}</bdi>` : named("place", one.kind);
  return html`${names} <span class="muted">${Object.keys(one.names).length ? named("place", one.kind) : ""}</span>`;
}

function state(one) {
  if (one.late_s === null) return t("on request");
  return one.late_s > 0 ? html`<span class="worse">${t("late for {span}", { span: span(one.late_s) })}</span>` : t("within its rule");
}

class Attention extends Part {
  get stores() {
    return [council, choice];
  }

  streets(all) {
    const late = all.filter(inDistrict).slice(0, NAMED);
    if (!late.length) return html`<p class="muted">${ended() ? t("No street was late at the end of the storm.") : t("No street is late.")}</p>`;
    return html`<p class="muted">${t("Ranked by how much of a street is late and for how long.")}</p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="worst-title"><table>
      <thead><tr><th scope="col">${t("Street")}</th><th scope="col">${t("Class")}</th><th scope="col">${t("Late for")}</th><th scope="col">${t("Late, lane-km")}</th><th scope="col">${t("Its latest part last cleared")}</th></tr></thead>
      <tbody>${late.map(
        (one) => html`<tr>
          <th scope="row">${streetButton(one, one.names)}${place(one)}</th>
          <td>${named("class", one.service_class)}</td>
          <td class="worse">${span(one.late_s)}</td>
          <td>${kilometres(one.lane_m)}</td>
          <td>${cleared(one)}</td>
        </tr>`,
      )}</tbody>
    </table></div>`;
  }

  counts(all) {
    const kinds = new Map();
    for (const one of all.filter(inDistrict)) {
      const [sites, late] = kinds.get(one.kind) ?? [0, 0];
      kinds.set(one.kind, [sites + one.sites, late + one.late]);
    }
    return html`<ul class="key-list">${[...kinds].map(
      ([kind, [sites, late]]) =>
        html`<li>${named("place", kind)}: <strong>${t("{reached} of {sites}", { reached: number(sites - late), sites: number(sites) })}</strong></li>`,
    )}</ul>`;
  }

  /** The streets that buses use, as far as they have a rule: what of them is late, and which waits longest. */
  bus(all) {
    const one = all.find(({ district }) => district === choice.value.district);
    if (!one) return "";
    const values = { late: kilometres(one.late_m), whole: kilometres(one.lane_m), span: span(one.late_s > 0 ? one.late_s : one.age_s) };
    return html`<section class="attention" aria-labelledby="bus-title">
      <h2 id="bus-title">${t("Bus routes")}</h2>
      <p class=${one.late_m > 0 ? "worse" : ""}>${busLanes(one, values)}</p>
      <p>${busWorst(one, values)} ${streetButton(one, one.names)}</p>
    </section>`;
  }

  sites(all) {
    const named = all.filter(inDistrict).slice(0, NAMED);
    if (!named.length) return html`<p class="muted">${t("The city's file names no hospital, school or station here.")}</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="sites-title"><table>
      <thead><tr><th scope="col">${t("Place")}</th><th scope="col" class="words">${t("Street")}</th><th scope="col">${t("Rule")}</th><th scope="col">${t("Last cleared")}</th></tr></thead>
      <tbody>${named.map(
        (one) => html`<tr>
          <th scope="row">${siteName(one)}</th>
          <td class="words">${streetButton(one, one.street_names)}${place(one)}</td>
          <td>${state(one)}</td>
          <td>${one.age_s === null ? "" : cleared(one)}</td>
        </tr>`,
      )}</tbody>
    </table></div>`;
  }

  render() {
    const found = council.value.view?.attention;
    if (!found) return "";
    return html`<section class="numbers attention" aria-labelledby="worst-title">
        <h2 id="worst-title" tabindex="-1">${ended() ? t("Streets that were late at the end of the storm, the worst first") : t("Streets that are late now, the worst first")}</h2>
        ${this.streets(found.streets)}
      </section>
      <section class="numbers attention" aria-labelledby="sites-title">
        <h2 id="sites-title">${t("Hospitals, stations and schools")}</h2>
        ${found.counts.some(inDistrict) ? html`<p>${t("Reached by a street within its rule:")}</p>${this.counts(found.counts)}` : ""}
        ${this.sites(found.sites)}
      </section>
      ${this.bus(found.bus)}`;
  }
}
customElements.define("council-attention", Attention);
