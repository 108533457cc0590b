// The plan: start a storm, ask for routes, watch the search, publish what it found.
import { html } from "lit";
import { length, named, number, percent, t, time, times } from "../pages/texts.js";
import { beginEditing, draftState } from "../edits/draft.js";
import { facts } from "../pages/facts.js";
import { listbox } from "../pages/listbox.js";
import { planForm } from "./form.js";
import { waitingRuns } from "./drafts.js";
import { draft, failure, finishTable, newest, progress, unfinished } from "./run.js";
import { whatIf } from "../what_if/what-if.js";
import { planWords, wordsOf } from "./words.js";
import { replanPart } from "../replanning/replan.js";
import { board, choose, mayDispatch } from "../board/state.js";
import { endStorm, startStorm } from "../storms/start.js";

/** What the published plan reaches by when, as it was planned. */
const reached = (words) =>
  words
    ? html`<details>
        <summary>${t("What it was to reach")}</summary>
        ${finishTable(words)}
        ${facts([
          [t("Deadhead share"), words.deadhead],
          [t("Distance from optimum"), words.gap_words],
        ])}
      </details>`
    : "";

/** When a route is over, as sure as the policy wants it; nothing where no storm taught that yet. */
const done = (end) => (end ? [t("ends {window}", { window: times(end.earliest_at, end.latest_at) })] : []);

const surely = (end) =>
  end ? html`<p class="muted small">${t("By what storms taught, {share} % of routes are over by the later time.", { share: number(end.kept_pct) })}</p>` : "";

function published(plan) {
  if (!plan)
    return html`<p class="muted">${mayDispatch ? t("No plan is published. Make one; it is checked before you see it.") : t("No plan is published yet.")}</p>`;
  const routes = plan.routes.map((route) => ({ ...route, id: route.vehicle_id }));
  return html`<p class="muted small">
      ${t("Revision {revision}, made at {time}", { revision: plan.revision, time: time(plan.made_at) })} ·
      ${t("routes:{count}", { count: routes.length })} · ${t("left:{count}", { count: plan.unserved })}
    </p>
    ${mayDispatch ? html`<button class="wide" @click=${() => beginEditing()} ?disabled=${draftState.value.busy}><span class="icon icon-pencil" aria-hidden="true"></span>${t("Edit by hand")}</button>` : ""}
    ${reached(wordsOf(plan.id))} ${planWords(plan.id)}
    ${listbox({
      id: "routes",
      label: t("Routes"),
      items: routes,
      selected: undefined,
      choose: (id) => choose("truck", id),
      row: (
        route,
      ) => html`<span class="icon icon-truck" aria-hidden="true"></span><span class="what"><bdi>${route.vehicle}</bdi></span>
        <span class="when"><bdi>${times(route.starts_at, route.ends_at)}</bdi></span>
        <span class="sub">${[t("{work} of work, {drive} deadhead", { work: length(route.work_m), drive: length(route.drive_m) }), ...done(route.end)].join(" · ")}</span>`,
    })}
    ${surely(routes.find(({ end }) => end)?.end)}`;
}

function classRow({ service_class: name, length_m: all, done_m: done, late_m: late }) {
  return html`<tr>
    <th scope="row">${named("class", name)}</th>
    <td>${length(all)}</td>
    <td>${all > 0 ? percent(done / all) : t("none")}</td>
    <td class=${late > 0 ? "danger" : ""}>${late > 0 ? length(late) : t("none")}</td>
  </tr>`;
}

function classes() {
  const rows = board.value.classes;
  if (rows.length === 0) return "";
  return html`<table class="classes" id="classes">
    <caption>${t("By importance")}</caption>
    <thead>
      <tr><th scope="col">${t("Class")}</th><th scope="col">${t("Streets")}</th><th scope="col">${t("Clear")}</th><th scope="col">${t("Late")}</th></tr>
    </thead>
    <tbody>${rows.map(classRow)}</tbody>
  </table>`;
}

/** What to show when nothing is selected. */
export function planPanel() {
  const { storm, plan } = board.value;
  if (!storm) return startStorm();
  const run = newest();
  return html`<h2>${t("Plan")}</h2>
    ${unfinished(run) ? progress(run) : planForm()} ${failure(run)} ${draft(waitingRuns()[0])} ${replanPart()} ${published(plan)} ${classes()} ${whatIf()} ${endStorm(storm)}`;
}
