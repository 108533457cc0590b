// Levels of service: classes, kinds of streets, rules, passes and salt, as one form.
import "../../pages/theme.js";
import "../../pages/notices.js";
import "./file.js";
import { html } from "lit";
import { boot } from "../../pages/boot.js";
import { Part } from "../../pages/element.js";
import { day, length, number, t, time } from "../../pages/texts.js";
import { field } from "../../pages/form-parts.js";
import { cell, numberInput } from "./inputs.js";
import { change, classCodes, className, discard, follow, policy, refresh, save, undo } from "./state.js";
import { prices } from "./prices.js";
import { publicRules } from "./public.js";
import { readyTexts } from "./ready-texts.js";
import { classChoice, rules } from "./rules.js";
import { sharing, targets } from "./targets.js";
import { hoursLimits } from "./hours.js";
import { checkPoints } from "./vehicle-check.js";
import { alertLimits } from "./alert-limits.js";
import { forecastRules } from "./forecast.js";
import { weatherFeedRules } from "./weather-feed.js";

const { roads } = boot.policy;
const COLUMNS = [
  ["trigger_cm", "Trigger depth", "cm"],
  ["deadline_h", "Time to clear", "h"],
  ["cycle_h", "Cycle time", "h"],
  ["weight", "Weight", ""],
];

const put = (table, name, value) => {
  if (value === undefined) delete table[name];
  else table[name] = value;
};

const warning = (text) =>
  html`<p class="problem" role="alert"><span class="icon icon-triangle-alert" aria-hidden="true"></span><span>${text}</span></p>`;

class Policy extends Part {
  get stores() {
    return [policy];
  }

  updated() {
    const { fault } = policy.value;
    if (fault && fault !== this.shownFault) this.showFault(fault);
    this.shownFault = fault;
  }

  showFault(fault) {
    const path = String(fault.values?.field ?? "").replace(/^policy\.toml: /, "");
    const control = this.querySelector(`[name="${CSS.escape(path)}"]`);
    if (!control) return;
    control.closest("details")?.setAttribute("open", "");
    control.setAttribute("aria-invalid", "true");
    control.addEventListener("input", () => control.removeAttribute("aria-invalid"), { once: true });
    control.scrollIntoView({ block: "center" });
    control.focus({ preventScroll: true });
  }

  classes(draft) {
    const { counts } = policy.value.view;
    const row = (name) => html`<tr>
      <th scope="row">${className(name)}<span class="muted small">${t("streets:{count}", { count: counts[name].streets, length: length(counts[name].length_m) })}</span></th>
      ${COLUMNS.map(([key, word, unit]) => {
        const label = `${className(name)}: ${t(word)}`;
        const take = (value) => change((tables) => put(tables.class[name], key, value));
        return html`<td data-head=${t(word)}><span class="measure">${numberInput(`class.${name}.${key}`, label, draft.class[name][key], take, key === "cycle_h", false)}<span class="unit muted">${unit && t(unit)}</span></span></td>`;
      })}
    </tr>`;
    return html`<table class="levels">
      <thead><tr><td></td>${COLUMNS.map(([, word]) => html`<th scope="col">${t(word)}</th>`)}</tr></thead>
      <tbody>${classCodes().map(row)}</tbody>
    </table>
    <p class="muted small">${t("If the cycle time is left empty, a street is cleared again only on request. The weight says how much an hour of lateness counts against the other classes.")}</p>
    <div class="fields">${cell("punctuality.kept_pct", t("Streets to be done in time"), draft.punctuality.kept_pct, t("%"), (value) => change((tables) => put(tables.punctuality, "kept_pct", value)))}</div>
    <p class="muted small">${t("Once durations learned from storms are in force, plans leave so much time that this share of streets is done in time. 50 leaves none.")}</p>`;
  }

  roads(draft) {
    const classOf = (road) => classCodes().find((name) => draft.class[name].roads.includes(road));
    const move = (road, name) => change((tables) => {
      for (const one of Object.keys(tables.class)) tables.class[one].roads = tables.class[one].roads.filter((other) => other !== road);
      tables.class[name].roads.push(road);
    });
    return html`<div class="fields roads">${roads.map((road) => field(`road-${road}`, t(`road:${road}`), classChoice(`road-${road}`, classOf(road), (name) => move(road, name))))}</div>`;
  }

  passes(draft) {
    const take = (table, name) => (value) => change((tables) => put(tables[table], name, value));
    const { blade_angle_deg: angle, overlap_m: overlap, blade_m: blade } = draft.passes;
    const clears = blade * Math.cos((angle * Math.PI) / 180) - overlap;
    return html`<div class="fields">
        ${cell("passes.blade_m", t("Blade width to count passes with"), blade, t("m"), take("passes", "blade_m"))}
        ${cell("passes.blade_angle_deg", t("Angle of the blade"), angle, t("degrees"), take("passes", "blade_angle_deg"))}
        ${cell("passes.overlap_m", t("Overlap of passes"), overlap, t("m"), take("passes", "overlap_m"))}
        ${cell("spreading.salt_gm2", t("Salt"), draft.spreading.salt_gm2, t("g/m²"), take("spreading", "salt_gm2"))}
      </div>
      <p class="muted small">${Number.isFinite(clears) ? t("One pass clears {width} m.", { width: number(clears, 1) }) : ""}</p>`;
  }

  last() {
    const { view, busy } = policy.value;
    const last = view.last_change;
    return html`<p class="muted small">${t("Last changed {date}, {time}, by {login}", { date: day(last.at), time: time(last.at), login: last.by })}</p>
      <button type="button" @click=${undo} ?disabled=${busy}><span class="icon icon-undo-2 mirrored" aria-hidden="true"></span>${t("Undo")}</button>`;
  }

  foot() {
    const { dirty, busy, view, fault } = policy.value;
    if (!dirty && !view.last_change) return "";
    return html`<footer class="foot">
      ${fault ? warning(fault.message) : ""}
      ${
        dirty
          ? html`<button class="primary" ?disabled=${busy}>${t("Apply")}</button><button type="button" @click=${discard}>${t("Discard changes")}</button>${fault ? "" : html`<p class="muted small" role="status">${t("Not applied yet.")}</p>`}`
          : this.last()
      }
    </footer>`;
  }

  section(heading, lead, body) {
    return html`<section class="card" aria-label=${heading}><h2>${heading}</h2><p class="muted small">${lead}</p>${body}</section>`;
  }

  render() {
    const { view, draft, broken } = policy.value;
    if (broken) return html`${warning(broken)}<div><button @click=${refresh}>${t("Try again")}</button></div>`;
    if (!view) return html`<div class="skeleton" aria-hidden="true"></div>`;
    const submit = (event) => {
      event.preventDefault();
      save();
    };
    return html`<policy-file></policy-file>
      <form class="policy" @submit=${submit} @keydown=${(event) => event.key === "Enter" && event.target.matches("input") && event.target.blur()}>
        ${this.section(t("Priority classes"), t("How soon and how often streets of each class are cleared."), this.classes(draft))}
        ${this.section(t("Kinds of streets"), t("Every kind of street of the map belongs to one class."), this.roads(draft))}
        ${this.section(t("Streets that rank higher"), t("A rule lifts a street to a more urgent class and never lowers it."), rules(draft))}
        ${this.section(t("Passes and salt"), t("How many passes a street needs, and how much salt."), this.passes(draft))}
        ${this.section(t("Prices of materials"), t("Used in the costs of a storm, for salt, sand and brine."), prices(draft))}
        ${this.section(t("How long requests may wait"), t("What is late is listed first in the complaints office."), targets(draft))}
        ${this.section(t("Requests that share work"), t("Whoever calls about open work of the same street joins it instead of making more."), sharing(draft))}
        ${this.section(t("Alerts"), t("When the board alerts a dispatcher to a truck or a street."), alertLimits(draft))}
        ${this.section(t("Snow ahead"), t("When a forecast makes a storm and puts it on alert."), forecastRules(draft))}
        ${this.section(t("Weather feed"), t("Nothing is fetched from other servers until you turn it on here."), weatherFeedRules(draft))}
        ${this.section(t("Hours of service"), t("What the roster refuses, and when drivers are told to rest."), hoursLimits(draft))}
        ${this.section(t("Vehicle check"), t("What drivers look at before a shift; without points nobody is asked."), checkPoints(draft))}
        ${this.section(t("Ready texts"), t("What dispatchers and drivers write to each other with one tap, each in the reader's language."), readyTexts(draft))}
        ${this.section(t("What is public"), t("Nobody sees the streets without signing in until you turn it on here. Trucks are never shown."), publicRules(draft))}
        ${this.foot()}
      </form>`;
  }
}
customElements.define("policy-form", Policy);

addEventListener("beforeunload", (event) => {
  if (policy.value.dirty) event.preventDefault();
});
follow();
