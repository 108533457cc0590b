// One storm whole: its phase, snowfall, closed streets, machines, reload sites and policy.
import { html } from "lit";
import { now } from "../pages/boot.js";
import { Part } from "../pages/element.js";
import { named, nameHere, number, t } from "../pages/texts.js";
import { auditLink } from "../audit/link.js";
import { leaving, phaseBar } from "./phase.js";
import { snow, snowPart } from "./snow.js";
import { open, storms } from "./state.js";
import { weatherPart } from "../weather/section.js";
import { weather } from "../weather/state.js";
import { closuresPart, editing, machinesPart, policyPart, switches, workPart } from "./conditions.js";
import { stamp, when } from "./words.js";

const began = (row) => !["forecast", "alert", "called_off"].includes(row.phase);

const sums = ({ row }) => html`<dl class="sums">
  ${[
    [t("Open jobs"), row.sums.jobs_open],
    [t("Jobs done"), row.sums.jobs_done],
    [t("Cancelled"), row.sums.jobs_cancelled],
    [t("Plans"), row.sums.plans],
    [t("Corrections of evidence"), row.sums.revisions],
  ].map(([word, value]) => html`<div><dt>${word}</dt><dd>${number(value)}</dd></div>`)}
</dl>`;

const links = ({ row }) =>
  began(row)
    ? html`<nav class="ends" aria-label=${t("More about this storm")}>
        <a class="button" href="/replay?storm=${row.id}"><span class="icon icon-history" aria-hidden="true"></span>${t("Replay")}</a>
        <a class="button" href="/council?storm=${row.id}"><span class="icon icon-landmark" aria-hidden="true"></span>${t("Council")}</a>
        <a class="button" href="/storms/${row.id}/costs"><span class="icon icon-table" aria-hidden="true"></span>${t("Costs of this storm")}</a>
        ${
          row.phase === "closed"
            ? html`<a class="button" href="/api/storms/${row.id}/scenario" download title=${t("A file to rehearse this storm with: its snow, calls, breakdowns and closed streets, and nobody's words or names")}><span class="icon icon-download" aria-hidden="true"></span>${t("Make a scenario of it")}</a>`
            : ""
        }
      </nav>`
    : "";

const MINUTE_MS = 60000;

/** The way to what was done in the storm, from its beginning until the minute after its end. */
function logOf({ row }) {
  const until = row.ended_at ? { until: stamp(Date.parse(row.ended_at) + MINUTE_MS) } : {};
  return auditLink(new URLSearchParams({ since: stamp(row.started_at), ...until }));
}

class StormDetail extends Part {
  get stores() {
    return [storms, snow, leaving, editing, weather];
  }

  render() {
    const { one, broken } = storms.value;
    if (broken) return html`<p class="problem" role="alert">${broken}</p>`;
    if (!one) return html`<div class="skeleton" aria-hidden="true"></div>`;
    const changing = open(one.row);
    return html`<header class="storm-head">
        <a class="quiet" href="/storms"><span class="icon icon-chevron-left mirrored" aria-hidden="true"></span>${t("All storms")}</a>
        <h2><bdi title=${one.row.name}>${nameHere(one.row.name)}</bdi></h2>
        <span class="phase phase-${one.row.phase}">${named("phase", one.row.phase)}</span>
        <span class="muted">${one.row.phase === "forecast" || one.row.phase === "alert" ? t("expected {when}", { when: when(one.row.started_at) }) : when(one.row.started_at)}</span>
        ${one.snow_at && Date.parse(one.snow_at) > now() ? html`<strong>${t("first flake at {time}", { time: when(one.snow_at) })}</strong>` : ""}
        ${links(one)}
      </header>
      ${phaseBar(one)} ${began(one.row) ? html`${sums(one)} ${logOf(one)}` : ""}
      <div class="storm-parts">
        <div>${weatherPart(one)} ${snowPart(one)} ${policyPart(one)}</div>
        <div>
          ${closuresPart(one)}
          ${one.row.phase === "closed" ? workPart(one) : machinesPart(t("Machines in service"), t("The city has no machine."), "machines", one.machines, changing)}
          ${switches(t("Reload sites in use"), t("The city has no reload site."), "sites", one.sites, changing)}
        </div>
      </div>`;
  }
}
customElements.define("storm-detail", StormDetail);
